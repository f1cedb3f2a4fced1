/** Within the request or as a job: archive work is estimated, begun, and handed over where it takes too long. */
import { v7 } from 'uuid';
import type { QueuedAnswer } from '../../schemas/jobs.ts';
import { errors } from '../errors.ts';
import type { Dispatcher } from '../jobs/dispatcher.ts';
import { type JobInputs, type JobOutcomes, RUNNERS } from '../jobs/job-tasks.ts';
import type { Job, JobFile, JobKind, JobProgress, JobQueue, NewJob } from '../jobs/queue.ts';
import type { Spool, Spooled } from '../spool/spool.ts';
import type { TaskRunner } from '../workers/port.ts';
import type { Estimator } from './estimator.ts';
import type { Caller } from './telemetry.ts';

/** Work that is estimated to take more than this part of the request time-out becomes a job (API, "202"). */
const PATIENCE = 0.8;
/** Uploads below this are done before they could be looked at; if not, they are handed over. */
const LOOK_FROM_BYTES = 65_536;

export interface ArchiveExecutorOptions {
	readonly queue: JobQueue;
	readonly dispatcher: Dispatcher;
	readonly tasks: TaskRunner;
	readonly spool: Spool;
	readonly estimator: Estimator;
	readonly requestTimeoutMs: number;
	/** Jobs that may wait. */
	readonly queueLimit: number;
	/** Addresses that are told of every job's end. */
	readonly webhooks: readonly string[];
	/** Origins that a request may name for its own job. */
	readonly callbackOrigins: readonly string[];
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
	/** Where an export is to be written. */
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

export class ArchiveExecutor {
	readonly #options: ArchiveExecutorOptions;

	constructor(options: ArchiveExecutorOptions) {
		this.#options = options;
	}

	/** Runs archive work within its request, or makes it a job. @throws {DssError} what the work throws; too_busy */
	async perform<Kind extends JobKind>(
		task: ArchiveTask<Kind>,
		execution: ExecutionOptions,
	): Promise<Performed<Kind>> {
		const webhooks = this.#webhooks(execution.callbackUrl);
		const size = await this.#sizeOf(task, execution);
		const seconds = this.#options.estimator.seconds(task.kind, size.items);
		const job = (input: JobFile | null): NewJob => ({
			uuid: v7(),
			kind: task.kind,
			projectUuid: size.projectUuid,
			taskInput: JSON.stringify(task.input),
			input,
			caller: { requestId: execution.caller.requestId, address: execution.caller.address },
			items: size.items,
			seconds,
			webhooks,
		});
		const { asJob } = execution;
		if (asJob === 'always' || (asJob === 'if_long' && this.outlasts(seconds)))
			return { queued: await this.#enqueue(task, job) };
		return this.#begin(task, job, execution);
	}

	/** Whether work that takes so many seconds is too long for a request. */
	outlasts(seconds: number): boolean {
		return seconds * 1000 > PATIENCE * this.#options.requestTimeoutMs;
	}

	async #enqueue<Kind extends JobKind>(
		{ file }: ArchiveTask<Kind>,
		job: (input: JobFile | null) => NewJob,
	): Promise<QueuedAnswer> {
		const { queue, dispatcher, queueLimit, spool } = this.#options;
		const input = file === null ? null : await file.handOver();
		try {
			const added = await queue.add({ job: job(input), limit: queueLimit });
			dispatcher.wake();
			return toQueued(added);
		} catch (error) {
			if (input !== null) await spool.release(input);
			throw error;
		}
	}

	/** Begins work for its request; what is not done in time goes on as a job. */
	async #begin<Kind extends JobKind>(
		task: ArchiveTask<Kind>,
		job: (input: JobFile | null) => NewJob,
		{ signal, asJob }: ExecutionOptions,
	): Promise<Performed<Kind>> {
		const { tasks, dispatcher, requestTimeoutMs, estimator } = this.#options;
		const controller = new AbortController();
		const gone = () => controller.abort();
		signal.addEventListener('abort', gone, { once: true });
		if (signal.aborted) gone();
		const uuid = v7();
		let progress: JobProgress = { stage: null, done: 0, total: 0 };
		const begun = performance.now();
		const running = RUNNERS[task.kind](task.input, task.file?.path ?? task.path ?? '', tasks, {
			signal: controller.signal,
			job: { uuid, holder: dispatcher.holder },
			onProgress: (now) => {
				progress = now;
				dispatcher.note(uuid, now);
			},
		}) as Promise<JobOutcomes[Kind]>;
		let timer: NodeJS.Timeout | undefined;
		const late = new Promise<'late'>((resolve) => {
			if (asJob !== 'never') timer = setTimeout(resolve, PATIENCE * requestTimeoutMs, 'late');
		});
		try {
			const first = await Promise.race([running, late]);
			if (first !== 'late') {
				const seconds = secondsSince(begun);
				return { done: first, seconds };
			}
			signal.removeEventListener('abort', gone);
			const handedOver = await this.#handOver(task, { ...job(null), uuid }, controller, running, progress);
			if (handedOver !== null) return { queued: toQueued(handedOver) };
			return { done: await running, seconds: secondsSince(begun) };
		} finally {
			clearTimeout(timer);
			signal.removeEventListener('abort', gone);
			estimator.flush();
		}
	}

	/** Makes running work a job; null where that fails, and it is waited for after all. */
	async #handOver<Kind extends JobKind>(
		task: ArchiveTask<Kind>,
		job: NewJob,
		controller: AbortController,
		running: Promise<JobOutcomes[Kind]>,
		progress: JobProgress,
	): Promise<Job | null> {
		const { dispatcher, spool, onError } = this.#options;
		const input = task.file === null ? null : await task.file.handOver();
		const ended = running.then((outcome) => ({
			outcome: JSON.stringify(outcome),
			result: resultOf(spool, task, outcome),
		}));
		// Whoever adopts it sees the error; until then it is nobody's.
		ended.catch(() => undefined);
		try {
			return await dispatcher.adopt({ ...job, input }, { controller, progress, ended });
		} catch (error) {
			onError(error, 'work that input long could not be made a job');
			await running.catch(() => undefined);
			if (input !== null) await spool.release(input);
			return null;
		}
	}

	async #sizeOf<Kind extends JobKind>(task: ArchiveTask<Kind>, execution: ExecutionOptions): Promise<Size> {
		const { projectUuid, items, file } = task;
		if (items !== null || file === null) return { items: items ?? 0, projectUuid };
		const aimed = { items: Math.ceil(file.bytes / 100), projectUuid };
		if (file.bytes < LOOK_FROM_BYTES && execution.asJob !== 'always') return aimed;
		try {
			const { upload } = task.input as JobInputs['import' | 'merge'];
			const { value } = await this.#options.tasks.run('peek', { ...upload, path: file.path });
			return { items: value.items, projectUuid: projectUuid ?? value.projectUuid };
		} catch {
			// What is wrong with it is told by the work itself, with its stage and all that belongs to it.
			return aimed;
		}
	}

	#webhooks(callbackUrl: string | null): string[] {
		const { webhooks, callbackOrigins } = this.#options;
		if (callbackUrl === null) return [...webhooks];
		const origin = URL.canParse(callbackUrl) ? new URL(callbackUrl).origin : callbackUrl;
		if (!callbackOrigins.includes(origin)) throw errors.callbackNotAllowed({ origin });
		return [...webhooks, callbackUrl];
	}
}

function resultOf<Kind extends JobKind>(
	spool: Spool,
	{ kind, path }: ArchiveTask<Kind>,
	outcome: JobOutcomes[Kind],
): JobFile | null {
	if (kind !== 'export' || path === undefined) return null;
	// The outcome of an export.
	const { bytes, sha256 } = outcome as JobOutcomes['export'];
	return spool.own(path, bytes, sha256);
}

function toQueued(job: Job): QueuedAnswer {
	return {
		status: 'queued',
		job_id: job.uuid,
		estimated_items: job.items,
		estimated_duration_seconds: job.seconds,
		status_url: `/api/jobs/${job.uuid}`,
	};
}

function secondsSince(begun: number): number {
	return Math.round(performance.now() - begun) / 1000;
}
