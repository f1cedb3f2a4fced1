/** Merging an upload into a project, and telling what that would do. */
import type { ConflictedItem } from '../../../schemas/merges.ts';
import type { Warning } from '../../../schemas/problem.ts';
import { DssError, errors } from '../../errors.ts';
import type { RecordKey, Revision } from '../../store/port.ts';
import type { Incoming, UploadOptions } from '../incoming.ts';
import { withLease } from '../projects.ts';
import { passingOverInherited } from '../referential/inherited.ts';
import type { KnownFaults } from '../referential/run.ts';
import { assertIfMatch, noteSeenBy, type Precondition } from '../target.ts';
import { stageUpload } from '../upload.ts';
import type { Work } from '../work.ts';
import { checkMerged, planMerge } from './plan.ts';
import type { MergeCounts } from './report.ts';
import type { MergeSettings } from './settings.ts';

export interface MergeOptions {
	/** Aimed at the project by its `projectId`. */
	readonly upload: UploadOptions & { readonly projectId: string };
	readonly settings: MergeSettings;
	readonly precondition: Precondition;
}

export interface MergeResult {
	readonly revision: Revision;
	readonly counts: MergeCounts;
	readonly clockSkews: number;
	readonly migrations: readonly string[];
	readonly warnings: readonly Warning[];
}

export interface MergeAnalysis extends Omit<MergeResult, 'migrations'> {
	readonly base: Revision | null;
	readonly items: readonly ConflictedItem[];
	/** Where the next page of conflicts begins; null at the end. */
	readonly next: RecordKey | null;
}

/**
 * Merges an upload into a project that is there, in one step or not at all.
 *
 * @throws {DssError} any code of the stages; project_unknown, project_busy, revision_stale, merge_conflicts
 */
export async function mergeUpload(work: Work, options: MergeOptions): Promise<MergeResult> {
	const first = await stageUpload(work, options.upload);
	const { projectUuid } = first;
	return withLease(work, projectUuid, options.precondition, (current) =>
		passingOverInherited(work, { projectUuid, revision: current.number }, async (known) => {
			const incoming = known.size === 0 ? first : await stageUpload(work, options.upload);
			const toResult = (merged: Merged): MergeResult => ({
				...merged,
				migrations: incoming.migrations,
				warnings: work.warnings,
			});
			return mergeIncoming(work, incoming, current, options.settings, toResult, known);
		}),
	);
}

/** What a merge came to. */
export type Merged = Pick<MergeResult, 'revision' | 'counts' | 'clockSkews'>;

/** Merges staged records into a project that is leased; `toResult` makes of it what the work gives. */
export async function mergeIncoming<Result extends object>(
	work: Work,
	incoming: Incoming,
	current: Revision,
	settings: MergeSettings,
	toResult: (merged: Merged) => Result,
	known?: KnownFaults,
): Promise<Result> {
	const { counts, clockSkews, next } = await work.stage('apply', () =>
		planMerge(work, incoming, current, settings),
	);
	await noteSeenBy(work.workspace, incoming, current);
	const result = (revision: Revision) => toResult({ revision, counts, clockSkews });
	if (next === null) return result(current);
	await checkMerged(work, incoming, known);
	return work.stage('apply', async () => {
		const said = { ...next, cause: 'merge', message: null, author: null, at: work.at() } as const;
		const checkpoint = (done: number, total: number) => work.pause('apply', done, total);
		const { projectUuid } = incoming;
		return result(await work.workspace.apply(projectUuid, { ...said, job: work.mark(result) }, checkpoint));
	});
}

/** Tells everything that a merge would do; nothing is written. @throws {DssError} what a merge throws but conflicts */
export async function analyzeMerge(work: Work, options: MergeOptions): Promise<MergeAnalysis> {
	const { projectId } = options.upload;
	const current = await work.workspace.revision(projectId);
	if (current === null) throw errors.projectUnknown({ project_id: projectId });
	assertIfMatch(projectId, current, options.precondition);
	const incoming = await stageUpload(work, options.upload);
	// Whatever the strategy, it meets the same conflicts.
	const settings: MergeSettings = { ...options.settings, strategy: 'keep_local', resolutions: {} };
	const plan = await work.stage('apply', () => planMerge(work, incoming, current, settings));
	await warnOfRefusal(work, incoming);
	const { base, counts, items, clockSkews } = plan;
	const { after, limit } = settings.page;
	const last = items.at(-1);
	const more = last !== undefined && items.length === limit && (after !== null || counts.conflicts > limit);
	const next = more ? { kind: last.kind, uuid: last.uuid } : null;
	return { revision: current, base, counts, items, clockSkews, next, warnings: work.warnings };
}

/** A merged whole with broken references would be refused: the plan says so, where a merge throws. */
async function warnOfRefusal(work: Work, incoming: Incoming): Promise<void> {
	try {
		await checkMerged(work, incoming);
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
