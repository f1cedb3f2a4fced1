import type { Limits } from '../../schemas/config.ts';

/** What a worker thread is given at its start, as `workerData`. */
export interface WorkerSettings {
	readonly dataDir: string;
	readonly busyTimeoutMs: number;
	readonly limits: Limits;
}
