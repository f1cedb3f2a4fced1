import type { IdempotencyKeys } from './keys.ts';
import type { Outbox } from './outbox.ts';
import type { JobQueue } from './queue.ts';
import type { Speeds } from './speeds.ts';

/** What one adapter keeps, in four ports: each consumer takes the one that it needs. */
export interface QueuePorts {
	readonly jobs: JobQueue;
	readonly outbox: Outbox;
	readonly keys: IdempotencyKeys;
	readonly speeds: Speeds;
}
