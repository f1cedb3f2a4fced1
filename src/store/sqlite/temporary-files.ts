/**
 * Where SQLite keeps TEMP tables that outgrow memory: in the data folder, which the operator has given room, and not
 * where the system puts temporary files.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const folderIn = (dataDir: string) => join(dataDir, 'tmp');

/** Sets the folder for this process. SQLite reads the variable once: call it before any connection is opened. */
export function placeTemporaryFiles(dataDir: string): void {
	const folder = folderIn(dataDir);
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	process.env['SQLITE_TMPDIR'] = folder;
}

/** Removes what a process that ended has left; its own files have no names. The folder must be this process's alone. */
export function emptyTemporaryFolder(dataDir: string): void {
	const folder = folderIn(dataDir);
	for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
}
