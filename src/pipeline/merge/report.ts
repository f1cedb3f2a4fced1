/** What a merge comes to, told: counts, warnings, and the refusal of what is not settled. */
import { type DssError, errors } from '../../errors.ts';
import type { OutcomeCounts, Revision } from '../../store/port.ts';
import { sum } from '../counts.ts';
import type { Work } from '../work.ts';
import type { Decided } from './decide.ts';
import type { MergedProperties } from './properties.ts';
import type { MergeSettings } from './settings.ts';

/** How many records went which way; each record counts once. */
export interface MergeCounts {
	readonly new: number;
	readonly updated: number;
	readonly deleted: number;
	readonly unchanged: number;
	readonly autoMerged: number;
	readonly conflicts: number;
}

export function countsOf(
	outcomes: OutcomeCounts,
	decided: Decided,
	current: Revision,
	{ deletions }: MergeSettings,
): MergeCounts {
	const deleted = deletions === 'apply' ? outcomes.deleted : 0;
	const { autoMerged, conflicts, conflictsHere } = decided;
	const touched = outcomes.updated + deleted + autoMerged + conflictsHere;
	return {
		new: outcomes.new,
		updated: outcomes.updated,
		deleted,
		unchanged: sum(current.counts) - touched,
		autoMerged,
		conflicts,
	};
}

export function warn(
	work: Work,
	outcomes: OutcomeCounts,
	decided: Decided,
	{ conflicts }: MergedProperties,
	settings: MergeSettings,
): void {
	const say = (code: string, count: number, message: string) => {
		if (count > 0) work.warnings.push({ code, message, count });
	};
	if (settings.deletions === 'keep') {
		const message = 'Records were deleted on the other side and are kept here; deletions=apply deletes them';
		say('deletions_kept', outcomes.deleted, message);
	}
	say('newest_unknown', decided.unknown, 'Neither side is known to be newer: ours was kept');
	say('clock_skew', decided.clockSkews, 'Times of both sides do not fit together: a clock may be wrong');
	const unused = Object.keys(settings.resolutions).filter((uuid) => !decided.usedResolutions.has(uuid));
	say('resolution_unused', unused.length, 'Resolutions name records that are not in conflict');
	say('project_facts_conflict', conflicts.length, `Both sides changed the project's ${conflicts.join(', ')}`);
}

export function warnOfClashes(work: Work, clashes: readonly string[]): void {
	if (clashes.length === 0) return;
	work.warnings.push({
		code: 'name_taken',
		message: 'Both sides gave one name to different records: one of them got another name',
		count: clashes.length,
		details: { names: clashes.slice(0, 10) },
	});
}

export function unsettled({ items, unsettled: count, conflicts }: Decided): DssError {
	return errors.mergeConflicts({ conflicts, unsettled: count, conflicted_items: items });
}
