/** What a merge reports: counts, warnings, and the refusal of what is not settled. */
import { type DssError, errors } from '../../errors.ts';
import { sumCounts } from '../../records/counts.ts';
import { excerpt } from '../../records/excerpt.ts';
import type { OutcomeCounts } from '../../staging/port.ts';
import type { Revision } from '../../store/port.ts';
import type { Work } from '../work.ts';
import type { Decided } from './decide.ts';
import type { Clashes } from './forks.ts';
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
		unchanged: sumCounts(current.counts) - touched,
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
	const add = (code: string, count: number, message: string) => {
		if (count > 0) work.warnings.push({ code, message, count });
	};
	if (settings.deletions === 'keep') {
		const message = 'Records were deleted on the other side and are kept here; deletions=apply deletes them';
		add('deletions_kept', outcomes.deleted, message);
	}
	add('newest_unknown', decided.unknown, 'Neither side is known to be newer: ours was kept');
	add('clock_skew', decided.clockSkews, 'Times of both sides do not fit together: a clock may be wrong');
	const unused = Object.keys(settings.resolutions).filter((uuid) => !decided.usedResolutions.has(uuid));
	add('resolution_unused', unused.length, 'Resolutions name records that are not in conflict');
	add('project_facts_conflict', conflicts.length, `Both sides changed the project's ${conflicts.join(', ')}`);
}

export function warnOfClashes(work: Work, { count, names }: Clashes): void {
	if (count === 0) return;
	work.warnings.push({
		code: 'name_taken',
		message: 'Both sides gave one name to different records: one of them got another name',
		count,
		details: { names: names.map(excerpt) },
	});
}

export function unsettled({ items, unsettled: count, conflicts }: Decided): DssError {
	return errors.mergeConflicts({ conflicts, unsettled: count, conflicted_items: items });
}
