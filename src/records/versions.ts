/** Lamport clocks of records and projects. */
import { MAX_VERSION } from '../../schemas/records.ts';

/** The version of the next write, after those that are known. A clock that has come to its end stays there. */
export function nextVersion(...known: readonly number[]): number {
	return Math.min(Math.max(0, ...known) + 1, MAX_VERSION);
}
