/** The port through which the service has work done off the main thread. */
import type { Progress } from '../pipeline/work.ts';
import type { Durations, JobName, TaskName, Tasks } from './tasks.ts';

export interface RunOptions {
	/** Stops the work at its next step; it rolls back. */
	readonly signal?: AbortSignal;
	readonly onProgress?: (progress: Progress) => void;
	/** The job that it is, or may become: its success is written with the revision that it makes. */
	readonly job?: JobName;
	/** Whether it runs beside the work that requests wait for. */
	readonly background?: boolean;
}

/** What a task gave, and how long its stages took. */
export interface Done<T> {
	readonly value: T;
	readonly durations: Durations;
}

export interface TaskRunner {
	/** Runs a task. @throws {DssError} what it throws, or `internal` where its worker died */
	run<Name extends TaskName>(
		name: Name,
		input: Tasks[Name]['input'],
		options?: RunOptions,
	): Promise<Done<Tasks[Name]['output']>>;
	/** Waits for what runs, then ends the workers. */
	close(): Promise<void>;
}
