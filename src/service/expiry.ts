import type { JobQueue } from '../jobs/queue.ts';
import type { Spool } from '../spool/spool.ts';

const EVERY_MS = 60_000;
const KEY_MS = 86_400_000;

/** Removes what is kept for a time only: files that jobs made, ended jobs, remembered keys. */
export class Expiry {
	readonly #queue: JobQueue;
	readonly #spool: Spool;
	readonly #seconds: { readonly results: number; readonly jobs: number };
	readonly #onError: (error: unknown, message: string) => void;
	#timer: NodeJS.Timeout | undefined;
	#working: Promise<void> = Promise.resolve();

	constructor(
		queue: JobQueue,
		spool: Spool,
		seconds: { results: number; jobs: number },
		onError: (error: unknown, message: string) => void,
	) {
		this.#queue = queue;
		this.#spool = spool;
		this.#seconds = seconds;
		this.#onError = onError;
	}

	start(): void {
		const every = Math.min(EVERY_MS, this.#seconds.results * 1000, this.#seconds.jobs * 1000);
		this.#timer = setInterval(() => this.#later(), every).unref();
		this.#later();
	}

	async close(): Promise<void> {
		clearInterval(this.#timer);
		await this.#working;
	}

	#later(): void {
		this.#working = this.#working.then(async () => {
			try {
				await this.#expire();
			} catch (error) {
				this.#onError(error, 'what is over could not be removed');
			}
		});
	}

	async #expire(): Promise<void> {
		const now = Date.now();
		const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString();
		const { results, jobs } = this.#seconds;
		// A job is never forgotten before its file.
		const files = await this.#queue.expire({
			results: ago(Math.min(results, jobs)),
			jobs: ago(jobs),
			keys: now - KEY_MS,
		});
		for (const file of files) await this.#spool.release(file);
	}
}
