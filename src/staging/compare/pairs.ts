/** One thing under two uuids: records that were added on both sides with the same identity in use. */
import type { Kind } from '../../../schemas/records.ts';
import { type Bounds, takeWithin, textBytes } from '../../records/bounded.ts';
import type { Connection } from '../../sqlite/connection.ts';
import { kindNumber, kindOf } from '../../sqlite/kinds.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { Rename } from '../port.ts';
import { fromStaged, nameIndexOf, PARAMETERS, STAGED } from '../tables.ts';

const isIn = (layout: 'here' | 'base', uuid: string) => `EXISTS (
    SELECT 1 FROM temp.${layout} AS r WHERE r.kind = :kind AND r.uuid = ${uuid})`;

/**
 * Looked for from our records that have no fellow by uuid, through the index by name; what we have deleted and they
 * have left as it was is no fellow. Which uuid stays is a three-way question as well: one that the base knew gave way
 * on the other side. Where neither or both were known, the smaller one stays, which both sides see alike.
 */
export const FIND = `
  INSERT OR IGNORE INTO temp.pairs (kind, ours, theirs, chosen)
  SELECT :kind, l.uuid, s.uuid,
    CASE ${isIn('base', 'l.uuid')} - ${isIn('base', 's.uuid')}
      WHEN 1 THEN s.uuid
      WHEN -1 THEN l.uuid
      ELSE min(l.uuid, s.uuid)
    END
  FROM temp.here AS l
  CROSS JOIN temp.staged AS s INDEXED BY staged_by_name
    ON s.kind = l.kind AND s.name = l.name AND s.theme IS l.theme AND s.theme_group IS l.theme_group
  WHERE l.kind = :kind AND ${unlessStopped('s.uuid')}
    AND NOT EXISTS (SELECT 1 FROM temp.staged AS x WHERE x.kind = l.kind AND x.uuid = l.uuid)
    AND NOT ${isIn('here', 's.uuid')}
    AND NOT EXISTS (
      SELECT 1 FROM temp.cases AS c WHERE c.kind = s.kind AND c.uuid = s.uuid AND c.outcome = 'kept')`;

/** `from` and `to` are columns of `pairs`. */
const naming = (from: string, to: string) => `
  INSERT INTO temp.renamings (kind, uuid)
  SELECT s.kind, s.uuid FROM temp.staged AS s JOIN temp.pairs AS p ON p.kind = s.kind AND p.${from} = s.uuid
  WHERE p.${from} <> p.${to} AND ${unlessStopped('s.uuid')}
  UNION
  SELECT s.kind, s.uuid FROM temp.staged AS s JOIN temp.pairs AS p ON p.kind = 1 AND p.${from} = s.theme
  WHERE s.kind = 2 AND p.${from} <> p.${to} AND ${unlessStopped('s.uuid')}
  UNION
  SELECT s.kind, s.uuid
  FROM temp.staged AS s, json_each(s.line, '$.dependencies') AS d
  JOIN temp.pairs AS p ON p.kind = 3 AND p.${from} = d.value
  WHERE s.kind = 3 AND p.${from} <> p.${to} AND ${unlessStopped('s.uuid')}`;

const named = (from: string, to: string) => `
  SELECT n.number, s.kind, s.uuid, s.line,
    coalesce((SELECT p.${to} FROM temp.pairs AS p WHERE p.kind = s.kind AND p.${from} = s.uuid), s.uuid) AS own,
    coalesce((SELECT p.${to} FROM temp.pairs AS p WHERE p.kind = 1 AND p.${from} = s.theme), s.theme) AS theme,
    (SELECT json_group_object(d.value, p.${to})
     FROM json_each(s.line, '$.dependencies') AS d
     JOIN temp.pairs AS p ON p.kind = 3 AND p.${from} = d.value) AS dependencies
  FROM temp.renamings AS n
  JOIN temp.staged AS s ON s.kind = n.kind AND s.uuid = n.uuid
  WHERE n.number > :after AND ${unlessStopped('n.uuid')}
  ORDER BY n.number
  LIMIT :limit`;

const UNSTAGE = 'DELETE FROM temp.staged WHERE kind = ? AND uuid = ?';
const STAGE = `INSERT INTO temp.staged VALUES (${PARAMETERS})`;

/** The two directions: while merging, both sides use our uuids; in the end, those that stay. */
const DIRECTIONS = {
	ours: ['theirs', 'ours'],
	chosen: ['ours', 'chosen'],
} as const;

interface NamedRow {
	readonly number: number;
	readonly kind: number;
	readonly uuid: string;
	readonly line: string;
	readonly own: string;
	readonly theme: string | null;
	readonly dependencies: string;
}

/** Finds the pairs of a kind; returns how many there are. */
export function findPairs(db: Connection, kind: Kind): number {
	db.exec(nameIndexOf(STAGED));
	return db.prepare(FIND).run({ kind: kindNumber(kind) }).changes;
}

/** Renames staged records of pairs, a batch at a time: `rename` makes each anew. */
export function renamePairs(
	db: Connection,
	towards: keyof typeof DIRECTIONS,
	rename: Rename,
	bounds: Bounds,
): void {
	const [from, to] = DIRECTIONS[towards];
	const unstage = db.prepare(UNSTAGE);
	const stage = db.prepare(STAGE);
	db.transaction(() => {
		db.exec('DELETE FROM temp.renamings');
		db.prepare(naming(from, to)).run();
		const rows = db.prepare<object, NamedRow>(named(from, to));
		for (let after = 0, more = true; more; ) {
			const batch = takeWithin(rows.iterate({ after, limit: bounds.limit + 1 }), bounds, ({ line }) =>
				textBytes(line),
			);
			more = batch.more;
			for (const row of batch.items) {
				after = row.number;
				const renamed = rename({
					kind: kindOf(row.kind),
					line: row.line,
					uuid: row.own,
					theme: row.theme,
					// Written by the statement above: uuids by uuids.
					dependencies: JSON.parse(row.dependencies) as Record<string, string>,
				});
				unstage.run(row.kind, row.uuid);
				stage.run(...fromStaged(renamed));
			}
		}
	})();
}
