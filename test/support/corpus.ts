/** Corpora that others made; beside the project where they are there at all. */
import { existsSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../../shared/corpus/', import.meta.url);

/** For a test's `skip`: false where the corpus is there, else why not. */
export const corpusMissing: string | false = existsSync(FOLDER)
	? false
	: 'the corpora of others (../shared/corpus) are not beside the project';

/** A file of a corpus. */
export function corpusFile(path: string): Buffer {
	return readFileSync(new URL(path, FOLDER));
}

/** The address of a corpus folder. */
export function corpusFolder(path: string): URL {
	return new URL(path, FOLDER);
}
