/** The TaskRunner on worker threads, in lanes, with a watchdog over every task. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { type DssError, errors, fromErrorData } from '../errors.ts';
import { LANES, type Lane, threadsOf } from './lanes.ts';
import type { Done, RunOptions, TaskRunner, ThreadsState } from './port.ts';
import { RunningTask } from './running-task.ts';
import type { Durations, Outcome, TaskName, Tasks, WorkerRequest } from './tasks.ts';
import { GRACE_MS, watchLimits } from './watch.ts';

/** A thread without work ends after this time; starting one takes a third of a second. */
const IDLE_MS = 60_000;
/** How long a thread may take to end. One that runs a statement without `checkpoint()` ends with that statement. */
const EXIT_MS = 1_000;
/** How long a caller waits for the undoing of work whose thread was ended; it goes on behind. */
const UNDO_MS = 2_000;
const UNDO_AGAIN_MS = 5_000;
const MAX_TICK_MS = 250;
const CLOSE_POLL_MS = 20;
const RETRY_AFTER_SECONDS = 10;
/** The next start of the service answers. */
const STOPPING_RETRY_SECONDS = 5;

export interface PoolOptions {
	/** The module that a worker thread runs. */
	readonly entry: URL;
	/** What the workers of a lane are given, as `workerData`. */
	readonly settings: (lane: Lane) => unknown;
	/** Threads for archive work that requests wait for. */
	readonly workers: number;
	/** Threads for jobs. */
	readonly jobWorkers: number;
	/** How long a task may show no progress. */
	readonly stallTimeoutMs: number;
	/** How long a statement may wait for the store. */
	readonly busyTimeoutMs: number;
	/** Called with the stages' durations, also of failed work. */
	readonly onDurations: (durations: Durations) => void;
	readonly log: {
		error(properties: object, message: string): void;
		fatal(properties: object, message: string): void;
	};
}

export class WorkerPool implements TaskRunner {
	readonly #options: PoolOptions;
	readonly #pools: Readonly<Record<Lane, Piscina>>;
	readonly #tasks = new Set<RunningTask>();
	/** Threads that were ended, by the task that they ran. */
	readonly #ended = new Map<RunningTask, Worker>();
	readonly #stuck = new Set<Worker>();
	readonly #timer: NodeJS.Timeout;
	#tickedAt = performance.now();
	#deaths = 0;
	#closing = false;

	constructor(options: PoolOptions) {
		this.#options = options;
		const threads = threadsOf(options.workers, options.jobWorkers);
		const pool = (lane: Lane) => this.#open(lane, threads[lane]);
		this.#pools = {
			archive: pool('archive'),
			job: pool('job'),
			look: pool('look'),
			write: pool('write'),
			read: pool('read'),
			upkeep: pool('upkeep'),
		};
		this.#timer = setInterval(() => this.#tick(), this.#tickMs()).unref();
	}

	get state(): ThreadsState {
		const running = Object.values(this.#pools).reduce((sum, { threads }) => sum + threads.length, 0);
		return { running, stuck: this.#stuck.size, deaths: this.#deaths };
	}

	async run<Name extends TaskName>(
		name: Name,
		input: Tasks[Name]['input'],
		options: RunOptions = {},
	): Promise<Done<Tasks[Name]['output']>> {
		const { signal, job = null, background = false, onProgress } = options;
		const isCancelled = () => signal?.aborted ?? false;
		if (isCancelled() || this.#closing) throw this.#stopped(isCancelled());
		const { stallTimeoutMs, busyTimeoutMs } = this.#options;
		const lane = background ? 'job' : LANES[name];
		const task = new RunningTask(name, lane, watchLimits(stallTimeoutMs, busyTimeoutMs), onProgress);
		const stop = () => task.stop();
		signal?.addEventListener('abort', stop, { once: true });
		this.#tasks.add(task);
		try {
			const request: WorkerRequest<Name> = { name, input, holder: task.holder, job, port: task.port };
			// The worker's default export answers an Outcome of the task asked for.
			const outcome = (await this.#dispatch(lane, request, task, isCancelled)) as Outcome<
				Tasks[Name]['output']
			>;
			this.#deaths = 0;
			this.#options.onDurations(outcome.durations);
			if (outcome.ok) return { value: outcome.value, durations: outcome.durations };
			const error = fromErrorData(outcome.error);
			if (error.code !== errors.cancelled.spec.code) throw error;
			throw task.stalled ? stalled() : this.#stopped(isCancelled(), error);
		} finally {
			signal?.removeEventListener('abort', stop);
			this.#tasks.delete(task);
			task.close();
		}
	}

	/** What is under way is asked to stop, then ended with its thread; what that leaves, the next start undoes. */
	async close(): Promise<void> {
		this.#closing = true;
		for (const task of this.#tasks) task.stop();
		for (let waited = 0; this.#tasks.size > 0 && waited < GRACE_MS; waited += CLOSE_POLL_MS)
			await delay(CLOSE_POLL_MS);
		clearInterval(this.#timer);
		const pools = Object.values(this.#pools);
		const threads = pools.flatMap((pool) => pool.threads);
		const exits = threads.map((thread) => exitOf(thread, EXIT_MS));
		for (const pool of pools) void pool.destroy();
		for (const [index, exited] of (await Promise.all(exits)).entries()) {
			const thread = threads[index];
			if (!exited && thread !== undefined) this.#stuck.add(thread);
		}
	}

	#open(lane: Lane, [minThreads, maxThreads]: readonly [number, number]): Piscina {
		const { entry, settings, log } = this.#options;
		const pool = new Piscina({
			filename: entry.href,
			workerData: settings(lane),
			minThreads,
			maxThreads,
			idleTimeout: IDLE_MS,
			// Most allocations are short-lived: a larger nursery spares an import one collection in two, measured.
			resourceLimits: { maxYoungGenerationSizeMb: 32 },
			// A worker that blocks on shared memory while it is idle would not receive a cancellation.
			atomics: 'disabled',
		});
		return pool.on('error', (error: unknown) => {
			this.#deaths++;
			log.error({ err: error, lane }, 'a worker thread without work died');
			this.#failWaiting(lane, error);
		});
	}

	/** Piscina replaces no thread that fails at its start: tasks that wait for one would wait for ever. */
	#failWaiting(lane: Lane, error: unknown): void {
		if (this.#pools[lane].threads.length > 0) return;
		for (const task of this.#tasks) {
			if (task.lane !== lane || task.begun) continue;
			task.startError = error;
			task.endThread.abort();
		}
	}

	async #dispatch<Name extends TaskName>(
		lane: Lane,
		request: WorkerRequest<Name>,
		task: RunningTask,
		isCancelled: () => boolean,
	): Promise<unknown> {
		const { signal } = task.endThread;
		try {
			return await this.#pools[lane].run(request, { transferList: [request.port], signal });
		} catch (error) {
			if (this.#closing) throw this.#stopped(isCancelled(), error);
			if (task.startError !== null) throw errors.internal({}, task.startError);
			if (signal.aborted) {
				const thread = this.#ended.get(task);
				this.#ended.delete(task);
				if (thread !== undefined) await this.#afterEnd(task, thread);
				throw task.stalled ? stalled() : errors.cancelled({});
			}
			this.#deaths++;
			await within(UNDO_MS, this.#undo(task));
			throw errors.internal({}, error);
		}
	}

	/** The error of work that was stopped: by its caller, who has left, or by the pool, whose callers wait for it. */
	#stopped(isCancelled: boolean, cause?: unknown): DssError {
		if (isCancelled || !this.#closing) return errors.cancelled({}, cause);
		return errors.stopping({ retry_after: STOPPING_RETRY_SECONDS }, cause);
	}

	#tick(): void {
		const now = performance.now();
		// Where the whole process stood still, so did the threads: that time is no stall.
		const elapsedMs = Math.min(now - this.#tickedAt, 2 * this.#tickMs());
		this.#tickedAt = now;
		for (const task of this.#tasks) {
			if (task.tick(elapsedMs) && !task.endThread.signal.aborted) this.#endThreadOf(task);
		}
	}

	#tickMs(): number {
		return Math.max(10, Math.min(MAX_TICK_MS, this.#options.stallTimeoutMs / 8));
	}

	/** Piscina ends the thread of a task whose signal aborts, and starts another when there is work for it. */
	#endThreadOf(task: RunningTask): void {
		const pool = this.#pools[task.lane];
		const before = pool.threads;
		task.endThread.abort();
		const left = new Set(pool.threads);
		// None where the task still waited for a thread.
		const thread = before.find((one) => !left.has(one));
		if (thread !== undefined) this.#ended.set(task, thread);
	}

	async #afterEnd(task: RunningTask, thread: Worker): Promise<void> {
		const { log } = this.#options;
		const { name, holder, stalled: stall } = task;
		const about = { task: name, holder, stalled: stall };
		if (await exitOf(thread, EXIT_MS))
			log.error(about, 'a task did not stop: its thread was ended and replaced');
		else {
			log.fatal(about, 'a task did not stop and its thread cannot be ended: it was given up and replaced');
			this.#stuck.add(thread);
			thread.once('exit', () => {
				this.#stuck.delete(thread);
				log.error(about, 'the thread that was given up has ended');
			});
		}
		await within(UNDO_MS, this.#undo(task));
	}

	/**
	 * Undoes what a thread left of its work. A thread that was given up never runs JavaScript again, so it writes no more
	 * than the statement that it is in: where that holds the write lock, this fails until the statement ends.
	 */
	async #undo(task: RunningTask): Promise<void> {
		while (!this.#closing) {
			try {
				await this.run('release', { holder: task.holder });
				return;
			} catch (error) {
				this.#options.log.error({ err: error, holder: task.holder }, 'work that was ended is not undone yet');
				await delay(UNDO_AGAIN_MS, undefined, { ref: false });
			}
		}
	}
}

function stalled() {
	return errors.workStalled({ retry_after: RETRY_AFTER_SECONDS });
}

/** Whether a thread ends within a time. */
async function exitOf(thread: Worker, ms: number): Promise<boolean> {
	// What has ended has no number any more.
	if (thread.threadId === -1) return true;
	const exited = new Promise<true>((resolve) => thread.once('exit', () => resolve(true)));
	return (await Promise.race([exited, delay(ms, false)])) || thread.threadId === -1;
}

/** Waits for something, for a time. */
async function within(ms: number, promise: Promise<void>): Promise<void> {
	await Promise.race([promise, delay(ms)]);
}
