/** Jobs as callers see them: listed, watched, cancelled, their files fetched. */
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobListQuery, Job as JobShape } from '../../schemas/jobs.ts';
import { errors } from '../errors.ts';
import type { Dispatcher } from '../jobs/dispatcher.ts';
import type { Job, JobQueue } from '../jobs/queue.ts';
import type { Spool } from '../spool/spool.ts';
import { jobCursor } from './cursors.ts';
import { toJobShape } from './job-presenter.ts';
import type { ListPage } from './project-service.ts';
import type { Telemetry } from './telemetry.ts';
import { Watchers } from './watchers.ts';

export interface JobServiceOptions {
	readonly queue: Pick<JobQueue, 'get' | 'list' | 'cancelWaiting'>;
	readonly dispatcher: Pick<Dispatcher, 'running' | 'cancel' | 'watch'>;
	readonly spool: Pick<Spool, 'release' | 'read'>;
	readonly telemetry: Telemetry;
	readonly onError: (error: unknown, message: string) => void;
}

/** A file that a job made. */
export interface JobResult {
	/** Its name on the spool. */
	readonly name: string;
	readonly bytes: number;
	/** SHA-256 of its content, in hex. */
	readonly sha256: string;
	/** What the project is called. */
	readonly projectName: string;
}

/** A job at a moment of its life. */
export interface JobEvent {
	/** Counts the events of one stream. */
	readonly id: number;
	readonly ended: boolean;
	readonly job: JobShape;
}

/** Progress is watched by people, who read no faster. */
const EVENT_EVERY_MS = 200;

export class JobService {
	readonly #options: JobServiceOptions;
	readonly #closing = new AbortController();
	readonly #watchers = new Watchers();

	constructor(options: JobServiceOptions) {
		this.#options = options;
	}

	async list(ask: JobListQuery): Promise<ListPage<JobShape>> {
		const after = ask.cursor === undefined ? null : jobCursor.read(ask.cursor).after;
		const { queue } = this.#options;
		const page = await queue.list({ status: ask.status ?? null, after, limit: ask.limit ?? 50 });
		return {
			items: page.items.map((job) => this.#show(job)),
			next_cursor: page.next === null ? null : jobCursor.write({ after: page.next }),
			total: page.total,
		};
	}

	/** @throws {DssError} job_unknown */
	async get(uuid: string): Promise<JobShape> {
		return this.#show(await this.#job(uuid));
	}

	/**
	 * The job now, then whenever it has moved on, then its end.
	 *
	 * @param gone aborts when nobody reads any more
	 * @throws {DssError} job_unknown; too_busy where too many watch already
	 */
	async events(uuid: string, gone: AbortSignal): Promise<AsyncGenerator<JobEvent>> {
		await this.#job(uuid);
		const leave = this.#watchers.take(uuid);
		// A generator that is never asked never reaches its end.
		gone.addEventListener('abort', leave, { once: true });
		if (gone.aborted) leave();
		return this.#events(uuid, AbortSignal.any([gone, this.#closing.signal]), leave);
	}

	/** Cancels a job; when this resolves, nothing is left of it. @throws {DssError} job_unknown, job_finished, store_busy */
	async cancel(uuid: string): Promise<JobShape> {
		const { queue, dispatcher, spool, telemetry } = this.#options;
		const job = await this.#job(uuid);
		if (await queue.cancelWaiting(uuid)) {
			if (job.input !== null) await spool.release(job.input);
			telemetry.jobEnd(job.kind, 'cancelled', 0);
			return this.get(uuid);
		}
		const before = await this.#job(uuid);
		if (before.status === 'running' && !(await dispatcher.cancel(uuid)))
			throw errors.storeBusy({ retry_after: 5 });
		const after = await this.#job(uuid);
		// A fault on its way to the end put it back among the waiting.
		if (after.status === 'queued') return this.cancel(uuid);
		if (before.status !== 'running' || after.status !== 'cancelled')
			throw errors.jobFinished({ job_id: uuid, job_status: after.status });
		return this.#show(after);
	}

	/** The file that a job made. @throws {DssError} job_unknown, result_unknown */
	async result(uuid: string): Promise<JobResult> {
		const job = await this.#job(uuid);
		const { result, outcome } = job;
		if (result === null || outcome === null) {
			const reason =
				job.status !== 'succeeded'
					? `it is ${job.status}`
					: job.kind === 'export'
						? 'its time is over, or newer results needed its room; export again'
						: 'its result is in the job itself';
			throw errors.resultUnknown({ job_id: uuid, reason });
		}
		const { bytes, sha256 } = result;
		const shape = this.#show(job).result;
		const projectName = shape !== null && 'project_name' in shape ? shape.project_name : 'project';
		return { name: result.name, bytes, sha256, projectName };
	}

	/** The content of a job's file, or the bytes from `first` to `last`, both included. */
	read({ name }: JobResult, range?: { first: number; last: number }): Readable {
		return this.#options.spool.read(name, range);
	}

	/** Ends all streams of events: the service closes. */
	close(): void {
		this.#closing.abort();
	}

	async *#events(uuid: string, stop: AbortSignal, leave: () => void): AsyncGenerator<JobEvent> {
		let moved: (() => void) | null = null;
		let hasMoved = false;
		const wake = () => {
			hasMoved = true;
			moved?.();
		};
		const unwatch = this.#options.dispatcher.watch(uuid, wake);
		stop.addEventListener('abort', wake, { once: true });
		try {
			for (let id = 1; !stop.aborted; id++) {
				hasMoved = false;
				const job = await this.get(uuid);
				const ended = job.finished_at !== null;
				yield { id, ended, job };
				if (ended) return;
				// Ends early where the stream is stopped.
				await delay(EVENT_EVERY_MS, undefined, { signal: stop }).catch(() => undefined);
				if (!hasMoved && !stop.aborted) {
					await new Promise<void>((resolve) => {
						moved = resolve;
						if (hasMoved || stop.aborted) resolve();
					});
				}
			}
		} finally {
			unwatch();
			leave();
			stop.removeEventListener('abort', wake);
		}
	}

	/** A job that runs here is known as it was claimed: only others are asked of the queue. */
	async #job(uuid: string): Promise<Job> {
		const { queue, dispatcher } = this.#options;
		const job = dispatcher.running(uuid)?.job ?? (await queue.get(uuid));
		if (job === null) throw errors.jobUnknown({ job_id: uuid });
		return job;
	}

	#show(job: Job): JobShape {
		const running = job.status === 'running' ? this.#options.dispatcher.running(job.uuid) : null;
		const progress = running?.progress ?? null;
		try {
			return toJobShape(job, progress);
		} catch (error) {
			// Its result has the shape of another version: it is left out, so that lists with the job can be read.
			this.#options.onError(error, `the result of job ${job.uuid} could not be presented`);
			return toJobShape({ ...job, outcome: null }, progress);
		}
	}
}
