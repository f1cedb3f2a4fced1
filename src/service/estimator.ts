/** How long archive work takes here: records per second, learnt from work that was done. */
export class Estimator {
	/** What a modest machine does; soon replaced by what this one does. */
	#recordsPerSecond = 20_000;

	/** Learns from a piece of work; small ones tell more of overhead than of speed. */
	learn(records: number, seconds: number): void {
		if (records < 500 || seconds <= 0) return;
		this.#recordsPerSecond = 0.7 * this.#recordsPerSecond + 0.3 * (records / seconds);
	}

	/** Seconds that an import of so many records should take. */
	seconds(records: number): number {
		return Math.round((records / this.#recordsPerSecond) * 1000) / 1000;
	}
}
