/** The query parameters that lists share. */
import Type, { type TSchema } from 'typebox';

/** Values of one filter. Each is looked for in each record, so their number is bounded. */
const MAX_VALUES = 50;

/** @param most items on a page @param otherwise where it is not given */
export const pageLimit = (most: number, otherwise: number, description = 'Items on a page at most') =>
	Type.Optional(Type.Integer({ minimum: 1, maximum: most, default: otherwise, description }));

/** Signed, and bound to its list; a project's name may be part of it. */
export const PageCursor = Type.Optional(
	Type.String({
		maxLength: 8_000,
		description:
			'The next_cursor of the page before. It holds for the same list with the same parameters; only limit may change',
	}),
);

/** A filter that may be given several times: any of its values. */
export const anyOf = <T extends TSchema>(value: T, description: string) =>
	Type.Optional(
		Type.Array(value, {
			maxItems: MAX_VALUES,
			description: `${description}. May be given several times: any of them`,
		}),
	);

/** What a list is sorted by, ascending; with `-` before it, descending. */
export const sortedBy = <const Key extends string>(keys: readonly Key[], description: string) => {
	const both = keys.flatMap((key) => [key, `-${key}` as const]);
	return Type.Optional(Type.Enum(both, { description: `${description}; with - before it: descending` }));
};

/** A part of a name, as a search asks for it. */
export const nameQuery = (description: string) =>
	Type.Optional(Type.String({ maxLength: 255, description: `${description}, letter case aside` }));
