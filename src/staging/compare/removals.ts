/** Themes that lose more than half of their tokens. */
import type { Connection } from '../../sqlite/connection.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { ThemeLoss } from '../port.ts';

/** Themes that are listed. */
const MAX_THEMES = 10;

/** The tokens of each theme, once over the revision; those that go are looked up by the key of `differences`. */
export const LARGE_LOSSES = `
  SELECT uuid, removed, tokens AS "of",
    coalesce((SELECT t.name FROM temp.here AS t WHERE t.kind = 1 AND t.uuid = losses.uuid), '') AS name
  FROM (
    SELECT h.theme AS uuid, count(*) AS tokens, count(d.uuid) AS removed
    FROM temp.here AS h
    LEFT JOIN temp.differences AS d ON d.kind = h.kind AND d.uuid = h.uuid AND d.change = 3
    WHERE h.kind = 2 AND ${unlessStopped('h.uuid')}
    GROUP BY h.theme
  ) AS losses
  WHERE removed * 2 > tokens
  ORDER BY removed DESC, uuid
  LIMIT ${MAX_THEMES}`;

/** The themes of `here` that lose more than half of their tokens, those that lose most first; ten at most. */
export function largeLosses(db: Connection): ThemeLoss[] {
	return db.prepare<[], ThemeLoss>(LARGE_LOSSES).all();
}
