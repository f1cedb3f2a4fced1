/** The files that jobs make: their share of the spool, and what gives way when a new one needs room. */
import { errors } from '../errors.ts';
import type { JobFiles } from './job-tasks.ts';
import type { JobFile, JobQueue } from './queue.ts';

/** Results have at most half of the spool: the other half is for uploads, however many results are kept. */
const SHARE = 0.5;

/** The part of the spool that results need. */
export interface ResultSpool extends Omit<JobFiles, 'own' | 'releaseResult' | 'maxResultBytes'> {
	/** Bytes of all files. */
	readonly bytes: number;
	readonly quotaBytes: number;
	own(path: string, bytes: number, sha256: string): JobFile;
}

/** A result that a request answers and then removes. */
export interface RequestedFile {
	readonly path: string;
	readonly bytes: number;
	/** SHA-256 of its content, in hex. */
	readonly sha256: string;
	remove(): Promise<void>;
}

export class ResultFiles implements JobFiles {
	readonly maxResultBytes: number;
	readonly #spool: ResultSpool;
	readonly #queue: Pick<JobQueue, 'forgetResults'>;
	/** The bytes of each result, by the name of its file. */
	readonly #results: Map<string, number>;
	#bytes = 0;
	/** Room is made for one file after the other: each knows what the others have freed. */
	#turn: Promise<unknown> = Promise.resolve();

	/** @param results those that are kept from before */
	constructor(spool: ResultSpool, queue: Pick<JobQueue, 'forgetResults'>, results: readonly JobFile[]) {
		this.#spool = spool;
		this.#queue = queue;
		this.maxResultBytes = Math.floor(SHARE * spool.quotaBytes);
		this.#results = new Map(results.map(({ name, bytes }) => [name, bytes]));
		for (const { bytes } of results) this.#bytes += bytes;
	}

	pathOf(name: string): string {
		return this.#spool.pathOf(name);
	}

	newPath(): string {
		return this.#spool.newPath();
	}

	discard(path: string): Promise<void> {
		return this.#spool.discard(path);
	}

	/**
	 * Takes charge of a result. Where results have no room for it, the oldest ones are removed.
	 *
	 * @throws {DssError} spool_full where that is not enough; then the file is removed
	 */
	async own(path: string, bytes: number, sha256: string): Promise<JobFile> {
		const file = this.#spool.own(path, bytes, sha256);
		this.#results.set(file.name, bytes);
		this.#bytes += bytes;
		try {
			await this.makeRoom(bytes);
		} catch (error) {
			await this.releaseResult(file);
			throw error;
		}
		return file;
	}

	/** The same for a request. @throws {DssError} as `own` */
	async ownForRequest(path: string, bytes: number, sha256: string): Promise<RequestedFile> {
		const file = await this.own(path, bytes, sha256);
		return { path, bytes, sha256, remove: () => this.releaseResult(file) };
	}

	release(upload: JobFile): Promise<void> {
		return this.#spool.release(upload);
	}

	async releaseResult(file: JobFile): Promise<void> {
		const bytes = this.#results.get(file.name);
		if (bytes === undefined) return;
		this.#results.delete(file.name);
		this.#bytes -= bytes;
		await this.#spool.release(file);
	}

	/**
	 * Removes the oldest results until the others keep to their share, and the spool to its quota.
	 *
	 * @param kept bytes of a new one, which stays
	 * @throws {DssError} spool_full where that is not enough
	 */
	makeRoom(kept = 0): Promise<void> {
		const made = this.#turn.then(() => this.#makeRoom(kept));
		this.#turn = made.catch(() => undefined);
		return made;
	}

	async #makeRoom(kept: number): Promise<void> {
		const over = this.#over();
		if (over <= 0) return;
		// Where it helps nobody, nothing is removed.
		const canHelp = over <= this.#bytes - kept;
		if (canHelp) for (const file of await this.#queue.forgetResults(over)) await this.releaseResult(file);
		if (this.#over() <= 0) return;
		throw errors.spoolFull({}, new Error(`results may have ${this.maxResultBytes} bytes of the spool`));
	}

	#over(): number {
		const { bytes, quotaBytes } = this.#spool;
		return Math.max(this.#bytes - this.maxResultBytes, bytes - quotaBytes);
	}
}
