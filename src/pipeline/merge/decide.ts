/** Settles what both sides changed: merged by itself, by a resolution, or by the strategy. */
import type { ConflictedItem } from '../../../schemas/merges.ts';
import { KINDS, type Kind } from '../../../schemas/records.ts';
import { DssError } from '../../errors.ts';
import { MAX_BATCH_BYTES, textBytes } from '../../records/bounded.ts';
import { checkRecord, type RecordLimits } from '../../records/check-record.ts';
import type { JsonObject } from '../../records/json.ts';
import { contentOf, parseLine, shownContent } from '../../records/line.ts';
import type { RecordKey, StagedRecord } from '../../records/staged-record.ts';
import type { Decision, OpenCase, ThreeWay } from '../../staging/port.ts';
import type { Work } from '../work.ts';
import {
	type Conflict,
	findConflict,
	type HeldRecord,
	type MergeRules,
	resolvedContent,
	type ThreeStates,
	wholeConflict,
} from './rules/conflict.ts';
import type { Side } from './rules/fields.ts';
import type { MergeSettings, Stamp } from './settings.ts';

export interface Decided {
	/** Records that were merged without a conflict. */
	readonly autoMerged: number;
	/** Conflicts with a record of ours in them: what is not among the unchanged. */
	readonly conflictsHere: number;
	readonly conflicts: number;
	/** The page of conflicts that was asked for; bounded in bytes too. */
	readonly items: readonly ConflictedItem[];
	/** Whether there are conflicts behind that page. */
	readonly more: boolean;
	readonly unsettled: number;
	readonly unknown: number;
	readonly clockSkews: number;
	readonly usedResolutions: ReadonlySet<string>;
	/** Imported records that are to be kept beside ours: the hash of each by its uuid. */
	readonly forks: ReadonlyMap<string, string>;
}

/** Cases looked at together: up to four lines each. */
const BATCH = { limit: 500, maxBytes: MAX_BATCH_BYTES };

/** Decides every open case, in batches, so that memory stays flat. */
export async function decideOpenCases(
	work: Work,
	sides: ThreeWay,
	rules: MergeRules,
	settings: MergeSettings,
	stamp: Stamp,
): Promise<Decided> {
	const decider = new Decider(rules, settings, stamp, work.limits);
	for (let after: RecordKey | null = null; ; ) {
		const cases: OpenCase[] = sides.openCases({ ...BATCH, after });
		const last = cases.at(-1);
		if (last === undefined) return decider;
		sides.decide(cases.map((one) => decider.decide(one)));
		after = { kind: last.kind, uuid: last.uuid };
		await work.pause('apply', 0, 0);
	}
}

class Decider implements Decided {
	readonly #rules: MergeRules;
	readonly #settings: MergeSettings;
	readonly #stamp: Stamp;
	readonly #limits: RecordLimits;
	readonly items: ConflictedItem[] = [];
	readonly forks = new Map<string, string>();
	#itemBytes = 0;
	more = false;
	readonly usedResolutions = new Set<string>();
	autoMerged = 0;
	conflictsHere = 0;
	conflicts = 0;
	unsettled = 0;
	unknown = 0;
	clockSkews = 0;

	constructor(rules: MergeRules, settings: MergeSettings, stamp: Stamp, limits: RecordLimits) {
		this.#rules = rules;
		this.#settings = settings;
		this.#stamp = stamp;
		this.#limits = limits;
	}

	decide(open: OpenCase): Decision {
		const states = statesOf(open);
		const conflict = findConflict(states, this.#rules) ?? this.#unlessMerged(states);
		if (conflict instanceof Merged) {
			this.autoMerged++;
			return conflict.decision;
		}
		this.#report(conflict, states);
		const resolution = this.#settings.resolutions[open.uuid];
		if (resolution !== undefined) this.usedResolutions.add(open.uuid);
		const choice = resolution ?? this.#bySettings(conflict);
		if (typeof choice === 'object') return this.#taking(states, this.#given(states, choice.content));
		if (choice === 'fork') return this.#forked(states);
		return this.#bySide(states, choice, resolution !== undefined);
	}

	/** What both sides' changes make together; a conflict after all if that is no valid record. */
	#unlessMerged(states: ThreeStates): Merged | Conflict {
		const content = resolvedContent(states, 'local');
		const merged = content && this.#valid(states, content);
		return merged ? new Merged(this.#taking(states, merged)) : wholeConflict(states, this.#rules);
	}

	#report(conflict: Conflict, states: ThreeStates): void {
		const { after, limit, maxBytes } = this.#settings.page;
		const isAfter =
			after === null ||
			order(conflict.kind) > order(after.kind) ||
			(conflict.kind === after.kind && conflict.uuid > after.uuid);
		this.conflicts++;
		if (states.local !== null) this.conflictsHere++;
		if (conflict.recommendation.clockSkew) this.clockSkews++;
		if (!isAfter || this.more) return;
		const item = toItem(conflict, states);
		this.#itemBytes += textBytes(JSON.stringify(item));
		const full = this.items.length > 0 && this.#itemBytes > maxBytes;
		if (full || this.items.length >= limit) this.more = true;
		else this.items.push(item);
	}

	#bySettings({ recommendation }: Conflict): Side | 'fork' {
		switch (this.#settings.strategy) {
			case 'keep_local':
				return 'local';
			case 'keep_imported':
				return 'imported';
			case 'fork':
				return 'fork';
			case 'newest':
				if (recommendation.advice !== 'unknown') return recommendation.advice;
				this.unknown++;
				return 'local';
			case 'manual':
				this.unsettled++;
				return 'local';
		}
	}

	#bySide(states: ThreeStates, side: Side, resolved: boolean): Decision {
		const { imported } = states;
		// A deletion of theirs is applied where deletions are, or where a resolution asks for it.
		if (side === 'imported' && imported === null)
			return this.#whole(states, resolved || this.#settings.deletions === 'apply' ? 'imported' : 'local');
		const content = resolvedContent(states, side);
		const merged = content && this.#valid(states, content);
		return merged ? this.#taking(states, merged) : this.#whole(states, side);
	}

	#forked(states: ThreeStates): Decision {
		const { uuid, local, imported } = states;
		if (local === null || imported === null)
			return this.#whole(states, local === null ? 'imported' : 'local');
		this.forks.set(uuid, imported.hash);
		return { ...this.#whole(states, 'local'), forks: true };
	}

	/** One side's record as it is, or its absence. */
	#whole({ kind, uuid }: ThreeStates, take: Side): Decision {
		return { kind, uuid, take, merged: null, declines: take === 'local', forks: false };
	}

	/** A record that may be one side's own after all. */
	#taking(states: ThreeStates, merged: StagedRecord): Decision {
		const { kind, uuid, local, imported } = states;
		if (merged.hash === imported?.hash) return this.#whole(states, 'imported');
		if (merged.hash === local?.hash) return this.#whole(states, 'local');
		return { kind, uuid, take: 'merged', merged, declines: true, forks: false };
	}

	/** @throws {DssError} as `checkRecord` */
	#given(states: ThreeStates, content: JsonObject): StagedRecord {
		// A record may come as it was read: its bookkeeping is ours.
		const record = this.#stamped(states, shownContent(content));
		return checkRecord(states.kind, record, { entry: `resolutions, ${states.uuid}` }, this.#limits);
	}

	#valid(states: ThreeStates, content: JsonObject): StagedRecord | null {
		try {
			const record = this.#stamped(states, content);
			return checkRecord(states.kind, record, { entry: 'the merge' }, this.#limits);
		} catch (error) {
			if (error instanceof DssError) return null;
			throw error;
		}
	}

	#stamped({ uuid, local, imported }: ThreeStates, content: JsonObject): JsonObject {
		const { version, at } = this.#stamp;
		const createdAt = (local ?? imported)?.record['createdAt'] ?? at;
		return { ...content, uuid, version, createdAt, updatedAt: at };
	}
}

class Merged {
	readonly decision: Decision;
	constructor(decision: Decision) {
		this.decision = decision;
	}
}

function statesOf(open: OpenCase): ThreeStates {
	const held = (line: string | null, hash: string | null): HeldRecord | null =>
		line === null || hash === null ? null : { record: parseLine(line), hash };
	return {
		kind: open.kind,
		uuid: open.uuid,
		name: open.name,
		base: held(open.base, open.baseHash),
		local: held(open.local, open.localHash),
		imported: held(open.imported, open.importedHash),
		refused: open.declined === null ? null : contentOf(parseLine(open.declined)),
	};
}

/** A conflict as it is reported. */
function toItem(conflict: Conflict, { base, local, imported }: ThreeStates): ConflictedItem {
	const { kind, uuid, name, fields, recommendation } = conflict;
	return {
		kind,
		uuid,
		entity_name: name,
		case: conflict.case,
		base: toHeld(base),
		local: toHeld(local),
		imported: toHeld(imported),
		fields: fields.map((field) => ({
			pointer: field.pointer,
			base: field.base ?? null,
			local: field.local ?? null,
			imported: field.imported ?? null,
		})),
		recommendation: recommendation.advice,
		warning: recommendation.warning,
	};
}

function toHeld(held: HeldRecord | null): ConflictedItem['local'] {
	if (held === null) return null;
	const { record, hash } = held;
	return { hash, version: Number(record['version']), updated_at: String(record['updatedAt']) };
}

const order = (kind: Kind): number => KINDS.indexOf(kind);
