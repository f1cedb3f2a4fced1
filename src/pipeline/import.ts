/** Import: an upload becomes a project's next revision, by replacement or by a merge, in one step or not at all. */
import type { Warning } from '../../schemas/problem.ts';
import { nextVersion } from '../records/versions.ts';
import type { Comparison } from '../staging/port.ts';
import type { NextRevision, Revision } from '../store/port.ts';
import type { ChangeCounts } from './changes.ts';
import type { Incoming, UploadOptions } from './incoming.ts';
import { type Merged, mergeTarget } from './merge/run.ts';
import type { MergeSettings } from './merge/settings.ts';
import type { Precondition } from './precondition.ts';
import { assertReplaceable, type Consent, planReplacement } from './replacement.ts';
import { type Target, withTarget } from './target.ts';
import { noteSeenBy, vectorAfter } from './vector.ts';
import type { Work } from './work.ts';

export interface ImportOptions extends Consent {
	readonly upload: UploadOptions;
	/** How to merge where the project is known; null: the upload replaces it. */
	readonly merge: MergeSettings | null;
	readonly precondition: Precondition;
}

export interface ImportResult {
	readonly revision: Revision;
	/** Whether the project was there before. */
	readonly existed: boolean;
	/** Whether there was anything to change. */
	readonly changed: boolean;
	/** How many records differ from the revision that was there before. */
	readonly changes: ChangeCounts;
	/** What a merge did; null where there was none. */
	readonly merged: Pick<Merged, 'counts' | 'clockSkews'> | null;
	readonly migrations: readonly string[];
	readonly warnings: readonly Warning[];
}

/**
 * Imports an upload.
 *
 * @throws {DssError} any code of the stages; project_unknown, project_busy, local_changes, large_removal,
 * revision_stale, merge_conflicts
 */
export function importUpload(work: Work, options: ImportOptions): Promise<ImportResult> {
	return withTarget(work, options.upload, options.precondition, async (target) => {
		const { incoming, lease, current } = target;
		if (options.merge === null || current === null) return replace(work, target, options);
		return mergeTarget(
			work,
			{ incoming, lease, current },
			options.merge,
			({ revision, changes, ...merged }) => ({
				revision,
				existed: true,
				changed: revision.number !== current.number,
				changes,
				merged,
				migrations: incoming.migrations,
				warnings: work.warnings,
			}),
		);
	});
}

async function replace(work: Work, target: Target, options: ImportOptions): Promise<ImportResult> {
	const { incoming, lease, current } = target;
	const { store } = work;
	const at = work.at();
	const replacement = await planReplacement(work, incoming, current, at, options.upload.name !== null);
	const { comparison, changes, properties, faultyReferences, differs } = replacement;
	const toResult = (revision: Revision): ImportResult => ({
		revision,
		existed: current !== null,
		changed: revision !== current,
		changes,
		merged: null,
		migrations: incoming.migrations,
		warnings: work.warnings,
	});
	return work.stage('apply', async () => {
		await assertReplaceable(work, incoming, current, replacement, options);
		if (current !== null) {
			if (!differs) return toResult(current);
			await noteSeenBy(store, lease, incoming, current);
		}
		const next = await nextRevision(work, incoming, current, comparison, at);
		const revision = { ...next, properties, faultyReferences, job: work.mark(toResult) };
		const checkpoint = (done: number, total: number) => work.pause('apply', done, total);
		return toResult(await store.write(lease, comparison, revision, checkpoint));
	});
}

async function nextRevision(
	{ store }: Work,
	incoming: Incoming,
	current: Revision | null,
	comparison: Comparison,
	at: string,
): Promise<Omit<NextRevision, 'properties' | 'faultyReferences'>> {
	const { origin, scope, filling } = incoming;
	const common = { cause: 'import', message: null, author: null, at } as const;
	const before = current?.lamport ?? 0;
	const sync = current?.sync ?? {};
	if (origin === null && incoming.format === 'dtcg') {
		const version = nextVersion(before);
		comparison.restamp({ version, at });
		return { ...common, lamport: version, sync, origin: { from: 'foreign' } };
	}
	const lamport = Math.max(before, origin?.lamport ?? 0, filling.highestVersion);
	if (origin === null) {
		// Records without versions get ours where the project holds records to distinguish them from.
		const version = nextVersion(lamport);
		const restamped = current !== null && !incoming.hasVersions;
		if (restamped) comparison.restamp({ version, at });
		return { ...common, lamport: restamped ? version : lamport, sync, origin: null };
	}
	const { project, instance, revision } = origin;
	return {
		...common,
		lamport,
		sync: vectorAfter(incoming, sync, await store.instance()),
		// A partial archive is not the whole of its origin's state.
		origin: scope.of === 'project' ? { from: 'archive', project, instance, revision } : null,
	};
}
