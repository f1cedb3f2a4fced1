/** Contents of one record, merged field by field against their common base. */
import { canonicalJson } from '../../../records/canonical.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../records/json.ts';
import { formatPointer, valueAt } from '../../../records/pointer.ts';

/**
 * How long the pointers to the fields of one record may be together, in characters. A long name stands in the pointer
 * to each of its members: without a bound, what is said of a record could be thousands of times its size.
 */
const MAX_POINTERS = 32_768;

export type Side = 'local' | 'imported';

/** A field with its three states; undefined where a side does not have it. */
export interface FieldStates {
	/** JSON Pointer within the record. */
	readonly pointer: string;
	readonly base: Maybe;
	readonly local: Maybe;
	readonly imported: Maybe;
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
	const conflicts: Path[] = [];
	const content = mergeObjects(input.base, input.local, input.imported, input.refused, []);
	return { content, conflicts: fieldStates(conflicts, input) };

	function merge(states: States, path: Path): Maybe {
		const [b, l, i, r] = states;
		// Before any comparison: objects compared as wholes at each level would be read as often as they are deep.
		if (isJsonObject(l) && isJsonObject(i) && (b === undefined || isJsonObject(b))) {
			return mergeObjects(b ?? {}, l, i, isJsonObject(r) ? r : null, path);
		}
		if (same(l, i) || same(b, i)) return l;
		if (same(b, l) && !(input.refused !== null && isDecision(states))) return i;
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

	function contested([, local, imported]: States, path: Path): Maybe {
		conflicts.push(path);
		return prefer === 'local' ? local : imported;
	}
}

/** Whether a field stands as it was because a change of it was refused. */
function isDecision([b, l, , r]: States): boolean {
	return !same(r, b) && !same(r, l);
}

/** The fields in which two contents differ, in the order of their names; see `named`. */
export function differingFields(one: JsonObject, other: JsonObject): Path[] {
	return named(differences(one, other, []));
}

function differences(one: JsonObject, other: JsonObject, path: Path): Path[] {
	const names = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
	return names.flatMap((name): Path[] => {
		const [a, b] = [own(one, name), own(other, name)];
		const at = [...path, name];
		if (isJsonObject(a) && isJsonObject(b)) return differences(a, b, at);
		return same(a, b) ? [] : [at];
	});
}

/** The fields at some paths, with their states in three contents; see `named`. */
export function fieldStates(
	paths: readonly Path[],
	{ base, local, imported }: Record<'base' | Side, JsonObject | null>,
): FieldStates[] {
	return named(paths).map((path) => {
		// Contents are JSON, so what a path leads to is JSON or nothing.
		const [b, l, i] = [base, local, imported].map((content) => valueAt(content, path) as Maybe);
		return { pointer: formatPointer(path), base: b, local: l, imported: i };
	});
}

/** Paths as they are told to a caller: the record's own members as wholes where the pointers would be too long. */
function named(paths: readonly Path[]): Path[] {
	let characters = 0;
	for (const path of paths) for (const name of path) characters += name.length + 1;
	if (characters <= MAX_POINTERS) return [...paths];
	return [...new Set(paths.flatMap(([member]) => member ?? []))].map((member) => [member]);
}

/** Whether two values are the same JSON; undefined is only the same as itself. */
export function same(one: Maybe, other: Maybe): boolean {
	if (one === other) return true;
	if (Array.isArray(one) && Array.isArray(other)) {
		return one.length === other.length && one.every((item, index) => same(item, other[index]));
	}
	if (!isJsonObject(one) || !isJsonObject(other)) return false;
	const names = Object.keys(one);
	return (
		names.length === Object.keys(other).length &&
		names.every((name) => Object.hasOwn(other, name) && same(one[name], other[name]))
	);
}

/** Members of the units in which each side has changed another member. Members of units are never objects. */
function dividedUnits(b: JsonObject, l: JsonObject, i: JsonObject): string[] {
	return UNITS.filter((unit) => {
		if (unit.some((name) => [b, l, i].some((side) => isJsonObject(own(side, name))))) return false;
		const [here, there] = [l, i].map((side) => unit.filter((name) => !same(own(b, name), own(side, name))));
		const agreed = unit.every((name) => same(own(l, name), own(i, name)));
		return !agreed && here !== undefined && there !== undefined && here.length > 0 && there.length > 0;
	}).flat();
}

/** Survivors in the order of the base, then what either side added, sorted: the same from both sides. */
function mergeSets(b: readonly Json[], l: readonly Json[], i: readonly Json[]): Json[] {
	const [before, here, there] = [b, l, i].map((list) => new Set(list.map(canonicalJson)));
	const kept = b.filter((item) => here?.has(canonicalJson(item)) && there?.has(canonicalJson(item)));
	const added = new Map([...l, ...i].map((item) => [canonicalJson(item), item]));
	const fresh = [...added].flatMap(([text, item]) => (before?.has(text) ? [] : item));
	return [...kept, ...fresh.sort((x, y) => (String(x) < String(y) ? -1 : 1))];
}

function own(object: JsonObject, name: string): Maybe {
	return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A member named `__proto__` is a member like any other. */
function set(object: JsonObject, name: string, value: Json): void {
	Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
