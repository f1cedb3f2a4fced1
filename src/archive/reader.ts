import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import type yauzl from 'yauzl';
import type { Limits } from '../../schemas/config.ts';
import { DssError, errors } from '../errors.ts';
import { FileBytes } from './container/bytes.ts';
import { readCentralRecords } from './container/central-directory.ts';
import { checkContainer } from './container/checks.ts';
import { readEnd } from './container/end-record.ts';
import { DEFLATED } from './container/features.ts';
import { withLocalHeader } from './container/local-header.ts';
import { secondOpinion } from './container/second-opinion.ts';
import type { Directory, ZipEntry } from './container/structures.ts';
import { inflated } from './inflate.ts';

/** An open archive whose container has been checked. The caller closes it. */
export class Archive {
	/** The names of the files in it, in the order of the directory; directories are left out. */
	readonly names: readonly string[];
	/** The size of the file. */
	readonly archiveBytes: number;
	/** What all entries declare together. */
	readonly contentBytes: number;
	readonly #file: FileBytes;
	readonly #zip: yauzl.ZipFile;
	readonly #entries: ReadonlyMap<string, ZipEntry>;

	private constructor(file: FileBytes, zip: yauzl.ZipFile, directory: Directory) {
		this.#file = file;
		this.#zip = zip;
		const files = directory.entries.filter(({ name }) => !name.endsWith('/'));
		this.#entries = new Map(files.map((entry) => [entry.name, entry]));
		this.names = [...this.#entries.keys()];
		this.archiveBytes = file.size;
		this.contentBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
	}

	/**
	 * Opens an archive and judges its container by REFUSALS 1 to 17, before a byte is inflated. Two readers look at
	 * it, ours and yauzl's, and must see the same entries.
	 *
	 * @throws {DssError} any code of stage `archive`
	 */
	static async open(path: string, limits: Limits): Promise<Archive> {
		const file = new FileBytes(path);
		try {
			const end = readEnd(file);
			if (end.entries > limits.maxEntries) {
				throw errors.tooManyEntries({
					limit: 'the number of entries',
					value: limits.maxEntries,
					actual: end.entries,
					setting: 'DSS_MAX_ENTRIES',
				});
			}
			const records = readCentralRecords(file, end);
			const entries = records.map((record) => withLocalHeader(file, end, record));
			const directory = { end, entries };
			checkContainer(directory, file, limits);
			const zip = await secondOpinion(path, entries);
			return new Archive(file, zip, directory);
		} catch (error) {
			file.close();
			throw error;
		}
	}

	/** The size that an entry declares, in bytes; undefined where there is no such entry. */
	bytesOf(name: string): number | undefined {
		return this.#entries.get(name)?.bytes;
	}

	/**
	 * The content of an entry, piece by piece. Stops at the first byte beyond the declared size. What it throws is of
	 * stage `archive`, whichever stage reads.
	 *
	 * @throws {DssError} size_mismatch, corrupt_entry (REFUSALS 16, 17, 17e)
	 */
	async *read(name: string): AsyncGenerator<Buffer> {
		try {
			yield* this.#content(name);
		} catch (error) {
			if (error instanceof DssError) error.stage = 'archive';
			throw error;
		}
	}

	async *#content(name: string): AsyncGenerator<Buffer> {
		const entry = this.#entries.get(name);
		if (entry === undefined) throw new RangeError(`no entry ${name}`);
		const raw = await this.#rawData(entry);
		let seen = 0;
		let crc = 0;
		const pieces: AsyncIterable<Buffer> = entry.method === DEFLATED ? inflated(raw, entry) : raw;
		try {
			for await (const piece of pieces) {
				seen += piece.length;
				if (seen > entry.bytes) {
					throw errors.sizeMismatch({
						entry: name,
						reason: `it holds more than the ${entry.bytes} bytes that it declares`,
					});
				}
				crc = crc32(piece, crc);
				yield piece;
			}
		} finally {
			raw.destroy();
		}
		if (seen < entry.bytes) throw errors.corruptEntry({ entry: name, reason: 'its content ends early' });
		if (crc !== entry.crc) throw errors.corruptEntry({ entry: name, reason: 'its CRC does not fit' });
	}

	/** The bytes of an entry as they stand in the file. (yauzl's own promise form of this call is broken in 3.4.0.) */
	#rawData({ dataOffset, compressedBytes: length }: ZipEntry): Promise<Readable> {
		return new Promise((resolve, reject) => {
			this.#zip.openReadStreamLowLevel(dataOffset, length, 0, length, false, length, (error, stream) => {
				if (error === null) resolve(stream);
				else reject(error);
			});
		});
	}

	/** The whole of a small entry. The caller bounds its size by `bytesOf` first. */
	async readWhole(name: string): Promise<Buffer> {
		const pieces: Buffer[] = [];
		for await (const piece of this.read(name)) pieces.push(piece);
		return Buffer.concat(pieces);
	}

	/**
	 * Reads all entries through and keeps nothing, up to a bound: what is damaged or hides something is refused.
	 *
	 * @throws {DssError} size_mismatch, corrupt_entry
	 */
	async readThrough(maxBytes: number): Promise<void> {
		let left = maxBytes;
		for (const name of this.names) {
			for await (const piece of this.read(name)) {
				left -= piece.length;
				if (left < 0) return;
			}
		}
	}

	async close(): Promise<void> {
		this.#file.close();
		if (!this.#zip.isOpen) return;
		const closed = once(this.#zip, 'close');
		this.#zip.close();
		await closed;
	}
}
