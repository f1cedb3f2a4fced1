import { join } from 'node:path';
import { connect } from '../../sqlite/connection.ts';
import type { QueuePorts } from '../ports.ts';
import { SqliteKeys } from './keys.ts';
import { SqliteOutbox } from './outbox.ts';
import { SqliteJobQueue } from './queue.ts';
import { SqliteSpeeds } from './speeds.ts';

/** The embedded queue for one thread; it lives in the store's file, and the store must be prepared. */
export function openQueue(options: {
	dataDir: string;
	busyTimeoutMs: number;
	/** How many bytes a page of jobs may have. */
	maxPageBytes: number;
	now?: () => number;
}): QueuePorts & { close(): void } {
	const db = connect(join(options.dataDir, 'dss.db'), options);
	// A job is accepted, a key kept, an end written only once it is on the disk.
	db.pragma('synchronous = FULL');
	return {
		jobs: new SqliteJobQueue(db, options.maxPageBytes, options.now),
		outbox: new SqliteOutbox(db),
		keys: new SqliteKeys(db),
		speeds: new SqliteSpeeds(db),
		close: () => void db.close(),
	};
}
