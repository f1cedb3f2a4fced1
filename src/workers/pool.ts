import { randomUUID } from 'node:crypto';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { errors, fromErrorData } from '../errors.ts';
import type { Done, RunOptions, TaskRunner } from './port.ts';
import type { Durations, Outcome, TaskName, Tasks, WorkerMessage, WorkerRequest } from './tasks.ts';

/** Who runs a task: archive work must not wait for reads or jobs, nor small writes or reads for archives. */
type Lane = 'archive' | 'job' | 'write' | 'read';

const LANES: Readonly<Record<TaskName, Lane>> = {
	import: 'archive',
	analyze: 'archive',
	peek: 'archive',
	queueRead: 'read',
	queueWrite: 'write',
	export: 'archive',
	merge: 'archive',
	analyzeMerge: 'archive',
	edit: 'write',
	revert: 'write',
	prune: 'write',
	createProject: 'write',
	updateProject: 'write',
	removeProject: 'write',
	release: 'write',
	probe: 'write',
	records: 'read',
	differences: 'read',
	ping: 'archive',
};

export interface PoolOptions {
	/** The module that a worker thread runs. */
	readonly entry: URL;
	/** What each worker is given, as `workerData`. */
	readonly settings: unknown;
	/** Threads for archive work that requests wait for. */
	readonly workers: number;
	/** Threads for jobs. */
	readonly jobWorkers: number;
	/** Told of the stages' durations, also of failed work. */
	readonly onDurations: (durations: Durations) => void;
}

/** The TaskRunner on worker threads: several for archives, one that writes, one that reads. */
export class WorkerPool implements TaskRunner {
	readonly #pools: Readonly<Record<Lane, Piscina>>;
	readonly #onDurations: PoolOptions['onDurations'];

	constructor({ entry, settings, workers, jobWorkers, onDurations }: PoolOptions) {
		this.#onDurations = onDurations;
		const pool = (threads: number, idleTimeout: number) =>
			new Piscina({
				filename: entry.href,
				workerData: settings,
				minThreads: threads,
				maxThreads: threads,
				idleTimeout,
				// Records are young garbage: a larger nursery spares an import one collection in two, measured.
				resourceLimits: { maxYoungGenerationSizeMb: 32 },
				// Blocking on shared memory while idle would keep a worker from hearing a cancellation.
				atomics: 'disabled',
			});
		const forever = Number.POSITIVE_INFINITY;
		this.#pools = {
			archive: pool(workers, forever),
			job: pool(jobWorkers, forever),
			write: pool(1, forever),
			read: pool(1, forever),
		};
	}

	async run<Name extends TaskName>(
		name: Name,
		input: Tasks[Name]['input'],
		options: RunOptions = {},
	): Promise<Done<Tasks[Name]['output']>> {
		if (options.signal?.aborted) throw errors.cancelled({});
		const { port1, port2 } = new MessageChannel();
		const holder = randomUUID();
		const cancel = () => port1.postMessage('cancel');
		options.signal?.addEventListener('abort', cancel, { once: true });
		port1.on('message', ({ progress }: WorkerMessage) => options.onProgress?.(progress));
		try {
			const job = options.job ?? null;
			const request: WorkerRequest<Name> = { name, input, holder, job, port: port2 };
			const lane = options.background ? 'job' : LANES[name];
			// The worker's default export answers an Outcome of the task asked for.
			const outcome = (await this.#dispatch(lane, request)) as Outcome<Tasks[Name]['output']>;
			this.#onDurations(outcome.durations);
			if (!outcome.ok) throw fromErrorData(outcome.error);
			return { value: outcome.value, durations: outcome.durations };
		} finally {
			options.signal?.removeEventListener('abort', cancel);
			port1.close();
		}
	}

	async close(): Promise<void> {
		await Promise.all(Object.values(this.#pools).map((pool) => pool.close()));
	}

	/** A worker that dies input no other work with it, and what it had begun is undone. */
	async #dispatch<Name extends TaskName>(lane: Lane, request: WorkerRequest<Name>): Promise<unknown> {
		try {
			return await this.#pools[lane].run(request, {
				transferList: request.port === null ? [] : [request.port],
			});
		} catch (error) {
			if (request.name !== 'release') await this.run('release', { holder: request.holder });
			throw errors.internal({}, error);
		}
	}
}
