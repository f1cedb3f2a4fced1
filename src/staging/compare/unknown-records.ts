/** Uuids that name no record. */
import type { Connection } from '../../sqlite/connection.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';

/** Removals that removed nothing. Both tables are found by their primary keys, a kind at a time. */
const UNKNOWN = `
  SELECT u.value
  FROM json_each(:uuids) AS u
  WHERE ${unlessStopped('u.value')}
    AND NOT EXISTS (SELECT 1 FROM temp.differences AS d WHERE d.kind IN (1, 2, 3) AND d.uuid = u.value AND d.change = 3)
    AND NOT EXISTS (SELECT 1 FROM temp.staged AS s WHERE s.kind IN (1, 2, 3) AND s.uuid = u.value)
  LIMIT 1`;

/** The first of some uuids that is neither staged nor removed. */
export function firstUnknown(db: Connection, uuids: readonly string[]): string | null {
	// pluck() returns the uuid, or undefined where there is no row.
	const uuid = db
		.prepare(UNKNOWN)
		.pluck()
		.get({ uuids: JSON.stringify(uuids) }) as string | undefined;
	return uuid ?? null;
}
