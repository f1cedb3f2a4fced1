/** One thing under two uuids: records that were added on both sides with the same identity in use. */
import type { Kind } from '../../../schemas/records.ts';
import type { Connection } from '../../sqlite/connection.ts';
import type { Renaming, StagedRecord } from '../port.ts';
import { fromStaged, kindNumber, kindOf } from './rows.ts';
import { NAME_INDEX } from './staging.ts';

export const IDENTITY_TABLES = `
  DROP TABLE IF EXISTS temp.pairs;
  DROP TABLE IF EXISTS temp.renamings;

  -- ours and theirs: two uuids of one record; chosen: the one that stays.
  CREATE TEMP TABLE pairs (
    kind   INTEGER NOT NULL,
    ours   TEXT NOT NULL,
    theirs TEXT NOT NULL,
    chosen TEXT NOT NULL,
    PRIMARY KEY (kind, theirs)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX temp.pairs_by_ours ON pairs (kind, ours);

  -- Staged records that bear or name a uuid of a pair.
  CREATE TEMP TABLE renamings (
    number INTEGER PRIMARY KEY,
    kind   INTEGER NOT NULL,
    uuid   TEXT NOT NULL
  ) STRICT;`;

const AT_REVISION = `
  l.project = :project AND l.kind = :kind AND l.valid_from <= :revision
    AND (l.valid_to IS NULL OR l.valid_to > :revision)`;
const here = (uuid: string, revision: string) => `EXISTS (
    SELECT 1 FROM records AS r
    WHERE r.project = :project AND r.kind = :kind AND r.uuid = ${uuid}
      AND r.valid_from <= :${revision} AND (r.valid_to IS NULL OR r.valid_to > :${revision}))`;

/**
 * Looked for from our records that have no fellow by uuid, through the index by name; what we have deleted and they
 * have left as it was is no fellow. Which uuid stays is a three-way
 * question as well: one that the base knew gave way on the other side. Where neither or both were known, the smaller
 * one stays, which both sides see alike.
 */
const FIND = `
  INSERT OR IGNORE INTO temp.pairs (kind, ours, theirs, chosen)
  SELECT :kind, l.uuid, s.uuid,
    CASE ${here('l.uuid', 'base')} - ${here('s.uuid', 'base')}
      WHEN 1 THEN s.uuid
      WHEN -1 THEN l.uuid
      ELSE min(l.uuid, s.uuid)
    END
  FROM records AS l
  JOIN temp.staged AS s ON s.kind = l.kind AND s.name = l.name AND s.theme IS l.theme AND s.theme_group IS l.theme_group
  WHERE ${AT_REVISION}
    AND NOT EXISTS (SELECT 1 FROM temp.staged AS x WHERE x.kind = l.kind AND x.uuid = l.uuid)
    AND NOT ${here('s.uuid', 'revision')}
    AND NOT EXISTS (
      SELECT 1 FROM temp.cases AS c WHERE c.kind = s.kind AND c.uuid = s.uuid AND c.outcome = 'kept')`;

/** `from` and `to` are columns of `pairs`. */
const naming = (from: string, to: string) => `
  DELETE FROM temp.renamings;
  INSERT INTO temp.renamings (kind, uuid)
  SELECT s.kind, s.uuid FROM temp.staged AS s JOIN temp.pairs AS p ON p.kind = s.kind AND p.${from} = s.uuid
  WHERE p.${from} <> p.${to}
  UNION
  SELECT s.kind, s.uuid FROM temp.staged AS s JOIN temp.pairs AS p ON p.kind = 1 AND p.${from} = s.theme
  WHERE s.kind = 2 AND p.${from} <> p.${to}
  UNION
  SELECT s.kind, s.uuid
  FROM temp.staged AS s, json_each(s.line, '$.dependencies') AS d
  JOIN temp.pairs AS p ON p.kind = 3 AND p.${from} = d.value
  WHERE s.kind = 3 AND p.${from} <> p.${to};`;

const named = (from: string, to: string) => `
  SELECT n.number, s.kind, s.uuid, s.line,
    coalesce((SELECT p.${to} FROM temp.pairs AS p WHERE p.kind = s.kind AND p.${from} = s.uuid), s.uuid) AS own,
    coalesce((SELECT p.${to} FROM temp.pairs AS p WHERE p.kind = 1 AND p.${from} = s.theme), s.theme) AS theme,
    (SELECT json_group_object(d.value, p.${to})
     FROM json_each(s.line, '$.dependencies') AS d
     JOIN temp.pairs AS p ON p.kind = 3 AND p.${from} = d.value) AS dependencies
  FROM temp.renamings AS n
  JOIN temp.staged AS s ON s.kind = n.kind AND s.uuid = n.uuid
  WHERE n.number > :after
  ORDER BY n.number
  LIMIT 500`;

const UNSTAGE = 'DELETE FROM temp.staged WHERE kind = ? AND uuid = ?';
const STAGE = 'INSERT INTO temp.staged VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';

/** The two directions: while merging, both sides speak in our uuids; in the end, in those that stay. */
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

/** Finds the pairs of a kind; answers how many there are. */
export function pairIdentities(
	db: Connection,
	project: number,
	ask: { kind: Kind; revision: number; base: number | null },
): number {
	db.exec(NAME_INDEX);
	const { revision, base } = ask;
	return db.prepare(FIND).run({ project, kind: kindNumber(ask.kind), revision, base: base ?? 0 }).changes;
}

/** Renames staged records, a batch at a time: `rename` makes each anew. */
export function renameStaged(
	db: Connection,
	towards: keyof typeof DIRECTIONS,
	rename: (renaming: Renaming) => StagedRecord,
): void {
	const [from, to] = DIRECTIONS[towards];
	const unstage = db.prepare(UNSTAGE);
	const stage = db.prepare(STAGE);
	db.transaction(() => {
		db.exec(naming(from, to));
		const rows = db.prepare<object, NamedRow>(named(from, to));
		for (let after = 0; ; ) {
			const batch = rows.all({ after });
			if (batch.length === 0) return;
			for (const row of batch) {
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
