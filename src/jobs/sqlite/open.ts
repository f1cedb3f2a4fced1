import { join } from 'node:path';
import { connect } from '../../sqlite/connection.ts';
import { SqliteQueue } from './queue.ts';

/** The embedded queue for one thread; it lives in the store's file, and the store must be prepared. */
export function openQueue(options: { dataDir: string; busyTimeoutMs: number }): SqliteQueue {
	return new SqliteQueue(connect(join(options.dataDir, 'dss.db'), options));
}
