/** The JobQueue port: work that was accepted and is not lost, field by field. */
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

/** What is asked for. */
export interface NewJob {
	readonly uuid: string;
	readonly kind: JobKind;
	/** The project that it works on; null where that is not known before it is begun. */
	readonly projectUuid: string | null;
	/** What its task taskInput, as JSON; without the paths of its files. */
	readonly taskInput: string;
	readonly input: JobFile | null;
	/** Who asked, for the log. */
	readonly caller: { readonly requestId: string; readonly address: string };
	readonly items: number;
	/** How long it should take. */
	readonly seconds: number;
	/** Addresses that are told of its end. */
	readonly webhooks: readonly string[];
}

export interface Job extends NewJob {
	readonly status: JobStatus;
	readonly progress: JobProgress;
	/** How often it was begun. */
	readonly attempts: number;
	/** How often the machine failed it. */
	readonly faults: number;
	/** What its task gave, as JSON. */
	readonly outcome: string | null;
	readonly error: ErrorData | null;
	readonly result: JobFile | null;
	readonly createdAt: string;
	readonly startedAt: string | null;
	readonly finishedAt: string | null;
}

/** How a run ended. */
export type JobEnd =
	| { readonly status: 'succeeded'; readonly outcome: string; readonly result: JobFile | null }
	| { readonly status: 'failed'; readonly error: ErrorData }
	| { readonly status: 'cancelled' }
	/** To be run again, not before a time (milliseconds since 1970); a `fault` is one of the machine, and counts. */
	| { readonly status: 'queued'; readonly notBefore: number; readonly fault: boolean };

/** A message about the end of a job. */
export interface Delivery {
	readonly number: number;
	readonly url: string;
	readonly attempts: number;
	readonly job: Job;
}

export interface QueueFigures {
	readonly queued: number;
	readonly running: number;
	/** When the oldest waiting job came (RFC 3339); null where none waits. */
	readonly oldest: string | null;
}

/** What a request with a known Idempotency-Key finds: whether it was the same, and its answer once there is one. */
export type Remembered = { readonly fingerprint: string; readonly answer: string | null } | null;

/**
 * Jobs are taken in turns: one at a time per project, in the order of their coming; among projects, whichever has
 * waited longest. Whoever takes one holds a lease, and must renew it.
 */
export interface JobQueue {
	/** Adds a job; durable when it resolves. @throws {DssError} too_busy where `limit` jobs wait already */
	add(ask: { job: NewJob; limit: number }): Promise<Job>;
	/** Adds a job that is being run already. */
	adopt(ask: { job: NewJob; holder: string; leaseMs: number }): Promise<Job>;
	/** Takes the next job that may run; null where there is none. */
	take(ask: { holder: string; leaseMs: number }): Promise<Job | null>;
	/** Renews a lease and tells how far the job is. False where the job is not this holder's any more. */
	renew(ask: { uuid: string; holder: string; leaseMs: number; progress: JobProgress }): Promise<boolean>;
	/** Ends a run. False where the job is not this holder's, or has ended: then nothing changes. */
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
	/** At start, when this process alone has the data: jobs of dead processes wait again. Answers how many. */
	recover(): Promise<number>;
	/** Names of all files that jobs own. */
	files(): Promise<JobFile[]>;
	/** Forgets results that ended before `results`, and jobs before `jobs` (RFC 3339); answers files that nobody owns now. */
	expire(ask: { results: string; jobs: string; keys: number }): Promise<JobFile[]>;

	/** The next message that is due. */
	nextDelivery(now: number): Promise<Delivery | null>;
	/** A message arrived, or was given up. */
	dropDelivery(number: number): Promise<void>;
	/** A message is to be sent again. */
	deferDelivery(ask: { number: number; notBefore: number }): Promise<void>;

	/** Remembers a key while its request runs; answers what was remembered before, and then changes nothing. */
	beginKey(ask: { key: string; fingerprint: string; now: number }): Promise<Remembered>;
	/** Remembers the answer; null forgets the key. */
	endKey(ask: { key: string; answer: string | null }): Promise<void>;

	/** Records per second, by kind of work, as far as known. */
	speeds(): Promise<Record<string, number>>;
	learn(ask: { kind: string; recordsPerSecond: number }): Promise<void>;
	close(): void;
}
