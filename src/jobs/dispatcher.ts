/** Takes jobs from the queue and has them run: renewed while they run, ended once, handed back when the process stops. */
import { v7 } from 'uuid';
import { DssError, errors, toErrorData } from '../errors.ts';
import type { TaskRunner } from '../workers/port.ts';
import { type JobFiles, type JobOutput, type JobRun, taskOf } from './job-tasks.ts';
import type { Job, JobEnd, JobProgress, JobQueue, NewJob } from './queue.ts';

/** A lease is renewed three times before it runs out: a process that misses them all is gone. */
const LEASE_MS = 30_000;
/** Jobs that wait for a time come due without anybody saying so. */
const LOOK_EVERY_MS = 1_000;
/** Faults of the machine that a job may meet. */
const MAX_FAULTS = 5;
/** Processes that may die under one job: then it is likely to be the reason. */
const MAX_ATTEMPTS = 100;
const FIRST_BACK_OFF_MS = 1_000;
const MAX_BACK_OFF_MS = 60_000;
/** Another writer of the project is soon done. */
const BUSY_BACK_OFF_MS = 200;

export interface DispatcherOptions {
	readonly queue: JobQueue;
	readonly tasks: TaskRunner;
	readonly files: JobFiles;
	/** Jobs that run at once. */
	readonly slots: number;
	/** Told of every end of a job that ran here, its input still named. */
	readonly onEnd: (job: Job, seconds: number) => void;
	readonly onError: (error: unknown, message: string) => void;
}

interface Running {
	readonly controller: AbortController;
	progress: JobProgress;
	ended: Promise<void>;
}

export class Dispatcher {
	/** Names this process as the holder of its jobs. */
	readonly holder = v7();
	readonly #options: DispatcherOptions;
	readonly #running = new Map<string, Running>();
	readonly #watchers = new Map<string, Set<() => void>>();
	/** Runs that are jobs of requests handed over: they have threads of their own. */
	readonly #adopted = new Set<string>();
	#timer: NodeJS.Timeout | undefined;
	#looking = false;
	#lookAgain = false;
	#stopping = false;
	#waiting = 0;

	constructor(options: DispatcherOptions) {
		this.#options = options;
	}

	get busy(): number {
		return this.#running.size;
	}

	/** Jobs that wait, as of the last look. */
	get waiting(): number {
		return this.#waiting;
	}

	start(): void {
		this.#timer = setInterval(() => this.wake(), LOOK_EVERY_MS).unref();
		this.wake();
	}

	/** Looks for jobs that may run now. */
	wake(): void {
		void this.#look().catch((error: unknown) =>
			this.#options.onError(error, 'the queue could not be asked for the next job'),
		);
	}

	/** Takes over work that is running: its request is not waited for any more. */
	async adopt(job: NewJob, work: AdoptedWork): Promise<Job> {
		const { queue } = this.#options;
		const adopted = await queue.adopt({ job, holder: this.holder, leaseMs: LEASE_MS });
		this.#adopted.add(job.uuid);
		this.#begin(adopted, work.controller, work.progress, () => work.ended);
		return adopted;
	}

	/** How far a job is that runs here; null where it does not. */
	progressOf(uuid: string): JobProgress | null {
		return this.#running.get(uuid)?.progress ?? null;
	}

	/** Tells of a running job's headway. */
	note(uuid: string, progress: JobProgress): void {
		const running = this.#running.get(uuid);
		if (running !== undefined) running.progress = progress;
		this.#tell(uuid);
	}

	/** Stops a job that runs here at its next step; resolves when it has ended. */
	async cancel(uuid: string): Promise<void> {
		const running = this.#running.get(uuid);
		if (running === undefined) return;
		running.controller.abort(CANCELLED);
		await running.ended;
	}

	/** Calls back whenever a job has moved on, until told to stop. */
	watch(uuid: string, moved: () => void): () => void {
		const watchers = this.#watchers.get(uuid) ?? new Set();
		this.#watchers.set(uuid, watchers.add(moved));
		return () => {
			watchers.delete(moved);
			if (watchers.size === 0) this.#watchers.delete(uuid);
		};
	}

	/** Takes no more jobs, and hands those that run back to the queue. */
	async close(): Promise<void> {
		this.#stopping = true;
		clearInterval(this.#timer);
		for (const { controller } of this.#running.values()) controller.abort(STOPPED);
		await Promise.all([...this.#running.values()].map(({ ended }) => ended));
	}

	async #look(): Promise<void> {
		if (this.#looking) {
			this.#lookAgain = true;
			return;
		}
		this.#looking = true;
		try {
			do {
				this.#lookAgain = false;
				while (!this.#stopping && this.#running.size - this.#adopted.size < this.#options.slots) {
					const job = await this.#options.queue.take({ holder: this.holder, leaseMs: LEASE_MS });
					if (job === null) break;
					const controller = new AbortController();
					if (this.#stopping) controller.abort(STOPPED);
					this.#begin(job, controller, job.progress, (taken) => this.#perform(job, taken));
				}
				this.#waiting = (await this.#options.queue.figures()).queued;
			} while (this.#lookAgain);
		} finally {
			this.#looking = false;
		}
	}

	#begin(
		job: Job,
		controller: AbortController,
		progress: JobProgress,
		run: (taken: JobRun) => Promise<JobOutput>,
	): void {
		const running: Running = { controller, progress, ended: Promise.resolve() };
		this.#running.set(job.uuid, running);
		running.ended = this.#see(job, running, run);
		this.#tell(job.uuid);
	}

	/** A run from its beginning to its end, which is written whatever happens. */
	async #see(job: Job, running: Running, run: (taken: JobRun) => Promise<JobOutput>): Promise<void> {
		const { queue, onError } = this.#options;
		const { uuid } = job;
		const renewal = setInterval(() => {
			const { progress } = running;
			queue
				.renew({ uuid, holder: this.holder, leaseMs: LEASE_MS, progress })
				.catch((error: unknown) => onError(error, 'a lease could not be renewed'));
		}, LEASE_MS / 4).unref();
		const begun = performance.now();
		try {
			const end = await this.#endOf(job, running, run);
			await queue.end({ uuid, holder: this.holder, end });
			await this.#afterwards(job, end, (performance.now() - begun) / 1000);
		} catch (error) {
			// It stays ours until its lease runs out, and is then run again: it finds what it has done.
			onError(error, 'the end of a job could not be written');
		} finally {
			clearInterval(renewal);
			this.#running.delete(uuid);
			this.#adopted.delete(uuid);
			this.#tell(uuid);
			if (!this.#stopping) this.wake();
		}
	}

	async #endOf(
		job: Job,
		{ controller }: Running,
		run: (taken: JobRun) => Promise<JobOutput>,
	): Promise<JobEnd> {
		try {
			if (job.attempts > MAX_ATTEMPTS)
				throw errors.jobGivenUp({
					attempts: job.attempts,
					reason: 'the process ended each time while it ran',
				});
			const onProgress = (progress: JobProgress) => this.note(job.uuid, progress);
			return { status: 'succeeded', ...(await run({ signal: controller.signal, onProgress })) };
		} catch (error) {
			return this.#endBy(job, error, controller.signal);
		}
	}

	/** What a fault makes of a job: the input's end it, the machine's let it run again, for a while. */
	#endBy(job: Job, error: unknown, signal: AbortSignal): JobEnd {
		const known = error instanceof DssError ? error : errors.internal({}, error);
		if (known.code === errors.cancelled.spec.code) {
			if (signal.reason === CANCELLED) return { status: 'cancelled' };
			if (signal.aborted) return { status: 'queued', notBefore: 0, fault: false };
		}
		if (known.code === errors.projectBusy.spec.code)
			return { status: 'queued', notBefore: Date.now() + BUSY_BACK_OFF_MS, fault: false };
		if (known.spec.status < 500 || known.code === errors.jobGivenUp.spec.code)
			return { status: 'failed', error: toErrorData(known) };
		this.#options.onError(known.cause ?? known, `job ${job.uuid} met a fault of the machine`);
		const faults = job.faults + 1;
		if (faults >= MAX_FAULTS) {
			const givenUp = errors.jobGivenUp({ attempts: job.attempts, reason: known.message }, known);
			return { status: 'failed', error: toErrorData(givenUp) };
		}
		const backOff = Math.min(FIRST_BACK_OFF_MS * 2 ** job.faults, MAX_BACK_OFF_MS);
		return { status: 'queued', notBefore: Date.now() + backOff, fault: true };
	}

	/** Its input has served; whoever counts hears of it. What ended with its revision has ended, whatever came then. */
	async #afterwards(job: Job, end: JobEnd, seconds: number): Promise<void> {
		const { files, onEnd, queue } = this.#options;
		const ended = await queue.get(job.uuid);
		if (ended === null || ended.finishedAt === null) return;
		if (end.status === 'succeeded' && end.result !== null && ended.result === null)
			await files.release(end.result);
		if (job.input !== null) await files.release(job.input);
		onEnd({ ...ended, input: job.input }, seconds);
	}

	async #perform(job: Job, { signal, onProgress }: JobRun): Promise<JobOutput> {
		const { tasks, files } = this.#options;
		const run = taskOf(job, files);
		const options = { signal, onProgress, background: true, job: { uuid: job.uuid, holder: this.holder } };
		return run(tasks, options);
	}

	#tell(uuid: string): void {
		for (const moved of this.#watchers.get(uuid) ?? []) moved();
	}
}

/** Work of a request that becomes a job while it runs. */
export interface AdoptedWork {
	readonly controller: AbortController;
	readonly progress: JobProgress;
	readonly ended: Promise<JobOutput>;
}

/** Why a run was stopped. */
const CANCELLED = Symbol('cancelled');
const STOPPED = Symbol('stopped');
