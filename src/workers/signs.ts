/** Signs of life of a worker thread, on memory that it shares with the pool: they can be read while it is busy. */
import { CALLS, createStopFlag, STOP, STOPPED, type StopFlag } from '../sqlite/stop-flag.ts';

/** Counts steps of the task, and begins again after 2^31. */
const STEPS = 0;
/** 1 once the task has stopped because it was asked to, and rolls back. */
const OBEYED = 1;

export interface Signs {
	/** For the thread's connections. */
	readonly stopFlag: StopFlag;
	readonly task: Int32Array<SharedArrayBuffer>;
}

export function createSigns(): Signs {
	return {
		stopFlag: createStopFlag(),
		task: new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)),
	};
}

/** In the thread, before a task: nothing of the last one is left. */
export function resetSigns({ stopFlag, task }: Signs): void {
	Atomics.store(stopFlag, STOP, 0);
	Atomics.store(stopFlag, STOPPED, 0);
	Atomics.store(task, OBEYED, 0);
}

/** In the thread: the task has moved. */
export function countStep({ task }: Signs): void {
	Atomics.add(task, STEPS, 1);
}

/** In the thread: the task has stopped because it was asked to. */
export function noteObeyed({ task }: Signs): void {
	Atomics.store(task, OBEYED, 1);
}

/** In the pool: a statement that calls `checkpoint()` is to end. */
export function stopStatement({ stopFlag }: Signs): void {
	Atomics.store(stopFlag, STOP, 1);
}

export interface Reading {
	readonly steps: number;
	/** Calls of `checkpoint()`. */
	readonly calls: number;
	readonly obeyed: boolean;
}

export function readSigns({ stopFlag, task }: Signs): Reading {
	return {
		steps: Atomics.load(task, STEPS),
		calls: Atomics.load(stopFlag, CALLS),
		obeyed: Atomics.load(task, OBEYED) === 1 || Atomics.load(stopFlag, STOPPED) === 1,
	};
}
