import type { Connection } from '../../sqlite/connection.ts';
import type { CheckId, Finding } from '../port.ts';
import type { TableSet } from '../tables.ts';

/** A check of a set as a whole (REFUSALS 32 to 36): SQL, or a walk over what SQL finds. */
export interface Check {
	readonly id: CheckId;
	/** Finds each record that points nowhere, wrongly, in a circle, or that is there twice. One at a time. */
	find(db: Connection, set: TableSet): Iterable<Finding>;
}

/**
 * That two themes can be active together: `a` is the theme that a reference stands in, `b` the one it leads to. Of a
 * group only one theme is active at a time (FORMAT, "theme"); a theme without a group always is. A theme that is not
 * there hinders nothing: another check reports it.
 */
export const ACTIVE_TOGETHER = `
  (a.uuid IS NULL OR b.uuid IS NULL
    OR a.uuid = b.uuid OR a.theme_group IS NULL OR b.theme_group IS NULL OR a.theme_group <> b.theme_group)`;

const TOKENS = ({ records }: TableSet): string => `SELECT count(*) FROM ${records} WHERE kind = 2`;

/** How many tokens a set has: what a check of references may cost depends on it (REFUSALS 43). */
export function countTokens(db: Connection, set: TableSet): number {
	return Number(db.prepare(TOKENS(set)).pluck().get());
}
