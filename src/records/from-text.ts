/** Parameters of addresses, queries, headers and form fields are text; a schema says what they mean. */
import Type, { type TSchema } from 'typebox';

const WHOLE = /^-?\d{1,16}$/;
const TRUTHS: Readonly<Record<string, boolean>> = { true: true, false: false };

/**
 * The members of an object as their schema wants them: whole numbers, truth values, and lists of one. What is no exact
 * form of these stays as it is, so that the check refuses it: `1.5` is no revision.
 */
export function fromText(schema: TSchema, given: unknown): unknown {
	if (!Type.IsObject(schema) || typeof given !== 'object' || given === null) return given;
	const members = Object.entries(given).map(([name, value]): [string, unknown] => {
		const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
		return [name, property === undefined ? value : meaningOf(property, value)];
	});
	return Object.fromEntries(members);
}

function meaningOf(schema: TSchema, value: unknown): unknown {
	if (Type.IsArray(schema)) return [value].flat().map((one) => meaningOf(schema.items, one));
	if (typeof value !== 'string') return value;
	if (Type.IsInteger(schema) && WHOLE.test(value)) return Number(value);
	if (Type.IsBoolean(schema)) return Object.hasOwn(TRUTHS, value) ? TRUTHS[value] : value;
	return value;
}
