import type { IdempotencyKeys } from '../jobs/keys.ts';
import type { JobFile, JobQueue } from '../jobs/queue.ts';

const EVERY_MS = 60_000;
/** Keys are kept for a day. */
const KEY_MS = 86_400_000;
/** Jobs a call: a transaction of some milliseconds, so that other calls of the queue come in between. */
const BATCH = 500;

export interface ExpiryOptions {
	readonly jobs: Pick<JobQueue, 'expire'>;
	readonly keys: Pick<IdempotencyKeys, 'expire'>;
	readonly files: {
		releaseResult(file: JobFile): Promise<void>;
		/** Removes results over their share: the quota may have been lowered. */
		makeRoom(): Promise<void>;
	};
	/** How long files that jobs made, and ended jobs, are kept. */
	readonly resultSeconds: number;
	readonly jobSeconds: number;
	/** The time by which things are removed, in milliseconds since 1970: `BelievedTime`. */
	readonly now: () => number;
	readonly onError: (error: unknown, message: string) => void;
}

/** Removes what is kept for a time only: files that jobs made, ended jobs, idempotency keys. */
export class Expiry {
	readonly #options: ExpiryOptions;
	#timer: NodeJS.Timeout | undefined;
	#closing = false;
	#working: Promise<void> = Promise.resolve();

	constructor(options: ExpiryOptions) {
		this.#options = options;
	}

	start(): void {
		const { resultSeconds, jobSeconds } = this.#options;
		const every = Math.min(EVERY_MS, resultSeconds * 1000, jobSeconds * 1000);
		this.#timer = setInterval(() => void this.run(), every).unref();
		void this.run();
	}

	/** Removes what has expired by now, after any earlier run. Never rejects: what fails is tried again next time. */
	run(): Promise<void> {
		this.#working = this.#working.then(async () => {
			try {
				await this.#expire();
			} catch (error) {
				this.#options.onError(error, 'expiry failed');
			}
		});
		return this.#working;
	}

	async close(): Promise<void> {
		this.#closing = true;
		clearInterval(this.#timer);
		await this.#working;
	}

	async #expire(): Promise<void> {
		const { jobs, keys, files, resultSeconds, jobSeconds, now } = this.#options;
		const at = now();
		const ago = (seconds: number) => new Date(at - seconds * 1000).toISOString();
		// A job is never forgotten before its file.
		const before = { results: ago(Math.min(resultSeconds, jobSeconds)), jobs: ago(jobSeconds) };
		for (let more = true; more && !this.#closing; ) {
			const expired = await jobs.expire({ ...before, limit: BATCH });
			for (const file of expired.files) await files.releaseResult(file);
			more = expired.more;
		}
		if (!this.#closing) await keys.expire(at - KEY_MS);
		if (!this.#closing) await files.makeRoom();
	}
}
