/** What a schema's check finds wrong, in words for a caller. */
import type { Validator } from 'typebox/compile';
import { excerpt } from './excerpt.ts';
import { type SchemaError, wordsOf } from './schema-words.ts';

export interface SchemaFault {
	/** Where, as a JSON Pointer. */
	readonly pointer: string;
	/** What must be otherwise: a clause. */
	readonly reason: string;
}

/**
 * TypeBox looks at every element of an array for errors, however many it keeps: 5.5 million `{}` cost 3 GB and 7 s.
 * No array of a schema may be longer than this, so what is cut off hides at most where a fault lies.
 */
const MAX_ELEMENTS = 10_001;
/** Of unknown members so many are named. */
const MAX_NAMES = 10;

/** The fault to report first, of a value that a check has refused. */
export function firstFault(check: Validator, value: unknown): SchemaFault {
	return toFault(errorsOf(check, value)[0]);
}

/** The fault that lies deepest: where alternatives fail, those above it only say that none of them fits. */
export function deepestFault(check: Validator, value: unknown): SchemaFault {
	const [first, ...others] = errorsOf(check, value);
	return toFault(
		others.reduce(
			(best, error) => (error.instancePath.length > (best?.instancePath.length ?? 0) ? error : best),
			first,
		),
	);
}

/** "Schema is false" repeats in worse words what stands beside it; it is reported only where nothing else is. */
function errorsOf(check: Validator, value: unknown): readonly SchemaError[] {
	const errors = check.Errors(bounded(value));
	const others = errors.filter(({ keyword }) => keyword !== 'boolean');
	return others.length === 0 ? errors : others;
}

/** The value with its arrays cut, itself where none is long. */
function bounded(value: unknown): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (Array.isArray(value)) {
		const cut = value.length > MAX_ELEMENTS ? value.slice(0, MAX_ELEMENTS) : value;
		const parts = cut.map(bounded);
		return cut === value && parts.every((part, index) => part === value[index]) ? value : parts;
	}
	const members = Object.entries(value);
	const parts = members.map(([, member]): unknown => bounded(member));
	return parts.every((part, index) => part === members[index]?.[1])
		? value
		: Object.fromEntries(members.map(([name], index) => [name, parts[index]]));
}

function toFault(error: SchemaError | undefined): SchemaFault {
	if (error === undefined) return { pointer: '', reason: 'does not fit its schema' };
	const { params } = error;
	const unknown =
		'additionalProperties' in params && Array.isArray(params.additionalProperties)
			? `: ${excerpt(params.additionalProperties.slice(0, MAX_NAMES).join(', '))}`
			: '';
	return { pointer: error.instancePath, reason: `${wordsOf(error)}${unknown}` };
}
