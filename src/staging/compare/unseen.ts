/** What a write would throw away without having seen it. */
import type { Connection } from '../../sqlite/connection.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';

/**
 * Differences where the record here is not the one that the base holds. A record that was removed since the base and
 * would come back counts too. (Subqueries: an aggregate over outer joins with views would copy the views first.)
 */
export const UNSEEN = `
  SELECT count(*)
  FROM temp.differences AS d
  WHERE ${unlessStopped('d.uuid')}
    AND (SELECT h.hash FROM temp.here AS h WHERE h.kind = d.kind AND h.uuid = d.uuid)
      IS NOT (SELECT b.hash FROM temp.base AS b WHERE b.kind = d.kind AND b.uuid = d.uuid)`;

/** How many of the differences throw away something of `here` that `base` does not hold. */
export function countUnseen(db: Connection): number {
	// pluck() returns the count.
	return db.prepare(UNSEEN).pluck().get() as number;
}
