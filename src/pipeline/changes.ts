/** Changes made here, by an edit or a revert: written as the next revision where there are any. */
import { sumCounts } from '../records/counts.ts';
import { nextVersion } from '../records/versions.ts';
import type { Comparison, Difference } from '../staging/port.ts';
import type { Cause, Lease, ProjectProperties, Revision } from '../store/port.ts';
import { assertFitsArchive } from './project-size.ts';
import { sameProperties } from './properties.ts';
import { assertWithinLimits } from './record-limits.ts';
import type { Work } from './work.ts';

/** What an edit or a revert changed. */
export interface ChangeResult {
	readonly revision: Revision;
	readonly added: number;
	readonly changed: number;
	readonly removed: number;
}

/** The next revision, as far as an edit and a revert differ. */
export interface Changes {
	readonly cause: Extract<Cause, 'edit' | 'revert'>;
	readonly message: string | null;
	/** Name, description and metadata that it has. */
	readonly properties: Pick<ProjectProperties, 'name' | 'description' | 'metadata'>;
	readonly faultyReferences: boolean | null;
	readonly at: string;
}

/** How many records of all kinds differ from a revision, and how. */
export type ChangeCounts = Record<keyof Difference, number>;

/** How many records a comparison adds, changes and removes. */
export function changeCounts(comparison: Comparison): Omit<ChangeCounts, 'unchanged'> {
	const { unchanged: _unchanged, ...counts } = allChangeCounts(comparison);
	return counts;
}

/** The same with those that stay as they are. */
export function allChangeCounts({ difference }: Comparison): ChangeCounts {
	return {
		added: sumCounts(difference.added),
		changed: sumCounts(difference.changed),
		removed: sumCounts(difference.removed),
		unchanged: sumCounts(difference.unchanged),
	};
}

/** Where a revision stays as it is. */
export function nothingChanged({ counts }: Revision): ChangeCounts {
	return { added: 0, changed: 0, removed: 0, unchanged: sumCounts(counts) };
}

/**
 * Writes what a comparison with the current revision found; nothing different makes no revision.
 *
 * @throws {DssError} too_many_records, project_too_large
 */
export async function writeChanges(
	work: Work,
	lease: Lease,
	current: Revision,
	comparison: Comparison,
	{ at, ...changes }: Changes,
): Promise<ChangeResult> {
	assertWithinLimits(current.counts, comparison.difference, work.limits);
	const counts = changeCounts(comparison);
	const properties = { ...current.properties, ...changes.properties, updatedAt: at };
	const same = counts.added + counts.changed + counts.removed === 0;
	if (same && sameProperties(properties, current.properties)) return { revision: current, ...counts };
	const version = nextVersion(current.lamport);
	comparison.restamp({ version, at });
	const { sync, projectUuid } = current;
	await assertFitsArchive(work, { comparison, projectUuid, properties, sync, before: current.properties });
	const next = { ...changes, author: null, at, properties, lamport: version, sync, origin: null };
	const checkpoint = (done: number, total: number) => work.pause('apply', done, total);
	return { revision: await work.store.write(lease, comparison, next, checkpoint), ...counts };
}
