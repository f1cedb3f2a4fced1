/** The only file that chooses and makes adapters, for the service and for its workers. */
import { join } from 'node:path';
import type { Config, Limits } from '../schemas/config.ts';
import { WorkerPool } from './jobs/pool.ts';
import type { TaskRunner } from './jobs/port.ts';
import { RetainingRunner } from './jobs/retaining.ts';
import { Metrics } from './plugins/metrics.ts';
import { ArchiveService } from './service/archive-service.ts';
import { Health } from './service/health.ts';
import { MergeService } from './service/merge-service.ts';
import { ProjectService } from './service/project-service.ts';
import { Spool } from './spool/spool.ts';
import type { Reader, Workspace } from './store/port.ts';
import { type FolderLock, lockFolder } from './store/sqlite/lock.ts';
import { foldLog, openReader, openWorkspace, prepareStore } from './store/sqlite/open.ts';

/** What a worker thread is given at its start. */
export interface WorkerSettings {
	readonly dataDir: string;
	readonly busyTimeoutMs: number;
	readonly limits: Limits;
}

/** The adapters of one worker thread. */
export function composeWorker(settings: WorkerSettings): { workspace: Workspace; reader: Reader } {
	return { workspace: openWorkspace(settings), reader: openReader(settings) };
}

/** Where the service tells the operator of what no request sees. */
export interface Log {
	error(facts: object, message: string): void;
}

/** A service, whole but for its HTTP face. */
export interface Composition {
	readonly projects: ProjectService;
	readonly archives: ArchiveService;
	readonly merges: MergeService;
	readonly metrics: Metrics;
	readonly health: Health;
	/** Pieces of work of a dead process that were undone. */
	readonly recovered: number;
	close(): Promise<void>;
}

/**
 * Makes the data folder ready and composes the service.
 *
 * @throws {Error} where another process has the folder, or it is of a newer DSS
 */
export async function compose(config: Config, version: string, log: Log): Promise<Composition> {
	const { dataDir, busyTimeoutMs, limits } = config;
	const lock: FolderLock = lockFolder(dataDir);
	try {
		const settings: WorkerSettings = { dataDir, busyTimeoutMs, limits };
		prepareStore(settings);
		const sweeper = openWorkspace(settings);
		const recovered = await sweeper.recover();
		sweeper.close();
		const spool = await Spool.prepare({
			folder: join(dataDir, 'spool'),
			quotaBytes: config.spoolQuotaBytes,
			maxUploadBytes: limits.maxArchiveBytes,
			idleMs: config.uploadIdleMs,
			totalMs: config.uploadTimeoutMs,
		});
		const metrics = new Metrics(spool);
		const reader = openReader(settings);
		const pool = new WorkerPool({
			settings,
			workers: config.workers,
			onDurations: (durations) => metrics.stageDurations(durations),
		});
		const tasks = retaining(pool, reader, config, log);
		const archives = new ArchiveService({
			reader,
			tasks,
			spool,
			telemetry: metrics,
			requestTimeoutMs: config.requestTimeoutMs,
			capacity: config.workers + config.queueLimit,
			generator: `dss/${version}`,
		});
		return {
			projects: new ProjectService(reader, tasks),
			archives,
			merges: new MergeService({
				tasks,
				telemetry: metrics,
				clock: { toleranceMs: config.clockToleranceMs, driftMs: config.clockDriftWarningMs },
			}),
			metrics,
			health: new Health({ spool, tasks }),
			recovered,
			async close() {
				await tasks.close();
				reader.close();
				foldLog(settings);
				lock.release();
			},
		};
	} catch (error) {
		lock.release();
		throw error;
	}
}

/** History is pruned where the settings say so. */
function retaining(tasks: TaskRunner, reader: Reader, config: Config, log: Log): TaskRunner {
	const { historyRevisions: revisions, historyDays: days } = config;
	if (revisions === 0 && days === 0) return tasks;
	const settings = { revisions: revisions === 0 ? null : revisions, days: days === 0 ? null : days };
	return new RetainingRunner(tasks, reader, settings, (err) => log.error({ err }, 'pruning history failed'));
}
