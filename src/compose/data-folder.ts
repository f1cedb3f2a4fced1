/** Whose the data folder is: nothing is written, and nothing removed, in a folder that is not of DSS. */
import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isStore } from '../store/sqlite/open.ts';

/** A file of this name says that its folder is of DSS. */
export const MARK = 'dss.folder';
const MARK_TEXT =
	'This folder is the data folder of a DSS (DSS_DATA_DIR). At its start, DSS removes what it left here itself.\n';

/** What a start leaves that was cut short before its database was made; and a new file system's own. */
const NEUTRAL: ReadonlySet<string> = new Set(['dss.lock', 'dss-tmp', 'lost+found']);
const DATABASE = 'dss.db';
const FOLDERS = ['spool', 'dss-tmp'];
const FILES = [MARK, DATABASE, 'dss.lock'];
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Makes the data folder where it is missing (0700), or makes sure that it is of DSS: it has the mark, or holds the
 * database of a DSS that made none, or nothing. A folder that others can write is closed to them.
 *
 * @returns what the operator should know, a sentence each
 * @throws {Error} where the folder is not of DSS, or a link stands in the place of what is in it
 */
export function claimFolder(dataDir: string): string[] {
	mkdirSync(dataDir, { recursive: true, mode: 0o700 });
	const names = readdirSync(dataDir);
	if (!names.includes(MARK)) {
		if (!names.includes(DATABASE)) refuseForeign(dataDir, names);
		else if (!isOurs(join(dataDir, DATABASE)))
			throw new Error(
				`${join(dataDir, DATABASE)} is not a database of DSS: give DSS_DATA_DIR a folder of its own`,
			);
		writeFileSync(join(dataDir, MARK), MARK_TEXT, { flag: 'w', mode: 0o600 });
	}
	for (const name of names) {
		const path = join(dataDir, name);
		if (FOLDERS.includes(name) && !lstatSync(path).isDirectory())
			throw new Error(`${path} is a link or a file: remove it, or move the data folder`);
		if (FILES.includes(name) && !lstatSync(path).isFile())
			throw new Error(`${path} is not a file, so ${dataDir} is not taken for a folder of DSS`);
	}
	return closedToOthers(dataDir);
}

/** A link is not followed; a start that was cut short leaves an empty file. */
function isOurs(database: string): boolean {
	return !lstatSync(database).isFile() || statSync(database).size === 0 || isStore(database);
}

function refuseForeign(dataDir: string, names: readonly string[]): void {
	const foreign = names.find((name) => !NEUTRAL.has(name));
	if (foreign === undefined) return;
	throw new Error(
		`${dataDir} is not a folder of DSS: it holds "${foreign}" and no ${MARK}. Give DSS_DATA_DIR a folder of its own; if this is one, make an empty file ${MARK} in it`,
	);
}

/** Whoever can write the folder can put another database in its place. */
function closedToOthers(dataDir: string): string[] {
	const mode = statSync(dataDir).mode & 0o777;
	if ((mode & WRITABLE_BY_OTHERS) === 0) return [];
	const shown = mode.toString(8);
	try {
		chmodSync(dataDir, 0o700);
		return [`the data folder could be written by other users (mode ${shown}); its mode is 700 now`];
	} catch {
		// The folder of a volume may be another user's.
		return [`the data folder can be written by other users (mode ${shown}), and its mode cannot be changed`];
	}
}
