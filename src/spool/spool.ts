import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DssError, errors } from '../errors.ts';
import { UploadClock, type UploadTimes } from './upload-clock.ts';

/** A file on the spool. It belongs to its holder, who removes it: `await using` does. */
export interface Spooled extends AsyncDisposable {
	readonly path: string;
	readonly bytes: number;
	/** SHA-256 of its content, in hex. */
	readonly sha256: string;
	remove(): Promise<void>;
	/** Flushes it to the disk and makes it a file that outlives its request: `remove` does nothing from then on. */
	handOver(): Promise<OwnedFile>;
}

/** A file on the spool that outlives the process: by name, so that the folder may move. */
export interface OwnedFile {
	readonly name: string;
	readonly bytes: number;
	readonly sha256: string;
}

export interface SpoolOptions extends UploadTimes {
	readonly folder: string;
	/** Bytes of all files together. */
	readonly quotaBytes: number;
	/** Bytes of one upload. */
	readonly maxUploadBytes: number;
}

/** Read at once: larger pieces than the default of 64 KiB need fewer turns of the event loop. */
const READ_BYTES = 262_144;

/** The names that `newPath` gives. */
const FILE_NAME = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A file that is being received. */
interface Reception {
	readonly meter: Transform;
	/** Resolves when it has ended, and its file is there whole or not at all. */
	readonly ended: Promise<void>;
}

export class Spool {
	readonly #options: SpoolOptions;
	#bytes = 0;
	/** Bodies of uploads that are timed. */
	#open = 0;
	/** In the order in which they began. */
	readonly #receptions = new Set<Reception>();

	private constructor(options: SpoolOptions) {
		this.#options = options;
	}

	/**
	 * Makes the folder (0700) and removes files that no job owns: uploads and answers of a process that ended. What has
	 * another name than `newPath` gives, or is no file, is not the spool's and stays.
	 */
	static async prepare(options: SpoolOptions, owned: readonly OwnedFile[]): Promise<Spool> {
		await mkdir(options.folder, { recursive: true, mode: 0o700 });
		const spool = new Spool(options);
		const names = new Set(owned.map(({ name }) => name));
		for (const entry of await readdir(options.folder, { withFileTypes: true })) {
			const isOurs = entry.isFile() && FILE_NAME.test(entry.name);
			if (isOurs && !names.has(entry.name)) await rm(join(options.folder, entry.name), { force: true });
		}
		for (const { bytes } of owned) spool.#bytes += bytes;
		return spool;
	}

	/** Bytes that all files may have together. */
	get quotaBytes(): number {
		return this.#options.quotaBytes;
	}

	/** Where an owned file lies. */
	pathOf(name: string): string {
		return join(this.#options.folder, basename(name));
	}

	/** Takes charge, for a job, of a file that was written to a `newPath`. */
	own(path: string, bytes: number, sha256: string): OwnedFile {
		this.#bytes += bytes;
		return { name: basename(path), bytes, sha256 };
	}

	/** Removes an owned file. */
	async release({ name, bytes }: OwnedFile): Promise<void> {
		this.#bytes -= bytes;
		await rm(this.pathOf(name), { force: true });
	}

	/** Times the body of an upload, which counts as open until the clock is disposed of. */
	time(body: Readable): UploadClock {
		this.#open++;
		return new UploadClock(body, this.#options, () => void this.#open--);
	}

	/** Uploads that are coming in now. */
	get openUploads(): number {
		return this.#open;
	}

	/** Bytes that lie on the spool now. */
	get bytes(): number {
		return this.#bytes;
	}

	/** A path for a file that is to be written; it does not exist yet. */
	newPath(): string {
		return join(this.#options.folder, randomUUID());
	}

	/** Removes whatever was written to a `newPath` that nobody took charge of. */
	async discard(path: string): Promise<void> {
		await rm(path, { force: true });
	}

	/**
	 * The content of a file, for one reader. Its name is removed at once, so nothing stays on the spool however the
	 * reading ends; its bytes count until the stream is closed.
	 */
	async openOnce(file: Pick<Spooled, 'path' | 'remove'>): Promise<Readable> {
		const handle = await open(file.path, 'r');
		try {
			await rm(file.path);
		} catch (error) {
			await handle.close();
			throw error;
		}
		// The removal finds no file and counts the bytes off; it cannot fail.
		return handle.createReadStream({ highWaterMark: READ_BYTES }).once('close', () => void file.remove());
	}

	/** The content of an owned file, or a range of it; `last` is included. */
	read(name: string, range?: { readonly first: number; readonly last: number }): Readable {
		const part = range === undefined ? {} : { start: range.first, end: range.last };
		return createReadStream(this.pathOf(name), { ...part, highWaterMark: READ_BYTES });
	}

	/** Resolves if the folder can be written; throws what is wrong otherwise. */
	async ping(): Promise<void> {
		const path = this.newPath();
		try {
			await pipeline([Buffer.from('ping')], createWriteStream(path, { flags: 'wx', mode: 0o600 }));
		} finally {
			await rm(path, { force: true });
		}
	}

	/**
	 * Streams an upload to the spool while it is counted and hashed. On any fault the file is removed. The upload
	 * itself is never destroyed: the answer still has to go out on its connection. Where the quota is used up, the
	 * upload that began last gives way: of many at once, as many come through as have room.
	 *
	 * @param signal ends the reception, with its reason
	 * @throws {DssError} upload_too_large, upload_cut_off, spool_full; the reason of the signal
	 */
	async receive(upload: Readable, signal: AbortSignal): Promise<Spooled> {
		signal.throwIfAborted();
		const path = this.newPath();
		const digest = createHash('sha256');
		let bytes = 0;
		const take = async (chunk: Buffer): Promise<Buffer> => {
			bytes += chunk.length;
			this.#bytes += chunk.length;
			this.#assertNotTooLarge(bytes);
			await this.#makeRoom(own);
			digest.update(chunk);
			return chunk;
		};
		const meter = new Transform({
			transform: (chunk: Buffer, _encoding, done) => {
				take(chunk).then(
					(taken) => done(null, taken),
					(fault: Error) => done(fault),
				);
			},
		});
		const { promise: ended, resolve: end } = Promise.withResolvers<void>();
		const own: Reception = { meter, ended };
		const cutOff = () => {
			if (!upload.readableEnded) meter.destroy(errors.uploadCutOff({}));
		};
		// The reason is an error of ours: `UploadClock`.
		const stop = () => meter.destroy(signal.reason as DssError);
		upload.once('close', cutOff).once('error', cutOff);
		signal.addEventListener('abort', stop);
		this.#receptions.add(own);
		try {
			const written = pipeline(meter, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
			upload.pipe(meter);
			if (upload.destroyed) cutOff();
			await written;
			return this.#spooled(path, bytes, digest.digest('hex'));
		} catch (error) {
			upload.unpipe(meter);
			this.#bytes -= bytes;
			await rm(path, { force: true });
			throw translated(error);
		} finally {
			upload.off('close', cutOff).off('error', cutOff);
			signal.removeEventListener('abort', stop);
			this.#receptions.delete(own);
			end();
		}
	}

	#assertNotTooLarge(bytes: number): void {
		const { maxUploadBytes } = this.#options;
		if (bytes <= maxUploadBytes) return;
		throw errors.uploadTooLarge({
			limit: 'the upload in bytes',
			value: maxUploadBytes,
			setting: 'DSS_MAX_ARCHIVE_BYTES',
		});
	}

	/** Ends uploads, the last first, until the quota holds. @throws {DssError} spool_full where it is this one's turn */
	async #makeRoom(own: Reception): Promise<void> {
		const { quotaBytes } = this.#options;
		while (this.#bytes > quotaBytes) {
			const last = [...this.#receptions].at(-1);
			const full = errors.spoolFull({}, new Error(`DSS_SPOOL_QUOTA_BYTES is ${quotaBytes}`));
			if (last === undefined || last === own) throw full;
			last.meter.destroy(full);
			await last.ended;
		}
	}

	#spooled(path: string, bytes: number, sha256: string): Spooled {
		let removed = false;
		const remove = async () => {
			if (removed) return;
			removed = true;
			this.#bytes -= bytes;
			await rm(path, { force: true });
		};
		const handOver = async () => {
			await using handle = await open(path, 'r');
			await handle.sync();
			removed = true;
			return { name: basename(path), bytes, sha256 };
		};
		return { path, bytes, sha256, remove, handOver, [Symbol.asyncDispose]: remove };
	}
}

function translated(error: unknown): unknown {
	if (error instanceof DssError || !(error instanceof Error)) return error;
	const code = 'code' in error ? error.code : undefined;
	if (code === 'ENOSPC' || code === 'EDQUOT') return errors.spoolFull({}, error);
	return error;
}
