import type { Limits } from '../../schemas/config.ts';

/** What the queue's thread is given at its start, as `workerData`. */
export interface QueueSettings {
	readonly dataDir: string;
	readonly busyTimeoutMs: number;
}

/** What a worker thread is given. */
export interface WorkerSettings extends QueueSettings {
	readonly limits: Limits;
	/** How many bytes of a caller's data a page of a list may hold. */
	readonly maxPageBytes: number;
	/** How far its thread stands behind others for the processor; 0: not at all. */
	readonly niceness: number;
}
