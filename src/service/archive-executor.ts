/** Archive work in its request or as a job: estimated, begun, and handed over to a job where it takes too long. */
import { v7 } from 'uuid';
import type { QueuedAnswer } from '../../schemas/jobs.ts';
import { DssError, errors } from '../errors.ts';
import type { Dispatcher } from '../jobs/dispatcher.ts';
import {
	type JobFiles,
	type JobInputs,
	type JobOutcomes,
	type JobOutput,
	taskInputAt,
} from '../jobs/job-tasks.ts';
import type { Job, JobFile, JobKind, JobProgress, JobQueue, NewJob } from '../jobs/queue.ts';
import type { Spool, Spooled } from '../spool/spool.ts';
import type { TaskRunner } from '../workers/port.ts';
import type { Estimator } from './estimator.ts';
import type { Links } from './links.ts';
import type { Caller } from './telemetry.ts';
import type { WorkMetrics } from './work-metrics.ts';

/** The part of the request time-out that work may take within its request (API, "202"). */
const PATIENCE = 0.8;
/** Bytes of a record in an archive, at least: estimates err to the high side. */
const RECORD_BYTES = 100;

export interface ArchiveExecutorOptions {
	readonly queue: Pick<JobQueue, 'add'>;
	readonly dispatcher: Pick<Dispatcher, 'adopt' | 'note' | 'wake'>;
	readonly tasks: TaskRunner;
	readonly spool: Pick<Spool, 'release'>;
	/** Of what work writes. */
	readonly results: Pick<JobFiles, 'own' | 'discard' | 'maxResultBytes'>;
	readonly estimator: Estimator;
	readonly outcomes: WorkMetrics;
	readonly requestTimeoutMs: number;
	/** Records that an upload may hold. */
	readonly maxRecords: number;
	/** Jobs that may wait. */
	readonly queueLimit: number;
	/** Addresses to which a webhook goes at the end of every job. */
	readonly webhooks: readonly string[];
	/** Origins that a request may name for its own job. */
	readonly callbackOrigins: readonly string[];
	readonly links: Links;
	readonly onError: (error: unknown, message: string) => void;
}

/** How a caller wants the work done. */
export interface ExecutionOptions {
	/** Whether the work becomes a job: `if_long` where it takes too long for a request. */
	readonly asJob: 'if_long' | 'always' | 'never';
	readonly callbackUrl: string | null;
	/** Aborts when the caller goes away: work that is not a job stops then. */
	readonly signal: AbortSignal;
	readonly caller: Caller;
}

/** Archive work. */
export interface ArchiveTask<Kind extends JobKind> {
	readonly kind: Kind;
	readonly input: JobInputs[Kind];
	/** Its upload, or null for an export. */
	readonly file: Spooled | null;
	/** Where an export is to be written. It is the caller's where the work was `done` or threw, else the job's. */
	readonly path?: string;
	/** Known beforehand, or found by a look at the upload. */
	readonly projectUuid: string | null;
	readonly items: number | null;
}

export type Performed<Kind extends JobKind> =
	| { readonly done: JobOutcomes[Kind]; readonly seconds: number }
	| { readonly queued: QueuedAnswer };

interface Size {
	readonly items: number;
	readonly projectUuid: string | null;
}

/** Work under way within its request. */
interface Begun<Kind extends JobKind> {
	readonly holder: string;
	readonly controller: AbortController;
	readonly outcome: Promise<JobOutcomes[Kind]>;
	progress(): JobProgress;
}

export class ArchiveExecutor {
	readonly #options: ArchiveExecutorOptions;

	constructor(options: ArchiveExecutorOptions) {
		this.#options = options;
	}

	/**
	 * Runs archive work within its request and measures its end, or makes it a job, which is measured when it ends.
	 *
	 * @throws {DssError} what the work throws; too_busy
	 */
	async perform<Kind extends JobKind>(
		task: ArchiveTask<Kind>,
		execution: ExecutionOptions,
	): Promise<Performed<Kind>> {
		const { outcomes } = this.#options;
		const begunAt = performance.now();
		try {
			const performed = await this.#perform(task, execution);
			if ('done' in performed) outcomes.succeeded(task.kind, performed.done, performed.seconds);
			return performed;
		} catch (error) {
			const seconds = (performance.now() - begunAt) / 1000;
			outcomes.failed(task.kind, error, seconds, task.file?.sha256 ?? null, execution.caller);
			throw error;
		}
	}

	async #perform<Kind extends JobKind>(
		task: ArchiveTask<Kind>,
		execution: ExecutionOptions,
	): Promise<Performed<Kind>> {
		const webhooks = this.#webhooks(execution.callbackUrl);
		const size = await this.#sizeOf(task, execution);
		const seconds = this.#options.estimator.seconds(task.kind, size.items);
		const job: Omit<NewJob, 'input'> = {
			uuid: v7(),
			kind: task.kind,
			projectUuid: size.projectUuid,
			taskInput: JSON.stringify(task.input),
			caller: { requestId: execution.caller.requestId, address: execution.caller.address },
			items: size.items,
			seconds,
			webhooks,
		};
		const { asJob } = execution;
		if (asJob === 'always' || (asJob === 'if_long' && this.outlasts(seconds)))
			return { queued: this.#toQueued(await this.#enqueue(task, job)) };
		return this.#performNow(task, job, execution);
	}

	/** Whether work that takes so many seconds is too long for a request. */
	outlasts(seconds: number): boolean {
		return seconds * 1000 > PATIENCE * this.#options.requestTimeoutMs;
	}

	async #enqueue<Kind extends JobKind>(
		{ file }: ArchiveTask<Kind>,
		job: Omit<NewJob, 'input'>,
	): Promise<Job> {
		const { queue, dispatcher, queueLimit, spool } = this.#options;
		const input = file === null ? null : await file.handOver();
		try {
			const added = await queue.add({ job: { ...job, input }, limit: queueLimit });
			dispatcher.wake();
			return added;
		} catch (error) {
			if (input !== null) await spool.release(input);
			throw error;
		}
	}

	/** Begins work for its request; what is not done in time goes on as a job. */
	async #performNow<Kind extends JobKind>(
		task: ArchiveTask<Kind>,
		job: Omit<NewJob, 'input'>,
		{ signal, asJob }: ExecutionOptions,
	): Promise<Performed<Kind>> {
		const { requestTimeoutMs, estimator } = this.#options;
		const begunAt = performance.now();
		const begun = this.#begin(task, job.uuid);
		const gone = () => begun.controller.abort();
		signal.addEventListener('abort', gone, { once: true });
		if (signal.aborted) gone();
		let timer: NodeJS.Timeout | undefined;
		const late = new Promise<'late'>((resolve) => {
			if (asJob !== 'never') timer = setTimeout(resolve, PATIENCE * requestTimeoutMs, 'late');
		});
		try {
			const first = await Promise.race([begun.outcome, late]);
			if (first !== 'late') return { done: first, seconds: secondsSince(begunAt) };
			signal.removeEventListener('abort', gone);
			const handedOver = await this.#handOver(task, job, begun);
			if (handedOver !== null) return { queued: this.#toQueued(handedOver) };
			return { done: await begun.outcome, seconds: secondsSince(begunAt) };
		} finally {
			clearTimeout(timer);
			signal.removeEventListener('abort', gone);
			estimator.flush();
		}
	}

	#begin<Kind extends JobKind>(task: ArchiveTask<Kind>, uuid: string): Begun<Kind> {
		const { tasks, dispatcher, results } = this.#options;
		const controller = new AbortController();
		const holder = v7();
		let progress: JobProgress = { stage: null, done: 0, total: 0 };
		const path = task.file?.path ?? task.path ?? '';
		const input = taskInputAt(task.kind, task.input, path, results.maxResultBytes);
		const done = tasks.run(task.kind, input, {
			signal: controller.signal,
			job: { uuid, holder },
			onProgress: (now) => {
				progress = now;
				dispatcher.note(uuid, now);
			},
		});
		// The output of this kind's task.
		const outcome = done.then(({ value }) => value as JobOutcomes[Kind]);
		return { holder, controller, outcome, progress: () => progress };
	}

	/** Makes work under way a job; null where that fails, and its request waits for it after all. */
	async #handOver<Kind extends JobKind>(
		task: ArchiveTask<Kind>,
		job: Omit<NewJob, 'input'>,
		begun: Begun<Kind>,
	): Promise<Job | null> {
		const { dispatcher, spool, onError } = this.#options;
		// Its error is seen by the job, or by the request that goes on waiting.
		begun.outcome.catch(() => undefined);
		let input: JobFile | null = null;
		try {
			input = task.file === null ? null : await task.file.handOver();
			const { holder, controller } = begun;
			return await dispatcher.adopt(
				{ ...job, input },
				{ holder, controller, progress: begun.progress(), output: () => this.#output(task, begun) },
			);
		} catch (error) {
			onError(error, 'work that outlasts its request could not be made a job');
			// The work still reads its input.
			await begun.outcome.catch(() => undefined);
			if (input !== null) await spool.release(input);
			return null;
		}
	}

	/** The end of work that became a job: a file that it made is the job's, one that it did not finish is removed. */
	async #output<Kind extends JobKind>(
		{ kind, path }: ArchiveTask<Kind>,
		{ outcome }: Begun<Kind>,
	): Promise<JobOutput> {
		const { results } = this.#options;
		try {
			const value = await outcome;
			if (kind !== 'export' || path === undefined) return { outcome: JSON.stringify(value), result: null };
			// The outcome of an export.
			const { bytes, sha256 } = value as JobOutcomes['export'];
			return { outcome: JSON.stringify(value), result: await results.own(path, bytes, sha256) };
		} catch (error) {
			if (path !== undefined) await results.discard(path);
			throw error;
		}
	}

	/** How much there is to do: by a look at the upload only where it decides something, since the work looks again. */
	async #sizeOf<Kind extends JobKind>(task: ArchiveTask<Kind>, execution: ExecutionOptions): Promise<Size> {
		const { projectUuid, items, file } = task;
		if (items !== null || file === null) return { items: items ?? 0, projectUuid };
		const { maxRecords, estimator } = this.#options;
		const bySize = { items: Math.min(maxRecords, Math.ceil(file.bytes / RECORD_BYTES)), projectUuid };
		// What holds more records than may be is refused soon; what is slower than estimated is handed over.
		const mayOutlast = this.outlasts(estimator.seconds(task.kind, maxRecords));
		if (execution.asJob !== 'always' && !mayOutlast) return bySize;
		const { signal } = execution;
		try {
			const { upload } = task.input as JobInputs['import' | 'merge'];
			const { value } = await this.#options.tasks.run('peek', { ...upload, path: file.path }, { signal });
			return { items: value.items, projectUuid: projectUuid ?? value.projectUuid };
		} catch (error) {
			// The work itself refuses the upload, with its stage and all other faults. A fault of the machine ends it here.
			if (error instanceof DssError && error.spec.status < 500 && !signal.aborted) return bySize;
			throw error;
		}
	}

	#webhooks(callbackUrl: string | null): string[] {
		const { webhooks, callbackOrigins } = this.#options;
		if (callbackUrl === null) return [...webhooks];
		const parsed = URL.parse(callbackUrl);
		const origin = parsed?.origin ?? callbackUrl;
		// Messages are signed; a password in an address would be kept, and be seen where the address is.
		const isPlain = parsed?.username === '' && parsed.password === '';
		if (parsed === null || !isPlain || !callbackOrigins.includes(origin))
			throw errors.callbackNotAllowed({ origin });
		return [...webhooks, parsed.href];
	}

	#toQueued(job: Job): QueuedAnswer {
		return {
			status: 'queued',
			job_id: job.uuid,
			estimated_items: job.items,
			estimated_duration_seconds: job.seconds,
			status_url: this.#options.links.job(job.uuid),
		};
	}
}

function secondsSince(begun: number): number {
	return Math.round(performance.now() - begun) / 1000;
}
