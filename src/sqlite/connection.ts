import Database from 'better-sqlite3';
import { DssError, errors } from '../errors.ts';
import { addCheckpoint, type StopFlag } from './stop-flag.ts';

export type Connection = Database.Database;

export interface ConnectOptions {
	readonly busyTimeoutMs: number;
	readonly readonly?: boolean;
	/** Ends statements that call `checkpoint()`; null where nobody watches this thread. */
	readonly stopFlag?: StopFlag | null;
}

/**
 * Opens the database as every thread does.
 *
 * WAL lets readers read while one writes. `synchronous = NORMAL` does not flush the log at each commit: a power cut can
 * lose the last commits, but never damages the file. What an answer promises is flushed where it is written: head moves
 * (`store/sqlite/head.ts`) and the queue commit with `synchronous = FULL`.
 */
export function connect(file: string, options: ConnectOptions): Connection {
	return translated(() => {
		const db = new Database(file, { readonly: options.readonly ?? false, timeout: options.busyTimeoutMs });
		if (!options.readonly) {
			// Only counts for a new file. Rows of some 500 bytes: 4 KiB pages make the tree deep, a quarter slower, measured.
			db.pragma('page_size = 8192');
			db.pragma('journal_mode = WAL');
			// 16 MB of log before it is folded back: fewer, longer folds than the default of 4 MB, measured on imports.
			db.pragma('wal_autocheckpoint = 4000');
		}
		db.pragma('synchronous = NORMAL');
		db.pragma('foreign_keys = ON');
		db.pragma('cache_size = -16000');
		emptyTemporary(db);
		db.pragma('trusted_schema = OFF');
		addCheckpoint(db, options.stopFlag ?? null);
		// SQLite opens a file that cannot be written for reading, without an error, and for as long as it is open.
		// Writing the value that is there already fails in such a file.
		if (!options.readonly) db.pragma(`user_version = ${db.pragma('user_version', { simple: true })}`);
		return db;
	});
}

/**
 * Drops all TEMP tables and views of a connection and gives their pages back: SQLite removes the temporary file when
 * the place for it changes. Dropping tables alone would keep the file at its greatest size for as long as the
 * connection is open.
 */
export function emptyTemporary(db: Connection): void {
	db.pragma('temp_store = MEMORY');
	db.pragma('temp_store = FILE');
	// Staged records are worth nothing after a fault: their tables need no journal on disk.
	db.pragma('temp.journal_mode = MEMORY');
	db.pragma('temp.cache_size = -16000');
}

/** Runs something after the open transaction of a connection, which holds TEMP tables only, has been committed. */
export function settled<T>(db: Connection, run: () => T): T {
	return translated(() => {
		if (db.inTransaction) db.exec('COMMIT');
		return run();
	});
}

/** Runs something against SQLite and translates what it throws, once, with its cause. */
export function translated<T>(run: () => T): T {
	try {
		return run();
	} catch (error) {
		throw translate(error);
	}
}

/** SQLite's errors as ours (REFUSALS 41). Others pass as they are. */
export function translate(error: unknown): unknown {
	if (error instanceof DssError || !(error instanceof Database.SqliteError)) return error;
	if (error.code.startsWith('SQLITE_BUSY')) return errors.storeBusy({ retry_after: 1 }, error);
	if (error.code.startsWith('SQLITE_FULL')) return errors.spoolFull({}, error);
	return errors.storeFailed({}, error);
}
