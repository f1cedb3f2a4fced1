/** The port through which the service has work done off the main thread. */
import type { Progress } from '../pipeline/work.ts';
import type { Durations, RunOfJob, TaskName, Tasks } from './tasks.ts';

export interface RunOptions {
	/** Stops the work at its next step; it rolls back. Work that does not stop is ended with its thread. */
	readonly signal?: AbortSignal;
	readonly onProgress?: (progress: Progress) => void;
	/** The job that it is, or may become: its success is written with the revision that it makes. */
	readonly job?: RunOfJob;
	/** Whether it runs beside the work that requests wait for. */
	readonly background?: boolean;
}

/** The output of a task, and how long its stages took. */
export interface Done<T> {
	readonly value: T;
	readonly durations: Durations;
}

export interface TaskRunner {
	/**
	 * Runs a task.
	 *
	 * @throws {DssError} what it throws; cancelled; work_stalled where it neither moved nor stopped; internal where its
	 * thread died
	 */
	run<Name extends TaskName>(
		name: Name,
		input: Tasks[Name]['input'],
		options?: RunOptions,
	): Promise<Done<Tasks[Name]['output']>>;
	/** Stops what runs, then ends the threads. Takes some 3 s at most, and leaves threads that do not end. */
	close(): Promise<void>;
}

/** What is known of the threads without asking them. */
export interface ThreadsState {
	/** Threads that run. */
	readonly running: number;
	/** Threads given up in a statement that cannot be stopped: each holds a core, and whatever the statement holds. */
	readonly stuck: number;
	/** Threads that died since a task last ended in order. */
	readonly deaths: number;
}
