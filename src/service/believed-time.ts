/** A step ahead that is no drift and no second of daylight saving. */
const STEP_MS = 3_600_000;
/** A clock that was set wrong is mostly mended within minutes; what is removed a little later harms nobody. */
const STANDS_MS = 3_600_000;

export interface Clocks {
	/** The time in milliseconds since 1970, as the system has it: it may be set. */
	readonly now: () => number;
	/** Milliseconds since some moment; never set. */
	readonly monotonic: () => number;
}

/**
 * The time by which things are removed for good. The system's clock may be set wrong for a moment: 400 days ahead for a
 * minute would remove all that is kept for 30 days. A step ahead of more than an hour is believed once it has stood for
 * an hour; until then the time goes on as before it. The first time that is asked for is believed: nothing is known
 * before it.
 */
export class BelievedTime {
	readonly #clocks: Clocks;
	/** What the monotonic clock lacks to the time, as it is believed. */
	#offset: number | null = null;
	/** Since when the clock stands ahead of that, by the monotonic clock; null: it does not. */
	#aheadSince: number | null = null;

	constructor(clocks: Clocks) {
		this.#clocks = clocks;
	}

	/** The time in milliseconds since 1970. Ask at least every few minutes: a step is noticed when it is asked for. */
	now(): number {
		const monotonic = this.#clocks.monotonic();
		const offset = this.#clocks.now() - monotonic;
		const isStep = this.#offset !== null && offset > this.#offset + STEP_MS;
		if (isStep) this.#aheadSince ??= monotonic;
		else this.#aheadSince = null;
		const believed = this.#aheadSince === null || monotonic - this.#aheadSince >= STANDS_MS;
		if (this.#offset === null || believed) {
			this.#offset = offset;
			this.#aheadSince = null;
		}
		return monotonic + this.#offset;
	}
}
