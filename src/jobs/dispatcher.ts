/** Claims jobs from the queue and runs them: each run is ended once, and handed back when the process stops. */
import { setTimeout as delay } from 'node:timers/promises';
import { v7 } from 'uuid';
import { DssError, errors } from '../errors.ts';
import type { TaskRunner } from '../workers/port.ts';
import { endOfRun, type StopReason, tooManyCrashes } from './end-of-run.ts';
import { logBegin, logEnd, type RunLog } from './job-log.ts';
import { type JobFiles, type JobOutput, type JobRun, taskOf } from './job-tasks.ts';
import type { Job, JobEnd, JobProgress, JobQueue, NewJob } from './queue.ts';

/** Deferred jobs come due without an event. */
const POLL_EVERY_MS = 1_000;
/** The watchdog ends work that does not stop within 5 s; what takes longer is the store. */
const CANCEL_MS = 10_000;
/** Delays between attempts to write the end of a run. */
const FIRST_END_DELAY_MS = 500;
const MAX_END_DELAY_MS = 30_000;

export interface DispatcherOptions {
	readonly queue: JobQueue;
	readonly tasks: TaskRunner;
	readonly files: JobFiles;
	/** Jobs that run at once. */
	readonly slots: number;
	/** How often claims are renewed, in milliseconds; null where they last as long as the process. */
	readonly renewEveryMs: number | null;
	/** Called at every end of a job that ran here; its input is still named. */
	readonly onEnd: (job: Job, seconds: number) => void;
	readonly onError: (error: unknown, message: string) => void;
	readonly log: RunLog;
}

interface Run {
	readonly job: Job;
	readonly holder: string;
	readonly controller: AbortController;
	/** Work of a request that was handed over: it has a thread of its own, and takes no slot. */
	readonly adopted: boolean;
	stop: StopReason | null;
	progress: JobProgress;
	ended: Promise<void>;
}

/** Work of a request that becomes a job while it runs. */
export interface AdoptedWork {
	/** The name under which it was begun. */
	readonly holder: string;
	readonly controller: AbortController;
	readonly progress: JobProgress;
	/** Called once, after the job was written: waits for the work and takes charge of its file. */
	readonly output: () => Promise<JobOutput>;
}

export class Dispatcher {
	readonly #options: DispatcherOptions;
	readonly #runs = new Map<string, Run>();
	readonly #watchers = new Map<string, Set<() => void>>();
	readonly #closing = new AbortController();
	#timer: NodeJS.Timeout | undefined;
	#looking: Promise<void> | null = null;
	#lookAgain = false;
	#waiting = 0;

	constructor(options: DispatcherOptions) {
		this.#options = options;
	}

	/** Jobs that run here. */
	get busy(): number {
		return this.#runs.size;
	}

	/** Jobs that wait, as of the last look. */
	get waiting(): number {
		return this.#waiting;
	}

	start(): void {
		this.#timer = setInterval(() => this.wake(), POLL_EVERY_MS).unref();
		this.wake();
	}

	/** Looks for jobs that may run now. */
	wake(): void {
		this.#lookAgain = true;
		this.#looking ??= this.#look()
			.catch((error: unknown) => this.#options.onError(error, 'the next job could not be claimed'))
			.finally(() => {
				this.#looking = null;
				// A call between the last look and here.
				if (this.#lookAgain && !this.#closing.signal.aborted) this.wake();
			});
	}

	/** Makes work that is under way a job. @throws {DssError} what the queue throws; then it is no job */
	async adopt(job: NewJob, work: AdoptedWork): Promise<Job> {
		const { holder, controller, progress, output } = work;
		const adopted = await this.#options.queue.adopt({ job, holder });
		this.#begin(adopted, { holder, controller, progress, adopted: true }, output);
		return adopted;
	}

	/** A job that runs here, as it was claimed, and how far it is; null where it does not. */
	running(uuid: string): { readonly job: Job; readonly progress: JobProgress } | null {
		return this.#runs.get(uuid) ?? null;
	}

	/** Notes the progress of a job that runs here. */
	note(uuid: string, progress: JobProgress): void {
		const run = this.#runs.get(uuid);
		if (run !== undefined) run.progress = progress;
		this.#notify(uuid);
	}

	/**
	 * Stops a job that runs here. Resolves when its end has been written, or at once where it does not run here; false
	 * where the end cannot be written in time, and is written later.
	 */
	async cancel(uuid: string): Promise<boolean> {
		const run = this.#runs.get(uuid);
		if (run === undefined) return true;
		stopRun(run, 'cancelled');
		const ended = run.ended.then(() => true);
		return Promise.race([ended, delay(CANCEL_MS, false, { ref: false })]);
	}

	/** Calls back whenever a job has moved on, until the function that it answers is called. */
	watch(uuid: string, moved: () => void): () => void {
		const watchers = this.#watchers.get(uuid) ?? new Set();
		this.#watchers.set(uuid, watchers.add(moved));
		return () => {
			watchers.delete(moved);
			if (watchers.size === 0) this.#watchers.delete(uuid);
		};
	}

	/** Claims no more jobs, and hands those that run back to the queue. */
	async close(): Promise<void> {
		this.#closing.abort();
		clearInterval(this.#timer);
		for (const run of this.#runs.values()) stopRun(run, 'stopped');
		await this.#looking;
		// Work may be adopted until its requests have ended.
		while (this.#runs.size > 0) await Promise.all([...this.#runs.values()].map(({ ended }) => ended));
	}

	async #look(): Promise<void> {
		const { queue, slots } = this.#options;
		while (this.#lookAgain && !this.#closing.signal.aborted) {
			this.#lookAgain = false;
			while (this.#slotsTaken() < slots && !this.#closing.signal.aborted) {
				const holder = v7();
				const job = await queue.claim({ holder });
				if (job === null) break;
				const controller = new AbortController();
				this.#begin(job, { holder, controller, progress: job.progress, adopted: false }, (run) =>
					this.#perform(job, holder, run),
				);
			}
			this.#waiting = (await queue.figures()).queued;
		}
	}

	#slotsTaken(): number {
		return [...this.#runs.values()].filter(({ adopted }) => !adopted).length;
	}

	#begin(
		job: Job,
		parts: Pick<Run, 'holder' | 'controller' | 'progress' | 'adopted'>,
		output: (run: JobRun) => Promise<JobOutput>,
	): void {
		const run: Run = { job, ...parts, stop: null, ended: Promise.resolve() };
		this.#runs.set(job.uuid, run);
		if (this.#closing.signal.aborted) stopRun(run, 'stopped');
		logBegin(this.#options.log, job);
		run.ended = this.#see(run, output);
		this.#notify(job.uuid);
	}

	/** A run from its beginning to its end. Never rejects. */
	async #see(run: Run, output: (run: JobRun) => Promise<JobOutput>): Promise<void> {
		const { onError } = this.#options;
		const renewal = this.#renewing(run);
		const begun = performance.now();
		try {
			const end = await this.#endOf(run, output);
			await this.#writeEnd(run, end);
			await this.#afterwards(run.job, end, (performance.now() - begun) / 1000);
		} catch (error) {
			// It runs again once this process has ended, and finds what it has done.
			onError(error, `the end of job ${run.job.uuid} could not be written`);
		} finally {
			clearInterval(renewal);
			this.#runs.delete(run.job.uuid);
			this.#notify(run.job.uuid);
			if (!this.#closing.signal.aborted) this.wake();
		}
	}

	#renewing(run: Run): NodeJS.Timeout | undefined {
		const { queue, renewEveryMs, onError } = this.#options;
		if (renewEveryMs === null) return undefined;
		return setInterval(() => {
			const { job, holder, progress } = run;
			queue
				.renew({ uuid: job.uuid, holder, progress })
				.catch((error: unknown) => onError(error, `the claim on job ${job.uuid} could not be renewed`));
		}, renewEveryMs).unref();
	}

	async #endOf(run: Run, output: (run: JobRun) => Promise<JobOutput>): Promise<JobEnd> {
		const { job, controller } = run;
		const crashed = tooManyCrashes(job);
		if (crashed !== null) return crashed;
		try {
			const onProgress = (progress: JobProgress) => this.note(job.uuid, progress);
			return { status: 'succeeded', ...(await output({ signal: controller.signal, onProgress })) };
		} catch (error) {
			const end = endOfRun(job, error, run.stop, Date.now());
			if (!(error instanceof DssError) || error.spec.status >= 500)
				this.#options.onError(error, `an attempt at job ${job.uuid} failed; it is ${end.status}`);
			return end;
		}
	}

	/**
	 * Writes the end of a run, again until it is written: its job would stay running otherwise, and its project's
	 * other jobs would wait.
	 */
	async #writeEnd({ job, holder }: Run, end: JobEnd): Promise<void> {
		const { queue, onError } = this.#options;
		for (let waitMs = FIRST_END_DELAY_MS; ; waitMs = Math.min(2 * waitMs, MAX_END_DELAY_MS)) {
			try {
				await queue.end({ uuid: job.uuid, holder, end });
				return;
			} catch (error) {
				if (this.#closing.signal.aborted) throw error;
				onError(error, `the end of job ${job.uuid} is not written yet`);
				await delay(waitMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
			}
		}
	}

	/**
	 * Releases the input and reports the stored end: a success committed with its revision outranks a later error, and
	 * a job that waits again has not ended.
	 */
	async #afterwards(job: Job, end: JobEnd, seconds: number): Promise<void> {
		const { files, onEnd, queue } = this.#options;
		const ended = await queue.get(job.uuid);
		const made = end.status === 'succeeded' ? end.result : null;
		if (made !== null && ended?.result?.name !== made.name) await files.releaseResult(made);
		if (ended === null) return;
		logEnd(this.#options.log, ended, end, seconds);
		if (ended.finishedAt === null) return;
		if (job.input !== null) await files.release(job.input);
		onEnd({ ...ended, input: job.input }, seconds);
	}

	async #perform(job: Job, holder: string, { signal, onProgress }: JobRun): Promise<JobOutput> {
		const { tasks, files } = this.#options;
		const run = taskOf(job, files);
		return run(tasks, { signal, onProgress, background: true, job: { uuid: job.uuid, holder } });
	}

	#notify(uuid: string): void {
		for (const moved of this.#watchers.get(uuid) ?? []) moved();
	}
}

function stopRun(run: Run, reason: StopReason): void {
	run.stop ??= reason;
	run.controller.abort(errors.cancelled({}));
}
