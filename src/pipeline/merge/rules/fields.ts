/** Contents of one record, merged field by field against their common base. */
import { canonicalJson } from '../../../records/canonical.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../records/json.ts';
import { formatPointer } from '../../../records/pointer.ts';

export type Side = 'local' | 'imported';

/** A field with its three states; undefined where a side does not have it. */
export interface FieldStates {
	/** JSON Pointer within the record. */
	readonly pointer: string;
	readonly base: Json | undefined;
	readonly local: Json | undefined;
	readonly imported: Json | undefined;
}

export interface MergedContent {
	readonly content: JsonObject;
	/** The fields that both sides changed, each in its own way; in `content` stands what `prefer` has there. */
	readonly conflicts: readonly FieldStates[];
}

type Maybe = Json | undefined;
type Path = readonly string[];

/**
 * Members that mean nothing without each other: components count within their colour space and `hex` repeats them
 * (DTCG Color Module 2025.10, "hex"), a number counts in its unit (Format, "Dimension", "Duration"). If both sides change one of such
 * a group, neither knew of the other's meaning: that is a conflict, though the members differ.
 */
const UNITS: readonly (readonly string[])[] = [
	['colorSpace', 'components', 'hex'],
	['value', 'unit'],
];

/** The contents that a merge is made of. */
export interface MergeInput {
	readonly base: JsonObject;
	readonly local: JsonObject;
	readonly imported: JsonObject;
	/** What we were offered before and decided against, where the importing side does not know of that. */
	readonly refused: JsonObject | null;
	/** Whose word counts where both have changed a field. */
	readonly prefer: Side;
}

/** One field in all its states. */
type States = readonly [base: Maybe, local: Maybe, imported: Maybe, refused: Maybe];

/**
 * Merges what two sides made of a base. Objects are merged member by member, lists of tags as sets; all other values
 * are taken whole. A field that we have kept against somebody's change counts as ours, so that a decision is not
 * undone by one who did not know of it. Symmetric but for `prefer` and `refused`: with the sides exchanged, the same
 * comes out.
 */
export function mergeContent(input: MergeInput): MergedContent {
	const { prefer } = input;
	const conflicts: FieldStates[] = [];
	const content = mergeObjects(input.base, input.local, input.imported, input.refused, []);
	return { content, conflicts };

	function merge(states: States, path: Path): Maybe {
		const [b, l, i, r] = states;
		if (same(l, i) || same(b, i)) return l;
		if (same(b, l) && !(input.refused !== null && isDecision(states))) return i;
		if (isJsonObject(l) && isJsonObject(i) && (b === undefined || isJsonObject(b))) {
			return mergeObjects(b ?? {}, l, i, isJsonObject(r) ? r : null, path);
		}
		if (path.length === 1 && path[0] === 'tags' && Array.isArray(l) && Array.isArray(i)) {
			return mergeSets(Array.isArray(b) ? b : [], l, i);
		}
		return contested(states, path);
	}

	function mergeObjects(
		b: JsonObject,
		l: JsonObject,
		i: JsonObject,
		r: JsonObject | null,
		path: Path,
	): JsonObject {
		const divided = path[0] === 'value' ? dividedUnits(b, l, i) : [];
		const names = [...new Set([...Object.keys(b), ...Object.keys(l), ...Object.keys(i)])].sort();
		const merged: JsonObject = {};
		for (const name of names) {
			// Where nothing was refused, the base stands for it: then it is no decision.
			const states: States = [own(b, name), own(l, name), own(i, name), own(r ?? b, name)];
			const at = [...path, name];
			const value =
				divided.includes(name) && !same(states[1], states[2]) ? contested(states, at) : merge(states, at);
			if (value !== undefined) set(merged, name, value);
		}
		return merged;
	}

	function contested([base, local, imported]: States, path: Path): Maybe {
		conflicts.push({ pointer: formatPointer(path), base, local, imported });
		return prefer === 'local' ? local : imported;
	}
}

/** Whether a field stands as it was because a change of it was refused. */
function isDecision([b, l, , r]: States): boolean {
	return !same(r, b) && !same(r, l);
}

/** The fields in which two states differ, down to the members of objects. */
export function differingFields(one: JsonObject, other: JsonObject, path: Path = []): Path[] {
	const names = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
	return names.flatMap((name): Path[] => {
		const [a, b] = [own(one, name), own(other, name)];
		if (same(a, b)) return [];
		const at = [...path, name];
		return isJsonObject(a) && isJsonObject(b) ? differingFields(a, b, at) : [at];
	});
}

/** Whether two values are the same JSON; undefined is only the same as itself. */
export function same(one: Maybe, other: Maybe): boolean {
	if (one === other) return true;
	if (typeof one !== 'object' || typeof other !== 'object') return false;
	return canonicalJson(one) === canonicalJson(other);
}

/** Members of the units in which each side has changed another member. */
function dividedUnits(b: JsonObject, l: JsonObject, i: JsonObject): string[] {
	return UNITS.filter((unit) => {
		const [here, there] = [l, i].map((side) => unit.filter((name) => !same(own(b, name), own(side, name))));
		const agreed = unit.every((name) => same(own(l, name), own(i, name)));
		return !agreed && here !== undefined && there !== undefined && here.length > 0 && there.length > 0;
	}).flat();
}

/** Survivors in the order of the base, then what either side added, sorted: the same from both sides. */
function mergeSets(b: readonly Json[], l: readonly Json[], i: readonly Json[]): Json[] {
	const has = (list: readonly Json[], item: Json) => list.some((other) => same(item, other));
	const kept = b.filter((item) => has(l, item) && has(i, item));
	const added = [...l, ...i].filter((item) => !has(b, item)).sort((x, y) => (String(x) < String(y) ? -1 : 1));
	return [...kept, ...added.filter((item, index) => !has(added.slice(0, index), item))];
}

function own(object: JsonObject, name: string): Maybe {
	return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A member named `__proto__` is a member like any other. */
function set(object: JsonObject, name: string, value: Json): void {
	Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
