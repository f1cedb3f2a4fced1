/** The base of a three-way comparison, and what was declined before, as joined by the statements of a merge. */
import type { Sides } from '../port.ts';

/**
 * The records of the base for `x`; a base that is the state of another lies under what that other had offered and we
 * declined (`:overlay`).
 */
export const BASE = `
  LEFT JOIN temp.base AS b ON b.kind = x.kind AND b.uuid = x.uuid
  LEFT JOIN temp.declined AS o ON :overlay AND o.kind = x.kind AND o.uuid = x.uuid AND o.revision = :base`;
export const BASE_HASH = 'iif(o.uuid IS NULL, b.hash, o.hash)';
export const BASE_LINE = 'iif(o.uuid IS NULL, b.line, o.line)';

/** Decisions of ours on `x` that the other side does not know: what it had offered, and we declined. */
export const UNKNOWN_DECLINED = `
  FROM temp.declined AS u
  WHERE NOT :overlay AND u.kind = x.kind AND u.uuid = x.uuid AND u.revision > :seen`;

/** The parameters that these name. */
export function sideParameters({ base, seen, overlay }: Sides) {
	return { base: base.revision, seen, overlay: overlay ? 1 : 0 };
}
