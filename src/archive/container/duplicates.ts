import { errors } from '../../errors.ts';
import type { Directory } from './structures.ts';

/** REFUSALS 6, 17c and 17g: no two entries may be one file to some reader or file system. */
export function checkDuplicates({ entries }: Directory): void {
	const files = new Set<string>();
	const folders = new Set<string>();
	for (const { name } of entries) {
		const path = folded(name.replace(/\/$/, ''));
		if (name.endsWith('/')) folders.add(path);
		else if (files.has(path)) {
			throw errors.duplicateEntry({
				entry: name,
				reason: 'another entry has the same name, letter case aside',
			});
		} else files.add(path);
		for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
			folders.add(path.slice(0, at));
	}
	for (const path of files) {
		if (folders.has(path)) {
			throw errors.duplicateEntry({ entry: path, reason: 'the name is both a file and a folder' });
		}
	}
	checkFoldersTwice(entries.map(({ name }) => name));
}

/** A directory entry that stands twice is no less ambiguous than a file. */
function checkFoldersTwice(names: readonly string[]): void {
	const seen = new Set<string>();
	for (const name of names) {
		if (!name.endsWith('/')) continue;
		if (seen.has(folded(name)))
			throw errors.duplicateEntry({ entry: name, reason: 'the directory stands twice' });
		seen.add(folded(name));
	}
}

/**
 * Full case folding (UAX #44, Case_Folding) by what the language has: lower, upper, then lower case, so that "ẞ", "ß"
 * and "SS", or "ſ" and "s", meet as they do on file systems that fold.
 */
function folded(name: string): string {
	return name.normalize('NFC').toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
}
