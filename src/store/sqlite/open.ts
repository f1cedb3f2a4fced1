import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { type Connection, type ConnectOptions, connect, translated } from '../../sqlite/connection.ts';
import type { CompleteJob } from './head.ts';
import { migrate } from './migrate.ts';
import { SqliteReader } from './reader.ts';
import { SqliteStore } from './store.ts';
import { emptyTemporaryFolder, placeTemporaryFiles } from './temporary-files.ts';

interface Options extends Omit<ConnectOptions, 'readonly'> {
	readonly dataDir: string;
}

const MAKE_INSTANCE = 'INSERT OR IGNORE INTO instance (only, uuid, created_at) VALUES (1, ?, ?)';
const fileIn = (dataDir: string) => join(dataDir, 'dss.db');

/** Makes the data folder ready: the file, its schema, the instance's uuid. Done once, at start, by one process. */
export function prepareStore({ dataDir, busyTimeoutMs }: Options): void {
	mkdirSync(dataDir, { recursive: true, mode: 0o700 });
	placeTemporaryFiles(dataDir);
	emptyTemporaryFolder(dataDir);
	const db = connect(fileIn(dataDir), { busyTimeoutMs });
	try {
		migrate(db);
		translated(() => db.prepare(MAKE_INSTANCE).run(v7(), new Date().toISOString()));
	} finally {
		db.close();
	}
}

/** At the end, when no thread has a connection any more: the last one to close moves the log into the file. */
export function checkpointWal({ dataDir, busyTimeoutMs }: Options): void {
	connect(fileIn(dataDir), { busyTimeoutMs }).close();
}

/**
 * A Reader for one thread; the store must be prepared.
 *
 * @param options maxPageBytes: how many bytes of a caller's data a page may hold
 */
export function openReader({
	maxPageBytes,
	dataDir,
	...options
}: Options & { readonly maxPageBytes: number }): SqliteReader {
	return new SqliteReader(connect(fileIn(dataDir), { ...options, readonly: true }), maxPageBytes);
}

/** A connection that the Store and the Staging of one thread share; the store must be prepared. */
export function openDatabase({ dataDir, ...options }: Options): Connection {
	return connect(fileIn(dataDir), options);
}

/** A Store for one thread. @param completeJob ends the job that makes a revision; of the queue in the same file */
export function openStore(db: Connection, completeJob: CompleteJob): SqliteStore {
	return new SqliteStore(db, completeJob);
}
