/**
 * The staging tables: TEMP tables of the worker's own connection, so no byte of a bad archive reaches the project
 * tables, and memory stays flat however large the archive is.
 */

import type { Connection } from '../../sqlite/connection.ts';
import type { StagedRecord } from '../port.ts';
import { fromStaged } from './rows.ts';

const TABLES = `
  DROP TABLE IF EXISTS temp.staged;
  DROP TABLE IF EXISTS temp.staged_references;
  DROP TABLE IF EXISTS temp.differences;

  -- One record a row: kind 1 theme, 2 token, 3 component.
  CREATE TEMP TABLE staged (
    kind           INTEGER NOT NULL,
    uuid           TEXT NOT NULL,
    theme          TEXT,
    name           TEXT NOT NULL,
    theme_group    TEXT,
    theme_order    INTEGER NOT NULL,
    type           TEXT,
    version        INTEGER NOT NULL,
    hash           TEXT NOT NULL,
    reference_list TEXT,
    line           TEXT NOT NULL,
    PRIMARY KEY (kind, uuid)
  ) STRICT, WITHOUT ROWID;

  -- One reference of a staged record a row.
  CREATE TEMP TABLE staged_references (
    kind     INTEGER NOT NULL,
    uuid     TEXT NOT NULL,
    relation TEXT NOT NULL,
    target   TEXT NOT NULL,
    expects  TEXT,
    pointer  TEXT NOT NULL,
    part     TEXT
  ) STRICT;

  -- What differs between the staged records and a revision. change: 1 added, 2 changed, 3 removed.
  CREATE TEMP TABLE differences (
    kind   INTEGER NOT NULL,
    uuid   TEXT NOT NULL,
    change INTEGER NOT NULL,
    PRIMARY KEY (kind, uuid)
  ) STRICT, WITHOUT ROWID;`;

const STAGE = 'INSERT OR IGNORE INTO temp.staged VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';

/** Found by name: identities, and what references lead to. Made once the records are there. */
export const NAME_INDEX =
	'CREATE INDEX IF NOT EXISTS temp.staged_by_name ON staged (kind, name, theme, theme_group)';

/** References are spread from the records' own lists: one statement instead of one more row a reference. */
const SPREAD = `
  INSERT INTO temp.staged_references (kind, uuid, relation, target, expects, pointer, part)
  SELECT s.kind, s.uuid, r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3, r.value ->> 4
  FROM temp.staged AS s, json_each(s.reference_list) AS r
  WHERE s.reference_list IS NOT NULL`;

/** Empties the staging tables, making them where there are none. */
export function clearStaging(db: Connection): void {
	db.exec(TABLES);
}

/**
 * Stages records; answers those whose uuid was there already. The batches of one piece of work share a transaction,
 * which the workspace ends before it does anything else: it is deferred and of TEMP tables only, so it locks nobody
 * out, while one a batch would write the pages out each time.
 */
export function stageRecords(db: Connection, records: readonly StagedRecord[]): StagedRecord[] {
	if (!db.inTransaction) db.exec('BEGIN');
	const insert = db.prepare(STAGE);
	return records.filter((record) => insert.run(...fromStaged(record)).changes === 0);
}

/** Makes the staged records ready for checks: an index by name, and their references as rows. */
export function indexStaged(db: Connection): void {
	db.transaction(() => {
		db.exec(NAME_INDEX);
		db.exec(SPREAD);
	})();
}
