/**
 * Decides, tick by tick, whether a task may go on. It knows no threads: it reads signs of life and counts time.
 *
 * Only a step of the task is progress. `checkpoint()` is called for ever by a statement that loops, so its calls do not
 * count as progress; but they show that SQLite works on one statement, which on a large project may take longer than
 * any stretch of JavaScript, and so has a budget of its own.
 */
import type { Reading } from './signs.ts';

export interface WatchLimits {
	/** How long a task may show no sign of life (DSS_STALL_TIMEOUT_MS). */
	readonly stallMs: number;
	/** How long one statement may go on. */
	readonly statementMs: number;
	/** How long a task may take in all. */
	readonly totalMs: number;
	/** How long a task that was asked to stop may go on as if it had not been. */
	readonly graceMs: number;
	/** How long a task that has stopped may roll back. */
	readonly rollBackMs: number;
}

/** A statement may take as many stall time-outs as this, a task as many as that, rolling back as many as the last. */
const STATEMENT = 4;
const TOTAL = 120;
const ROLL_BACK = 10;
/** With the waits of the pool behind it, a cancelled job that does not stop is ended within 5 s. */
export const GRACE_MS = 1_500;

/** @param busyMs how long a statement may wait for the store, which is no stall */
export function watchLimits(stallMs: number, busyMs: number): WatchLimits {
	return {
		stallMs: stallMs + busyMs,
		statementMs: STATEMENT * stallMs + busyMs,
		totalMs: TOTAL * stallMs,
		graceMs: GRACE_MS,
		rollBackMs: ROLL_BACK * stallMs,
	};
}

/** `stop`: ask it to stop. `end`: it was asked and did not; end its thread. */
export type Order = 'go on' | 'stop' | 'end';

export class Watch {
	readonly #limits: WatchLimits;
	#last: Reading;
	/** Milliseconds: in all, since the last step, since the last sign of life, since it was asked to stop. */
	#total = 0;
	#sinceStep = 0;
	#sinceSign = 0;
	#sinceStop: number | null = null;
	#stalled = false;

	constructor(limits: WatchLimits, first: Reading) {
		this.#limits = limits;
		this.#last = first;
	}

	/** Whether the watch asked it to stop, and not its caller. */
	get stalled(): boolean {
		return this.#stalled;
	}

	/** Its caller asked it to stop. */
	stopAsked(): void {
		this.#sinceStop ??= 0;
	}

	/** @param elapsedMs since the last tick */
	tick(now: Reading, elapsedMs: number): Order {
		const last = this.#last;
		this.#last = now;
		const moved = now.steps !== last.steps;
		this.#total += elapsedMs;
		this.#sinceStep = moved ? 0 : this.#sinceStep + elapsedMs;
		this.#sinceSign = moved || now.calls !== last.calls ? 0 : this.#sinceSign + elapsedMs;
		const { stallMs, statementMs, totalMs, graceMs, rollBackMs } = this.#limits;
		if (this.#sinceStop !== null) {
			this.#sinceStop += elapsedMs;
			return this.#sinceStop >= (now.obeyed ? rollBackMs : graceMs) ? 'end' : 'go on';
		}
		if (this.#sinceSign < stallMs && this.#sinceStep < statementMs && this.#total < totalMs) return 'go on';
		this.#stalled = true;
		this.#sinceStop = 0;
		return 'stop';
	}
}
