import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { placeTemporaryFiles } from './temporary-files.ts';

/** The sole right to a data folder. */
export interface FolderLock {
	release(): void;
}

/**
 * Takes a data folder for this process. The lock is SQLite's own, on a file of its own: the system releases it when
 * the process ends, however it ends, so there is no stale lock to remove by hand.
 *
 * @throws {Error} where another process has it
 */
export function lockFolder(dataDir: string): FolderLock {
	mkdirSync(dataDir, { recursive: true, mode: 0o700 });
	// This is the first connection of the process.
	placeTemporaryFiles(dataDir);
	const db = new Database(join(dataDir, 'dss.lock'), { timeout: 0 });
	try {
		db.pragma('locking_mode = EXCLUSIVE');
		db.exec('BEGIN EXCLUSIVE');
	} catch (error) {
		db.close();
		throw new Error(`another DSS is running on ${dataDir}; stop it, or give this one its own DSS_DATA_DIR`, {
			cause: error,
		});
	}
	return { release: () => void db.close() };
}
