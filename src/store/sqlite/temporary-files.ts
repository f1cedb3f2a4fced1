/**
 * Where SQLite keeps TEMP tables that outgrow memory: in the data folder, which the operator has given room, and not
 * where the system puts temporary files.
 */
import { lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const folderIn = (dataDir: string) => join(dataDir, 'dss-tmp');

/**
 * Sets the folder for this process. SQLite reads the variable once: call it before any connection is opened.
 *
 * @throws {Error} where something else than a folder has its name; a link could lead to files of others
 */
export function placeTemporaryFiles(dataDir: string): void {
	const folder = folderIn(dataDir);
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	if (!lstatSync(folder).isDirectory())
		throw new Error(`${folder} is a link: remove it, or move the data folder`);
	process.env['SQLITE_TMPDIR'] = folder;
}

/** Removes files that SQLite left in a process that ended, and no others. The folder must be this process's alone. */
export function emptyTemporaryFolder(dataDir: string): void {
	const folder = folderIn(dataDir);
	for (const entry of readdirSync(folder, { withFileTypes: true })) {
		if (entry.isFile() && entry.name.startsWith('etilqs_')) rmSync(join(folder, entry.name));
	}
}
