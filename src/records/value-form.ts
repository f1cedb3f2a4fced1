/** Values that are in memory already (edits, merges, files of others): held to what the strict reader holds texts to. */
import { excerpt } from './excerpt.ts';
import { isJsonObject, type Json } from './json.ts';
import type { FaultKind } from './json-fault.ts';
import { isUnsafe } from './numbers.ts';
import { formatPointer } from './pointer.ts';
import { FORBIDDEN_NAMES } from './value-builder.ts';

/** Why a value cannot be kept: its text would not be read again. */
export interface FormFault {
	readonly kind: FaultKind;
	readonly reason: string;
	/** Where, as a JSON Pointer. */
	readonly pointer: string;
}

/**
 * The first fault of a value's form (REFUSALS 24 to 26, 29); null where it has none.
 *
 * @param maxDepth objects and arrays that may stand within each other
 */
export function formFault(value: Json, maxDepth: number): FormFault | null {
	const path: (string | number)[] = [];
	const found = walk(value, maxDepth, path);
	// The walk leaves its path where it stopped.
	return found === null ? null : { ...found, pointer: excerpt(formatPointer(path)) };
}

type Found = Omit<FormFault, 'pointer'>;

function walk(value: Json, levels: number, path: (string | number)[]): Found | null {
	if (typeof value === 'string') return textFault(value, 'a string');
	if (typeof value === 'number') return numberFault(value);
	if (typeof value !== 'object' || value === null) return null;
	if (levels === 0) return { kind: 'depth', reason: 'nested too deeply' };
	const members: Iterable<[string | number, Json]> = isJsonObject(value)
		? Object.entries(value)
		: value.entries();
	for (const [key, member] of members) {
		path.push(key);
		const found = nameFault(key) ?? walk(member, levels - 1, path);
		if (found !== null) return found;
		path.pop();
	}
	return null;
}

function nameFault(key: string | number): Found | null {
	if (typeof key === 'number') return null;
	if (FORBIDDEN_NAMES.has(key)) {
		return { kind: 'ambiguous', reason: `"${key}" is not allowed as a member name` };
	}
	return textFault(key, 'a member name');
}

function textFault(text: string, what: string): Found | null {
	return text.isWellFormed() ? null : { kind: 'ambiguous', reason: `a lone surrogate in ${what}` };
}

function numberFault(value: number): Found | null {
	if (Number.isFinite(value) && !isUnsafe(value)) return null;
	return { kind: 'number', reason: `${value} does not survive as a double` };
}
