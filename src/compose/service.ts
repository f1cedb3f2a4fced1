/** Chooses and makes the adapters of the process. Those of a worker thread: `worker.ts`. */
import { join } from 'node:path';
import type { Config } from '../../schemas/config.ts';
import { Dispatcher } from '../jobs/dispatcher.ts';
import type { Outbox } from '../jobs/outbox.ts';
import { startQueueThread } from '../jobs/queue-thread.ts';
import { ResultFiles } from '../jobs/result-files.ts';
import { completeJob } from '../jobs/sqlite/complete.ts';
import { openQueue } from '../jobs/sqlite/open.ts';
import { Metrics } from '../plugins/metrics.ts';
import { Admission } from '../service/admission.ts';
import { ArchiveExecutor } from '../service/archive-executor.ts';
import { ArchiveService } from '../service/archive-service.ts';
import { BelievedTime } from '../service/believed-time.ts';
import { Estimator } from '../service/estimator.ts';
import { Expiry } from '../service/expiry.ts';
import { Health } from '../service/health.ts';
import { Idempotency } from '../service/idempotency.ts';
import { toJobShape } from '../service/job-presenter.ts';
import { JobService } from '../service/job-service.ts';
import { MergeService } from '../service/merge-service.ts';
import { ProjectService } from '../service/project-service.ts';
import { RetainingRunner } from '../service/retention.ts';
import { WorkMetrics } from '../service/work-metrics.ts';
import { Spool } from '../spool/spool.ts';
import type { Reader } from '../store/port.ts';
import { type FolderLock, lockFolder } from '../store/sqlite/lock.ts';
import { checkpointWal, openDatabase, openReader, openStore, prepareStore } from '../store/sqlite/open.ts';
import { Deliveries } from '../webhooks/deliveries.ts';
import { WebhookSender } from '../webhooks/sender.ts';
import { nicenessOf } from '../workers/lanes.ts';
import { WorkerPool } from '../workers/pool.ts';
import type { TaskRunner } from '../workers/port.ts';
import { claimFolder } from './data-folder.ts';
import type { QueueSettings, WorkerSettings } from './worker-settings.ts';

/** Where the service logs what no request sees. */
export interface Log {
	info(properties: object, message: string): void;
	warn(properties: object, message: string): void;
	error(properties: object, message: string): void;
	fatal(properties: object, message: string): void;
}

/** The modules that threads run. */
export interface ThreadEntries {
	readonly worker: URL;
	readonly queue: URL;
}

const ENTRIES: ThreadEntries = {
	worker: new URL('./worker.ts', import.meta.url),
	queue: new URL('./queue-thread.ts', import.meta.url),
};

/** A service without its HTTP face. */
export interface Composition {
	readonly projects: ProjectService;
	readonly archives: ArchiveService;
	readonly merges: MergeService;
	readonly jobs: JobService;
	readonly idempotency: Idempotency;
	readonly metrics: Metrics;
	readonly health: Health;
	/** Pieces of work of a dead process that were undone, and jobs of it that wait again. */
	readonly recovered: number;
	/** Waits for the threads that small work needs, then starts the dispatcher, webhook delivery and expiry. */
	start(): Promise<void>;
	/** Hands running jobs back to the queue. */
	stop(): Promise<void>;
	/** Ends the threads and closes the store; resolves within some 5 s. False where a thread cannot be ended. */
	close(): Promise<boolean>;
}

/**
 * Makes the data folder ready and composes the service.
 *
 * @throws {Error} where another process has the folder, or it is of a newer DSS, or not of DSS
 */
export async function compose(
	config: Config,
	version: string,
	log: Log,
	entries = ENTRIES,
): Promise<Composition> {
	for (const warning of claimFolder(config.dataDir)) log.warn({ folder: config.dataDir }, warning);
	const lock: FolderLock = lockFolder(config.dataDir);
	try {
		return await composeLocked(config, version, log, lock, entries);
	} catch (error) {
		lock.release();
		throw error;
	}
}

async function composeLocked(
	config: Config,
	version: string,
	log: Log,
	lock: FolderLock,
	entries: ThreadEntries,
): Promise<Composition> {
	const { dataDir, busyTimeoutMs, limits, maxPageBytes, requestTimeoutMs, stallTimeoutMs } = config;
	const settings = { dataDir, busyTimeoutMs, limits, maxPageBytes };
	const onError = (err: unknown, message: string) => log.error({ err }, message);
	const remains = await recover(settings);
	const spool = await Spool.prepare(
		{
			folder: join(dataDir, 'spool'),
			quotaBytes: config.spoolQuotaBytes,
			maxUploadBytes: limits.maxArchiveBytes,
			idleMs: config.uploadIdleMs,
			totalMs: config.uploadTimeoutMs,
		},
		[...remains.files.inputs, ...remains.files.results],
	);
	const metrics = new Metrics(spool);
	const reader = openReader(settings);
	const jobWorkers = Math.max(1, config.workers - 1);
	const pool = new WorkerPool({
		entry: entries.worker,
		settings: (lane): WorkerSettings => ({ ...settings, niceness: nicenessOf(lane) }),
		workers: config.workers,
		jobWorkers,
		stallTimeoutMs,
		busyTimeoutMs,
		onDurations: (durations) => metrics.stageDurations(durations),
		log,
	});
	const time = new BelievedTime({ now: Date.now, monotonic: () => performance.now() });
	const tasks = retaining(pool, reader, time, config, log);
	const queueThread = startQueueThread(entries.queue, { dataDir, busyTimeoutMs }, onError);
	const { jobs: queue, outbox, keys, speeds } = queueThread.ports;
	const results = new ResultFiles(spool, queue, remains.files.results);
	const estimator = new Estimator(speeds, remains.speeds, onError);
	const outcomes = new WorkMetrics(metrics, estimator);
	const dispatcher: Dispatcher = new Dispatcher({
		queue,
		tasks,
		files: results,
		slots: jobWorkers,
		// The folder's lock keeps other processes out.
		renewEveryMs: null,
		onEnd: (job, seconds) => {
			outcomes.ended(job, seconds, { ...job.caller, log });
			webhooks?.wake();
		},
		onError,
		log,
	});
	metrics.watchQueue(queue, () => dispatcher.busy);
	const webhooks = webhooksOf(config, outbox, metrics, log);
	const expiry = new Expiry({
		jobs: queue,
		keys,
		files: results,
		resultSeconds: config.resultTtlSeconds,
		jobSeconds: config.jobTtlSeconds,
		now: () => time.now(),
		onError,
	});
	const executor = new ArchiveExecutor({
		queue,
		dispatcher,
		tasks,
		spool,
		results,
		estimator,
		outcomes,
		requestTimeoutMs,
		queueLimit: config.queueLimit,
		webhooks: config.webhooks.url === null ? [] : [config.webhooks.url],
		callbackOrigins: config.webhooks.origins,
		onError,
	});
	const admission = new Admission({
		capacity: config.workers + config.queueLimit,
		waitingJobs: () => dispatcher.waiting,
	});
	const jobs = new JobService({ queue, dispatcher, spool, telemetry: metrics, onError });
	return {
		projects: new ProjectService(reader, tasks, admission),
		archives: new ArchiveService({
			reader,
			tasks,
			spool,
			results,
			executor,
			estimator,
			telemetry: metrics,
			admission,
			generator: `dss/${version}`,
		}),
		merges: new MergeService({
			tasks,
			executor,
			telemetry: metrics,
			maxPageBytes,
			clock: { toleranceMs: config.clockToleranceMs, driftMs: config.clockDriftWarningMs },
		}),
		jobs,
		idempotency: new Idempotency(keys),
		metrics,
		health: new Health({
			reader,
			queue,
			spool,
			tasks: pool,
			threads: () => pool.state,
			maxStuck: config.workers,
			onError,
		}),
		recovered: remains.recovered,
		async start() {
			// Ready from the first request on; where the store cannot be written, readiness says so.
			await Promise.allSettled([tasks.run('probe', null), queue.figures()]);
			dispatcher.start();
			webhooks?.start();
			expiry.start();
		},
		stop: () => dispatcher.close(),
		async close() {
			await Promise.all([dispatcher.close(), webhooks?.close(), expiry.close()]);
			await tasks.close();
			await queueThread.close();
			reader.close();
			// A thread that cannot be ended may hold the write lock, for which this would wait.
			if (pool.state.stuck > 0) return false;
			checkpointWal(settings);
			lock.release();
			return true;
		},
	};
}

/** Brings the data of a process that ended back in order, before anybody works on it. */
async function recover(settings: QueueSettings) {
	prepareStore(settings);
	const store = openStore(openDatabase(settings), completeJob);
	const queue = openQueue(settings);
	try {
		const undone = await store.recover();
		const waiting = await queue.jobs.recover();
		await queue.keys.recover();
		return {
			recovered: undone + waiting,
			files: await queue.jobs.files(),
			speeds: await queue.speeds.all(),
		};
	} finally {
		queue.close();
		store.close();
	}
}

/** Webhooks are sent where the settings name a receiver. */
function webhooksOf(
	{ webhooks: { url, secret, origins, allowPrivate } }: Config,
	outbox: Outbox,
	metrics: Metrics,
	log: Log,
): Deliveries | null {
	if (url === null && origins.length === 0) return null;
	return new Deliveries({
		outbox,
		sender: new WebhookSender({ secret, allowPrivate, show: (job) => toJobShape(job) }),
		onDelivery: (outcome) => metrics.webhookDelivery(outcome),
		log,
	});
}

/** History is pruned where the settings say so. */
function retaining(
	tasks: TaskRunner,
	reader: Reader,
	time: BelievedTime,
	config: Config,
	log: Log,
): TaskRunner {
	const { historyRevisions: revisions, historyDays: days } = config;
	if (revisions === 0 && days === 0) return tasks;
	const settings = {
		revisions: revisions === 0 ? null : revisions,
		days: days === 0 ? null : days,
		now: () => time.now(),
	};
	return new RetainingRunner(tasks, reader, settings, (err) => log.error({ err }, 'pruning history failed'));
}
