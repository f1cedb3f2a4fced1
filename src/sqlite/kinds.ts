/** Kinds of records as the tables write them. */
import { KINDS, type Kind } from '../../schemas/records.ts';

/** The number of a kind in the tables: 1 theme, 2 token, 3 component. */
export const kindNumber = (kind: Kind): number => KINDS.indexOf(kind) + 1;

/** A kind by its number in the tables. */
export function kindOf(number: number): Kind {
	const kind = KINDS[number - 1];
	if (kind === undefined) throw new RangeError(`no kind ${number}`);
	return kind;
}
