import type { Speeds } from '../jobs/speeds.ts';

/** Records per second on a modest machine; soon replaced by what is measured on this one. */
const FIRST: Readonly<Record<string, number>> = { import: 20_000, merge: 12_000, export: 60_000 };
/** The time of smaller work is mostly overhead, and says little about speed. */
const LEAST_RECORDS = 500;

/** How long archive work takes here: speeds by kind, learnt from work that was done and kept across restarts. */
export class Estimator {
	readonly #kept: Speeds;
	readonly #onError: (error: unknown, message: string) => void;
	readonly #speeds: Record<string, number>;
	readonly #learnt = new Set<string>();

	constructor(
		kept: Speeds,
		known: Readonly<Record<string, number>>,
		onError: (error: unknown, message: string) => void,
	) {
		this.#kept = kept;
		this.#onError = onError;
		this.#speeds = { ...FIRST, ...known };
	}

	/** Learns from work that was done: each weighs 30 %. */
	learn(kind: string, records: number, seconds: number): void {
		if (records < LEAST_RECORDS || seconds <= 0) return;
		this.#speeds[kind] = 0.7 * this.#speed(kind) + 0.3 * (records / seconds);
		this.#learnt.add(kind);
	}

	/** Seconds that work on so many records should take, to the millisecond. */
	seconds(kind: string, records: number): number {
		return Math.round((records / this.#speed(kind)) * 1000) / 1000;
	}

	/** Keeps what was learnt since the last time. */
	flush(): void {
		for (const kind of this.#learnt) {
			this.#kept
				.keep({ kind, recordsPerSecond: this.#speed(kind) })
				.catch((error: unknown) => this.#onError(error, 'a measured speed could not be written'));
		}
		this.#learnt.clear();
	}

	#speed(kind: string): number {
		return this.#speeds[kind] ?? 20_000;
	}
}
