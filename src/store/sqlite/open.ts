import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { connect, translated } from '../../sqlite/connection.ts';
import type { StopFlag } from '../../sqlite/stop-flag.ts';
import type { FinishJob } from './apply.ts';
import { migrate } from './migrate.ts';
import { SqliteReader } from './reader.ts';
import { SqliteWorkspace } from './workspace.ts';

interface Options {
	readonly dataDir: string;
	readonly busyTimeoutMs: number;
	/** Ends statements of the connection; see `connect`. */
	readonly stopFlag?: StopFlag | null;
	/** Ends the job of a revision together with it. */
	readonly finishJob?: FinishJob;
}

const MAKE_INSTANCE = 'INSERT OR IGNORE INTO instance (only, uuid, created_at) VALUES (1, ?, ?)';
const fileIn = (dataDir: string) => join(dataDir, 'dss.db');

/** Makes the data folder ready: the file, its schema, the instance's uuid. Done once, at start, by one process. */
export function prepareStore({ dataDir, busyTimeoutMs }: Options): void {
	mkdirSync(dataDir, { recursive: true, mode: 0o700 });
	const db = connect(fileIn(dataDir), { busyTimeoutMs });
	try {
		migrate(db);
		translated(() => db.prepare(MAKE_INSTANCE).run(v7(), new Date().toISOString()));
	} finally {
		db.close();
	}
}

/** At the end, when no thread has a connection any more: the last one to close folds the log into the file. */
export function checkpointWal({ dataDir, busyTimeoutMs }: Options): void {
	connect(fileIn(dataDir), { busyTimeoutMs }).close();
}

/** A Reader for one thread; the store must be prepared. */
export function openReader({ dataDir, ...options }: Options): SqliteReader {
	return new SqliteReader(connect(fileIn(dataDir), { ...options, readonly: true }));
}

/** A Workspace for one thread; the store must be prepared. */
export function openWorkspace({ dataDir, ...options }: Options): SqliteWorkspace {
	return new SqliteWorkspace(connect(fileIn(dataDir), options), options.finishJob);
}
