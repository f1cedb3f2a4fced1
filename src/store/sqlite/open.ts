import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { DssError } from '../../errors.ts';
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

/** The first migration makes the table; a start that was cut short before it leaves none. */
const OUR_TABLES = `
  SELECT count(*) = 0 OR max(name = 'instance') FROM sqlite_schema WHERE type = 'table'`;

/** Whether a file is a store of DSS, of whatever version. Nothing is written. */
export function isStore(file: string): boolean {
	try {
		const db = connect(file, { busyTimeoutMs: 1_000, readonly: true });
		try {
			// pluck() answers 1 or 0.
			return db.prepare(OUR_TABLES).pluck().get() === 1;
		} finally {
			db.close();
		}
	} catch (error) {
		// The file is no database.
		if (error instanceof DssError) return false;
		throw error;
	}
}

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
