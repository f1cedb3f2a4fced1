import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { type PassThrough, Readable, Transform } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import yazl from 'yazl';
import type { ManifestFile } from '../../schemas/manifest.ts';
import { errors } from '../errors.ts';

/**
 * What makes two exports of one state the same bytes. yazl writes a date's local fields, so a local date gives the
 * same bytes in every time zone; without `forceDosTimestamp` it would add a field in UTC.
 */
const FIXED = { mtime: new Date(1980, 0, 1), mode: 0o100644, forceDosTimestamp: true } as const;

/** Half of the quota is for results (`src/jobs/result-files.ts`). */
const RESULT_LIMIT = { limit: 'the result in bytes', setting: 'DSS_SPOOL_QUOTA_BYTES' } as const;

/** Writes a `.dss` archive entry by entry, with flat memory. The caller writes the manifest last. */
export class ArchiveWriter {
	readonly #zip = new yazl.ZipFile();
	readonly #path: string;
	readonly #digest = createHash('sha256');
	readonly #written: Promise<void>;
	#bytes = 0;

	/**
	 * @param path a file that does not exist yet; made with mode 0600
	 * @param maxBytes what it may have; beyond, writing ends with `result_too_large`
	 */
	constructor(path: string, maxBytes: number, signal: AbortSignal) {
		this.#path = path;
		const meter = new Transform({
			transform: (chunk: Buffer, _encoding, done) => {
				this.#digest.update(chunk);
				this.#bytes += chunk.length;
				if (this.#bytes <= maxBytes) done(null, chunk);
				else done(errors.resultTooLarge({ ...RESULT_LIMIT, value: maxBytes }));
			},
		});
		const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
		// yazl types its output as the older interface; it is a PassThrough.
		const output = this.#zip.outputStream as PassThrough;
		this.#written = pipeline(output, meter, file, { signal });
		// A caller that awaits finish() sees the error; without finish() it is the abort that the caller made itself.
		this.#written.catch(() => undefined);
		this.#zip.on('error', (error: unknown) => {
			output.destroy(error instanceof Error ? error : new Error(String(error)));
		});
	}

	/** Writes an entry of lines; answers its entry in the manifest. */
	async addLines(path: string, batches: AsyncIterable<readonly string[]>): Promise<ManifestFile> {
		const digest = createHash('sha256');
		let bytes = 0;
		let records = 0;
		async function* pieces(): AsyncGenerator<Buffer> {
			for await (const lines of batches) {
				const piece = Buffer.from(`${lines.join('\n')}\n`);
				digest.update(piece);
				bytes += piece.length;
				records += lines.length;
				yield piece;
			}
		}
		await this.#add(path, Readable.from(pieces(), { objectMode: false }));
		return { path, bytes, sha256: digest.digest('hex'), records };
	}

	/** Writes an entry of one text. */
	async addText(path: string, text: string): Promise<ManifestFile> {
		const content = Buffer.from(text);
		await this.#add(path, Readable.from([content], { objectMode: false }));
		const sha256 = createHash('sha256').update(content).digest('hex');
		return { path, bytes: content.length, sha256, records: 1 };
	}

	/** Ends the archive and flushes it to disk. */
	async finish(): Promise<{ bytes: number; sha256: string }> {
		this.#zip.end();
		await this.#written;
		await using handle = await open(this.#path, 'r');
		await handle.sync();
		return { bytes: this.#bytes, sha256: this.#digest.digest('hex') };
	}

	/** Entries are written one after the other: the next may need what this one's digest is. */
	async #add(path: string, content: Readable): Promise<void> {
		this.#zip.addReadStream(content, path, FIXED);
		await Promise.race([finished(content), this.#written]);
	}
}
