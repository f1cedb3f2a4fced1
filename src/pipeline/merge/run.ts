/** Merging an upload into a project, and predicting what that would do. */
import type { ConflictedItem } from '../../../schemas/merges.ts';
import type { Warning } from '../../../schemas/problem.ts';
import { DssError, errors } from '../../errors.ts';
import type { RecordKey } from '../../records/staged-record.ts';
import type { Revision } from '../../store/port.ts';
import { allChangeCounts, type ChangeCounts, nothingChanged } from '../changes.ts';
import type { Incoming, UploadOptions } from '../incoming.ts';
import { assertIfMatch, type Precondition } from '../precondition.ts';
import { checkReferences } from '../referential.ts';
import { type Target, withTarget } from '../target.ts';
import { stageUpload } from '../upload.ts';
import { noteSeenBy } from '../vector.ts';
import type { Work } from '../work.ts';
import { type MergedWhole, planMerge } from './plan.ts';
import type { MergeCounts } from './report.ts';
import type { MergeSettings } from './settings.ts';

export interface MergeOptions {
	/** Aimed at the project by its `projectId`. */
	readonly upload: UploadOptions & { readonly projectId: string };
	readonly settings: MergeSettings;
	readonly precondition: Precondition;
}

/** What a merge came to. */
export interface Merged {
	readonly revision: Revision;
	readonly counts: MergeCounts;
	readonly clockSkews: number;
	/** How many records differ from the revision that was there before. */
	readonly changes: ChangeCounts;
}

export interface MergeResult extends Merged {
	readonly migrations: readonly string[];
	readonly warnings: readonly Warning[];
}

export interface MergeAnalysis extends Omit<Merged, 'changes'> {
	readonly base: Revision | null;
	readonly items: readonly ConflictedItem[];
	/** Where the next page of conflicts begins; null at the end. */
	readonly next: RecordKey | null;
	readonly warnings: readonly Warning[];
}

/**
 * Merges an upload into a project that is there, in one step or not at all.
 *
 * @throws {DssError} any code of the stages; project_unknown, project_busy, revision_stale, merge_conflicts
 */
export function mergeUpload(work: Work, options: MergeOptions): Promise<MergeResult> {
	const { upload, precondition, settings } = options;
	return withTarget(work, upload, precondition, async ({ incoming, lease, current }) => {
		// The upload is aimed at a project: without it, `withTarget` refuses.
		if (current === null) throw errors.projectUnknown({ project_id: upload.projectId });
		return mergeTarget(work, { incoming, lease, current }, settings, (merged) => ({
			...merged,
			migrations: incoming.migrations,
			warnings: work.warnings,
		}));
	});
}

/**
 * Merges a staged upload into its project: the one way in for `POST …/merge` and for `import?strategy=merge`.
 *
 * @param toResult makes of the merge what the work returns
 */
export async function mergeTarget<Result extends object>(
	work: Work,
	{ incoming, lease, current }: Target<Revision>,
	settings: MergeSettings,
	toResult: (merged: Merged) => Result,
): Promise<Result> {
	return work.stage('apply', async () => {
		const { counts, clockSkews, next, whole } = await planMerge(work, incoming, current, settings);
		await noteSeenBy(work.store, lease, incoming, current);
		const changes = whole === null ? nothingChanged(current) : allChangeCounts(whole.comparison);
		const result = (revision: Revision) => toResult({ revision, counts, clockSkews, changes });
		if (next === null || whole === null) return result(current);
		const faultyReferences = await checkMerged(work, incoming, current, whole);
		const revision = {
			...next,
			cause: 'merge',
			message: null,
			author: null,
			at: work.at(),
			faultyReferences,
			job: work.mark(result),
		} as const;
		const checkpoint = (done: number, total: number) => work.pause('apply', done, total);
		return result(await work.store.write(lease, whole.comparison, revision, checkpoint));
	});
}

/**
 * Counts what a merge would change; nothing is written.
 *
 * @throws {DssError} what a merge throws
 */
export async function countMergeChanges(
	work: Work,
	incoming: Incoming,
	current: Revision,
	settings: MergeSettings,
): Promise<ChangeCounts> {
	return work.stage('apply', async () => {
		const { whole, next } = await planMerge(work, incoming, current, settings);
		if (whole === null) return nothingChanged(current);
		if (next !== null) await checkMerged(work, incoming, current, whole);
		return allChangeCounts(whole.comparison);
	});
}

/** Predicts what a merge would do; nothing is written. @throws {DssError} what a merge throws but conflicts */
export async function analyzeMerge(work: Work, options: MergeOptions): Promise<MergeAnalysis> {
	const { projectId } = options.upload;
	const current = await work.store.revision(projectId);
	if (current === null) throw errors.projectUnknown({ project_id: projectId });
	assertIfMatch(projectId, current, options.precondition);
	const incoming = await stageUpload(work, options.upload);
	// Whatever the strategy, it meets the same conflicts.
	const settings: MergeSettings = { ...options.settings, strategy: 'keep_local', resolutions: {} };
	return work.stage('apply', async () => {
		const plan = await planMerge(work, incoming, current, settings);
		if (plan.whole !== null) await warnOfRefusal(work, incoming, current, plan.whole);
		const { base, counts, items, more, clockSkews } = plan;
		const last = items.at(-1);
		const next = more && last !== undefined ? { kind: last.kind, uuid: last.uuid } : null;
		return { revision: current, base, counts, items, clockSkews, next, warnings: work.warnings };
	});
}

/** Checks the merged whole; what the project stands with already is let pass. See `checkReferences`. */
function checkMerged(
	work: Work,
	{ references }: Incoming,
	current: Revision,
	{ set, here }: MergedWhole,
): Promise<boolean> {
	const rules = { references, inherited: { here, current } };
	return work.stage('referential', () => checkReferences(work, set, rules));
}

/** A merged whole with broken references would be refused: the plan warns where a merge throws. */
async function warnOfRefusal(
	work: Work,
	incoming: Incoming,
	current: Revision,
	whole: MergedWhole,
): Promise<void> {
	try {
		await checkMerged(work, incoming, current, whole);
	} catch (error) {
		if (!(error instanceof DssError) || error.stage !== 'referential') throw error;
		work.warnings.push({
			code: error.code,
			message: `The merge would be refused. ${error.message}`,
			count: error.faultsTotal ?? 1,
			details: error.details,
		});
	}
}
