import type { JobQueue } from '../jobs/queue.ts';

/** What a modest machine does, in records per second; soon replaced by what this one does. */
const FIRST: Readonly<Record<string, number>> = { import: 20_000, merge: 12_000, export: 60_000 };
/** Small pieces of work tell more of overhead than of speed. */
const TELLING = 500;

/** How long archive work takes here: speeds by kind, learnt from work that was done and kept across restarts. */
export class Estimator {
	readonly #queue: JobQueue;
	readonly #onError: (error: unknown, message: string) => void;
	readonly #speeds: Record<string, number>;
	readonly #learnt = new Set<string>();

	constructor(
		queue: JobQueue,
		known: Readonly<Record<string, number>>,
		onError: (error: unknown, message: string) => void,
	) {
		this.#queue = queue;
		this.#onError = onError;
		this.#speeds = { ...FIRST, ...known };
	}

	/** Learns from a piece of work. */
	learn(kind: string, records: number, seconds: number): void {
		if (records < TELLING || seconds <= 0) return;
		this.#speeds[kind] = 0.7 * this.#speed(kind) + 0.3 * (records / seconds);
		this.#learnt.add(kind);
	}

	/** Seconds that a piece of work of so many records should take. */
	seconds(kind: string, records: number): number {
		return Math.round((records / this.#speed(kind)) * 1000) / 1000;
	}

	/** Writes down what was learnt. */
	flush(): void {
		for (const kind of this.#learnt) {
			this.#queue
				.learn({ kind, recordsPerSecond: this.#speed(kind) })
				.catch((error: unknown) => this.#onError(error, 'a speed could not be kept'));
		}
		this.#learnt.clear();
	}

	#speed(kind: string): number {
		return this.#speeds[kind] ?? 20_000;
	}
}
