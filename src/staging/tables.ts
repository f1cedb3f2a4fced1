/**
 * The staging tables: TEMP tables of the worker's own connection, so no byte of a bad archive reaches the project
 * tables, and memory stays flat however large the archive is.
 */
import type { Reference, StagedRecord } from '../records/staged-record.ts';
import { kindNumber } from '../sqlite/kinds.ts';

/** The tables of a set; checks run on either. */
export interface TableSet {
	/** One record a row. */
	readonly records: string;
	/** One reference a row. */
	readonly references: string;
	/** The index of `records` by kind, name, theme and group. */
	readonly byName: string;
}

/** The records that are being staged. */
export const STAGED: TableSet = {
	records: 'temp.staged',
	references: 'temp.staged_references',
	byName: 'staged_by_name',
};

/** The records of a layout, copied beside them. */
export const COPIED: TableSet = {
	records: 'temp.copied',
	references: 'temp.copied_references',
	byName: 'copied_by_name',
};

/** The columns of a record, in this order; layouts have the same. */
export const RECORD_COLUMNS =
	'kind, uuid, theme, name, theme_group, theme_order, type, version, hash, reference_list, line';

/**
 * Makes the tables of a set. Records have a rowid, so that their key is an index apart from their lines: in a table
 * WITHOUT ROWID each look-up reads a row whole, which for 40,000 references in lines of 300 KB took 40 s.
 */
export const tablesOf = ({ records, references }: TableSet): string => `
  DROP TABLE IF EXISTS ${records};
  DROP TABLE IF EXISTS ${references};

  -- kind: 1 theme, 2 token, 3 component.
  CREATE TABLE ${records} (
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
  ) STRICT;

  CREATE TABLE ${references} (
    kind     INTEGER NOT NULL,
    uuid     TEXT NOT NULL,
    relation TEXT NOT NULL,
    target   TEXT NOT NULL,
    expects  TEXT,
    pointer  TEXT NOT NULL,
    part     TEXT
  ) STRICT;`;

/** What comparisons and merges note beside the staged records. */
export const COMPARISON_TABLES = `
  -- What differs between the staged records and a revision. change: 1 added, 2 changed, 3 removed.
  CREATE TEMP TABLE differences (
    kind   INTEGER NOT NULL,
    uuid   TEXT NOT NULL,
    change INTEGER NOT NULL,
    PRIMARY KEY (kind, uuid)
  ) STRICT, WITHOUT ROWID;

  -- Imported changes that are not taken as they came.
  CREATE TEMP TABLE declines (
    kind INTEGER NOT NULL,
    uuid TEXT NOT NULL,
    hash TEXT,
    line TEXT,
    PRIMARY KEY (kind, uuid)
  ) STRICT, WITHOUT ROWID;

  -- A record that is not the same on both sides. take: whose state goes on; NULL: not decided yet.
  CREATE TEMP TABLE cases (
    kind     INTEGER NOT NULL,
    uuid     TEXT NOT NULL,
    base     TEXT,
    local    TEXT,
    imported TEXT,
    outcome  TEXT NOT NULL CHECK (outcome IN ('new', 'updated', 'kept', 'deleted', 'open')),
    take     TEXT CHECK (take IN ('local', 'imported', 'merged')),
    PRIMARY KEY (kind, uuid)
  ) STRICT, WITHOUT ROWID;

  -- Imported records that are kept beside ours.
  CREATE TEMP TABLE forks (
    kind  INTEGER NOT NULL,
    uuid  TEXT NOT NULL,
    theme TEXT,
    name  TEXT NOT NULL,
    hash  TEXT NOT NULL,
    line  TEXT NOT NULL,
    PRIMARY KEY (kind, uuid)
  ) STRICT, WITHOUT ROWID;

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
  ) STRICT;

  -- All but the first of the records that share an identity.
  CREATE TEMP TABLE clashes (
    kind INTEGER NOT NULL,
    uuid TEXT NOT NULL,
    PRIMARY KEY (kind, uuid)
  ) STRICT, WITHOUT ROWID;`;

/** Found by name: identities, and what references lead to. Made once the records are there. */
export const nameIndexOf = ({ records, byName }: TableSet): string =>
	`CREATE INDEX IF NOT EXISTS temp.${byName}
   ON ${records.replace('temp.', '')} (kind, name, theme, theme_group, uuid)`;

/** A row of a set, in the order of RECORD_COLUMNS. */
export const PARAMETERS = '?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?';

/** The values of such a row. */
export function fromStaged(record: StagedRecord): (string | number | null)[] {
	return [
		kindNumber(record.kind),
		record.uuid,
		record.theme,
		record.name,
		record.group,
		record.order,
		record.type,
		record.version,
		record.hash,
		referenceList(record.references),
		record.line,
	];
}

/** The references of a record as one column, so that a record carried over needs no second reading. */
function referenceList(references: readonly Reference[]): string | null {
	if (references.length === 0) return null;
	return JSON.stringify(references.map((r) => [r.relation, r.target, r.expects, r.pointer, r.part]));
}
