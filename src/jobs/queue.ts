/**
 * The JobQueue port: work that was accepted and is not lost.
 *
 * - **Job**: archive work that outlasts a request. It is `queued`, `running`, or has ended: `succeeded`, `failed` or
 *   `cancelled`.
 * - **Run**: one time that a job is worked on, from its claim (or adoption) to its end. A run that does not end the job
 *   puts it back among the waiting.
 * - **Holder**: the name of one run; each run has its own. Only the run that holds a job can end it, so that a run that
 *   was given up can change nothing any more.
 * - **Claim**: taking the next job that may run. In a queue that one process has for itself a claim lasts as long as
 *   the process; in a queue that several share it must be renewed, and lapses otherwise.
 * - **Attempt**: a run that began its work. One that found the project being written did not: that is a **busy retry**.
 * - **Fault**: an attempt that the machine failed (disk, memory). **Stall**: an attempt that the watchdog ended.
 *   **Crash**: an attempt whose process ended.
 */
import type { Stage } from '../../schemas/problem.ts';
import type { ErrorData } from '../errors.ts';

export const JOB_KINDS = ['import', 'merge', 'export'] as const;
export type JobKind = (typeof JOB_KINDS)[number];
export type JobStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

/** A file on the spool that a job owns. */
export interface JobFile {
	/** Its name in the spool folder. */
	readonly name: string;
	readonly bytes: number;
	/** SHA-256 of its content, in hex. */
	readonly sha256: string;
}

export interface JobProgress {
	readonly stage: Stage | null;
	readonly done: number;
	/** 0 where it is not known. */
	readonly total: number;
}

/** A job as it is asked for. */
export interface NewJob {
	readonly uuid: string;
	readonly kind: JobKind;
	/** The project that it works on; null where that is not known before it is begun. */
	readonly projectUuid: string | null;
	/** The input of its task as JSON, without the paths of its files. */
	readonly taskInput: string;
	/** The upload that it works on; null for an export, and once the job has ended. */
	readonly input: JobFile | null;
	/** Who asked, for the log. */
	readonly caller: { readonly requestId: string; readonly address: string };
	/** Records, estimated. */
	readonly items: number;
	/** Seconds that it should take, estimated. */
	readonly seconds: number;
	/** Addresses to which a webhook goes when it succeeds or fails. */
	readonly webhooks: readonly string[];
}

export interface Job extends NewJob {
	readonly status: JobStatus;
	/** As of its claim or its last renewal; the process that runs it knows more. */
	readonly progress: JobProgress;
	/** How often it was begun. */
	readonly attempts: number;
	/** Claims that found the project being written. */
	readonly busyRetries: number;
	/** Attempts that the machine failed. */
	readonly faults: number;
	/** Attempts that the watchdog ended. */
	readonly stalls: number;
	/** Attempts that ended with their process. */
	readonly crashes: number;
	/** The output of its task as JSON, once it has succeeded. */
	readonly outcome: string | null;
	/** Why it failed. */
	readonly error: ErrorData | null;
	/** The file that it made, until that expires. */
	readonly result: JobFile | null;
	/** RFC 3339, as the two below. */
	readonly createdAt: string;
	/** When it was first begun. */
	readonly startedAt: string | null;
	readonly finishedAt: string | null;
}

/** Why a run puts its job back: the process stops, the project is being written, or as in the glossary. */
export type RetryReason = 'stopped' | 'busy' | 'fault' | 'stall';

/** How a run ended. */
export type JobEnd =
	| { readonly status: 'succeeded'; readonly outcome: string; readonly result: JobFile | null }
	| { readonly status: 'failed'; readonly error: ErrorData }
	| { readonly status: 'cancelled' }
	/** To be run again, not before a time (milliseconds since 1970). A `busy` run does not count as an attempt. */
	| { readonly status: 'queued'; readonly notBefore: number; readonly reason: RetryReason };

export interface QueueFigures {
	readonly queued: number;
	readonly running: number;
	/** When the oldest waiting job came (RFC 3339); null where none waits. */
	readonly oldest: string | null;
}

/**
 * Jobs are claimed in turns: one at a time per project, in the order of their arrival; among projects, the one that has
 * waited longest.
 */
export interface JobQueue {
	/** Adds a job; durable when it resolves. @throws {DssError} too_busy where `limit` jobs wait already */
	add(ask: { job: NewJob; limit: number }): Promise<Job>;
	/** Adds a job whose first run is under way already. */
	adopt(ask: { job: NewJob; holder: string }): Promise<Job>;
	/** Claims the next job that may run, for the run `holder`; null where there is none. */
	claim(ask: { holder: string }): Promise<Job | null>;
	/**
	 * Writes how far a run is and, where claims lapse, renews its claim. False where the job is not this run's any more.
	 */
	renew(ask: { uuid: string; holder: string; progress: JobProgress }): Promise<boolean>;
	/** Ends a run. False where the job is not this run's, or has ended: then nothing changes. */
	end(ask: { uuid: string; holder: string; end: JobEnd }): Promise<boolean>;
	/** Cancels a job that still waits. False where it does not. */
	cancelWaiting(uuid: string): Promise<boolean>;
	get(uuid: string): Promise<Job | null>;
	/** Newest first. `after` is a `next` of an earlier page. */
	list(ask: {
		status: JobStatus | null;
		after: number | null;
		limit: number;
	}): Promise<{ items: Job[]; next: number | null; total: number }>;
	figures(): Promise<QueueFigures>;
	/** At start, when this process alone has the data: counts a crash for each job that ran, and lets it wait again. Answers how many. */
	recover(): Promise<number>;
	/** All files that jobs own: their uploads, and what they made. */
	files(): Promise<{ inputs: JobFile[]; results: JobFile[] }>;
	/** Forgets the oldest results, as many as have so many bytes together; answers their files. */
	forgetResults(bytes: number): Promise<JobFile[]>;
	/**
	 * Forgets results of jobs that ended before `results`, and jobs that ended before `jobs` (RFC 3339), `limit` of each
	 * at most. Answers the files that nobody owns now, and whether there is more to forget.
	 */
	expire(ask: { results: string; jobs: string; limit: number }): Promise<{ files: JobFile[]; more: boolean }>;
}
