/** A record that both sides changed: merged where their changes leave each other alone, else a conflict. */
import type { Kind } from '../../../../schemas/records.ts';
import type { JsonObject } from '../../../records/json.ts';
import { contentOf } from '../../../records/line.ts';
import { adviseByClocks, adviseByVersion, type ClockRules, type Recommendation } from './advice.ts';
import { differingFields, type FieldStates, fieldStates, mergeContent, type Side } from './fields.ts';

/** What the two sides did. */
export type ConflictCase = 'change_change' | 'change_delete' | 'delete_change' | 'add_add' | 'no_base';

/** A record as a side holds it. */
export interface HeldRecord {
	readonly record: JsonObject;
	readonly hash: string;
}

/** The three states of a record; null where it is not held. */
export interface ThreeStates {
	readonly kind: Kind;
	readonly uuid: string;
	readonly name: string;
	readonly base: HeldRecord | null;
	readonly local: HeldRecord | null;
	readonly imported: HeldRecord | null;
	/** What another side had made of it, and we have refused, without the importing side knowing. */
	readonly refused: JsonObject | null;
}

export interface MergeRules {
	/** Whether a common base is known at all. */
	readonly hasBase: boolean;
	/** Whether the imported records have Lamport versions. */
	readonly hasVersions: boolean;
	readonly clock: ClockRules;
}

export interface Conflict {
	readonly kind: Kind;
	readonly uuid: string;
	readonly name: string;
	readonly case: ConflictCase;
	readonly fields: readonly FieldStates[];
	readonly recommendation: Recommendation;
}

/** The conflict between two sides, or null where their changes leave each other alone. */
export function findConflict(states: ThreeStates, rules: MergeRules): Conflict | null {
	const { base, local, imported, refused } = states;
	if (!base || !local || !imported) return wholeConflict(states, rules);
	const { conflicts } = mergeContent({
		base: contentOf(base.record),
		local: contentOf(local.record),
		imported: contentOf(imported.record),
		refused,
		prefer: 'local',
	});
	return conflicts.length === 0 ? null : conflictOf(states, conflicts, rules);
}

/** A conflict of the records as wholes: in all fields that differ. */
export function wholeConflict(states: ThreeStates, rules: MergeRules): Conflict {
	const content = (held: HeldRecord | null) => held && contentOf(held.record);
	const [base, local, imported] = [content(states.base), content(states.local), content(states.imported)];
	const paths = differingFields(local ?? base ?? {}, imported ?? base ?? {});
	const fields = fieldStates(paths, { base, local, imported });
	return conflictOf(states, fields, rules);
}

function conflictOf(states: ThreeStates, fields: readonly FieldStates[], rules: MergeRules): Conflict {
	const { kind, uuid, name, base, local, imported } = states;
	return {
		kind,
		uuid,
		name,
		case: caseOf(base, local, imported, rules),
		fields,
		recommendation: recommend(local, imported, rules),
	};
}

/**
 * What a side's word makes of a record: its own changes, and the other's where they meet none of its own. Null where
 * that side has deleted it.
 */
export function resolvedContent(states: ThreeStates, side: Side): JsonObject | null {
	const { base, local, imported, refused } = states;
	const word = side === 'local' ? local : imported;
	if (word === null) return null;
	if (base === null || local === null || imported === null) return contentOf(word.record);
	return mergeContent({
		base: contentOf(base.record),
		local: contentOf(local.record),
		imported: contentOf(imported.record),
		refused,
		prefer: side,
	}).content;
}

function caseOf(
	base: HeldRecord | null,
	local: HeldRecord | null,
	imported: HeldRecord | null,
	rules: MergeRules,
): ConflictCase {
	if (local === null) return 'delete_change';
	if (imported === null) return 'change_delete';
	if (base !== null) return 'change_change';
	return rules.hasBase ? 'add_add' : 'no_base';
}

function recommend(local: HeldRecord | null, imported: HeldRecord | null, rules: MergeRules): Recommendation {
	const state = (held: HeldRecord, hasVersion: boolean) => ({
		version: hasVersion ? Number(held.record['version']) : null,
		updatedAt: String(held.record['updatedAt']),
		hash: held.hash,
	});
	const here = local && state(local, true);
	const there = imported && state(imported, rules.hasVersions);
	if (rules.hasBase || here === null || there === null) return adviseByVersion(here, there);
	return adviseByClocks(here, there, rules.clock);
}
