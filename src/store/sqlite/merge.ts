/**
 * Three-way comparison: the staged records (imported), a project's revision (local) and an older one (base), joined by
 * uuid over content hashes. What differs on one side only is settled here, in SQL; only records that both sides
 * changed are handed out.
 */
import type { Kind } from '../../../schemas/records.ts';
import type { Connection } from '../../sqlite/connection.ts';
import type { Decision, Difference, MergeAsk, OpenCase, OutcomeCounts, StagedRecord } from '../port.ts';
import { countDifferences } from './compare.ts';
import { fromStaged, kindNumber, kindOf } from './rows.ts';

export const MERGE_TABLES = `
  DROP TABLE IF EXISTS temp.cases;
  DROP TABLE IF EXISTS temp.offered;

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

  -- Imported records that are not taken as they came.
  CREATE TEMP TABLE offered (
    kind INTEGER NOT NULL,
    uuid TEXT NOT NULL,
    hash TEXT,
    line TEXT,
    PRIMARY KEY (kind, uuid)
  ) STRICT, WITHOUT ROWID;`;

/** The row of `records AS name` that a revision holds. */
const held = (name: string, revision: string) => `
  ${name}.project = :project AND ${name}.valid_from <= :${revision}
    AND (${name}.valid_to IS NULL OR ${name}.valid_to > :${revision})`;

/** The rows of the base; a base that is the state of another lies under what that other had offered. */
const BASE = `
  LEFT JOIN records AS b ON b.kind = x.kind AND b.uuid = x.uuid AND ${held('b', 'base')}
  LEFT JOIN offers AS o ON :overlay AND o.project = :project AND o.kind = x.kind AND o.uuid = x.uuid
    AND o.revision = :base`;
const BASE_HASH = 'iif(o.uuid IS NULL, b.hash, o.hash)';
const BASE_LINE = 'iif(o.uuid IS NULL, b.line, o.line)';

/** Records that the import holds. Without a base its hash is NULL, and nothing is as it was. */
const PRESENT = `
  INSERT INTO temp.cases (kind, uuid, base, local, imported, outcome)
  SELECT x.kind, x.uuid, ${BASE_HASH}, l.hash, x.hash,
    CASE
      WHEN x.hash IS ${BASE_HASH} THEN 'kept'
      WHEN l.hash IS NOT ${BASE_HASH} THEN 'open'
      WHEN l.hash IS NULL THEN 'new'
      ELSE 'updated'
    END
  FROM temp.staged AS x
  LEFT JOIN records AS l ON l.kind = x.kind AND l.uuid = x.uuid AND ${held('l', 'revision')}
  ${BASE}
  WHERE l.hash IS NOT x.hash`;

/** Records that the base and we hold, and the import does not. */
const ABSENT = `
  INSERT INTO temp.cases (kind, uuid, base, local, imported, outcome)
  SELECT x.kind, x.uuid, ${BASE_HASH}, x.hash, NULL, iif(x.hash = ${BASE_HASH}, 'deleted', 'open')
  FROM records AS x
  ${BASE}
  WHERE ${held('x', 'revision')} AND ${BASE_HASH} IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM temp.staged AS s WHERE s.kind = x.kind AND s.uuid = x.uuid)`;
const WITHIN_THEMES = `
  AND (x.kind = 1 AND x.uuid IN (SELECT value FROM json_each(:themes))
    OR x.kind = 2 AND x.theme IN (SELECT value FROM json_each(:themes)))`;

/** Decisions of ours that the other side does not know: what it had offered, and we made something else of. */
const UNKNOWN_OFFER = `
  FROM offers AS u
  WHERE NOT :overlay AND u.project = :project AND u.kind = x.kind AND u.uuid = x.uuid AND u.revision > :seen`;
/** Where such a decision stands against what comes now, it is not settled by what else has changed. */
const DECIDED_BEFORE = `
  UPDATE temp.cases AS x SET outcome = 'open'
  WHERE (outcome = 'updated' AND EXISTS (SELECT 1 ${UNKNOWN_OFFER}))
    OR (outcome = 'deleted' AND EXISTS (SELECT 1 ${UNKNOWN_OFFER} AND u.hash IS NULL))`;

/** Whether the import is the base, record by record. */
const NEWS = `
  SELECT EXISTS (SELECT 1 FROM temp.staged AS x ${BASE} WHERE x.hash IS NOT ${BASE_HASH})
    OR EXISTS (
      SELECT 1 FROM records AS b
      WHERE ${held('b', 'base')}
        AND NOT EXISTS (SELECT 1 FROM temp.staged AS s WHERE s.kind = b.kind AND s.uuid = b.uuid))`;

const SETTLE_ONE_SIDED = `
  UPDATE temp.cases SET take = CASE outcome
    WHEN 'kept' THEN 'local'
    WHEN 'deleted' THEN iif(:delete, 'imported', 'local')
    ELSE 'imported'
  END
  WHERE outcome <> 'open'`;

const OUTCOMES = `
  SELECT outcome, count(*) AS n, sum(local IS NULL AND outcome <> 'kept') AS arrivals FROM temp.cases GROUP BY outcome`;

const OPEN_CASES = `
  SELECT x.kind, x.uuid, x.base IS NOT NULL AS has_base, ${BASE_LINE} AS base, l.line AS local, s.line AS imported,
    coalesce(l.name, s.name) AS name, l.hash AS local_hash, s.hash AS imported_hash, x.base AS base_hash,
    (SELECT u.line ${UNKNOWN_OFFER} ORDER BY u.revision DESC LIMIT 1) AS refused
  FROM temp.cases AS x
  LEFT JOIN temp.staged AS s ON s.kind = x.kind AND s.uuid = x.uuid
  LEFT JOIN records AS l ON l.kind = x.kind AND l.uuid = x.uuid AND ${held('l', 'revision')}
  ${BASE}
  WHERE x.outcome = 'open' AND (x.kind, x.uuid) > (:kind, :uuid)
  ORDER BY x.kind, x.uuid
  LIMIT :limit`;

const OFFER = `
  INSERT OR IGNORE INTO temp.offered (kind, uuid, hash, line)
  SELECT c.kind, c.uuid, s.hash, s.line
  FROM temp.cases AS c
  LEFT JOIN temp.staged AS s ON s.kind = c.kind AND s.uuid = c.uuid
  WHERE `;
const OFFER_ONE = `${OFFER} c.kind = :kind AND c.uuid = :uuid`;
const OFFER_KEPT = `${OFFER} c.take = 'local'`;
const DECIDE = 'UPDATE temp.cases SET take = :take WHERE kind = :kind AND uuid = :uuid';
const RESTAGE = 'INSERT OR REPLACE INTO temp.staged VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';

const UNSTAGE_LOCAL = `
  DELETE FROM temp.staged WHERE (kind, uuid) IN (SELECT kind, uuid FROM temp.cases WHERE take = 'local')`;
const STAGE_THE_REST = `
  INSERT INTO temp.staged
    (kind, uuid, theme, name, theme_group, theme_order, type, version, hash, reference_list, line)
  SELECT l.kind, l.uuid, l.theme, l.name, l.theme_group, l.theme_order, l.type, l.version,
    l.hash, l.reference_list, l.line
  FROM records AS l
  WHERE ${held('l', 'revision')}
    AND NOT EXISTS (SELECT 1 FROM temp.staged AS s WHERE s.kind = l.kind AND s.uuid = l.uuid)
    AND NOT EXISTS (
      SELECT 1 FROM temp.cases AS c WHERE c.kind = l.kind AND c.uuid = l.uuid AND c.take = 'imported')`;

/** What the merge changes of ours is known from the cases: no second look at all records. */
const DIFFERENCES = `
  INSERT INTO temp.differences (kind, uuid, change)
  SELECT kind, uuid, CASE WHEN local IS NULL THEN 1 WHEN take = 'imported' AND imported IS NULL THEN 3 ELSE 2 END
  FROM temp.cases
  WHERE take <> 'local'`;

interface CaseRow extends Record<string, string | number | null> {
	kind: number;
	uuid: string;
	name: string;
}

interface OutcomeRow {
	readonly outcome: Exclude<keyof OutcomeCounts, 'arrivals'>;
	readonly n: number;
	readonly arrivals: number;
}

/** Fills `cases`, settles what only one side changed, and counts them by outcome. */
export function compareThreeWay(db: Connection, project: number, ask: MergeAsk): OutcomeCounts {
	const parameters = { ...sides(project, ask), delete: ask.deletions === 'apply' ? 1 : 0 };
	return db.transaction(() => {
		db.exec(MERGE_TABLES);
		db.prepare(PRESENT).run(parameters);
		if (ask.scope.of === 'project') db.prepare(ABSENT).run(parameters);
		if (ask.scope.of === 'themes') {
			const themes = JSON.stringify(ask.scope.themes);
			db.prepare(ABSENT + WITHIN_THEMES).run({ ...parameters, themes });
		}
		db.prepare(DECIDED_BEFORE).run(parameters);
		db.prepare(SETTLE_ONE_SIDED).run(parameters);
		const counts: OutcomeCounts = { new: 0, updated: 0, kept: 0, deleted: 0, open: 0, arrivals: 0 };
		for (const { outcome, n, arrivals } of db.prepare<[], OutcomeRow>(OUTCOMES).all()) {
			counts[outcome] = n;
			counts.arrivals += arrivals;
		}
		return counts;
	})();
}

/** Whether the import holds anything else than the base. */
export function holdsNews(db: Connection, project: number, ask: MergeAsk): boolean {
	return db.prepare(NEWS).pluck().get(sides(project, ask)) === 1;
}

/** The next records that both sides changed, each with its three lines. */
export function openCases(
	db: Connection,
	project: number,
	ask: MergeAsk,
	{ after, limit }: { after: { kind: Kind; uuid: string } | null; limit: number },
): OpenCase[] {
	const from = { kind: after === null ? 0 : kindNumber(after.kind), uuid: after?.uuid ?? '' };
	return db
		.prepare<object, CaseRow>(OPEN_CASES)
		.all({ ...sides(project, ask), ...from, limit })
		.map((row) => ({
			kind: kindOf(row.kind),
			uuid: row.uuid,
			name: row.name,
			base: row['has_base'] === 1 ? textOf(row['base']) : null,
			local: textOf(row['local']),
			imported: textOf(row['imported']),
			baseHash: textOf(row['base_hash']),
			localHash: textOf(row['local_hash']),
			importedHash: textOf(row['imported_hash']),
			refused: textOf(row['refused']),
		}));
}

/** Writes down how cases were decided. */
export function decideCases(db: Connection, decisions: readonly Decision[]): void {
	const offer = db.prepare(OFFER_ONE);
	const decide = db.prepare(DECIDE);
	const restage = db.prepare(RESTAGE);
	db.transaction(() => {
		for (const { kind, uuid, take, merged, offered } of decisions) {
			const key = { kind: kindNumber(kind), uuid };
			if (offered) offer.run(key);
			decide.run({ ...key, take });
			if (merged !== null) restage.run(...fromStaged(merged));
		}
	})();
}

/** Makes the staged records the merged whole: what is ours, and what was decided. */
export function applyDecisions(db: Connection, project: number, ask: MergeAsk): void {
	db.transaction(() => {
		if (ask.overlay) db.prepare(OFFER_KEPT).run();
		db.exec(UNSTAGE_LOCAL);
		db.prepare(STAGE_THE_REST).run({ project, revision: ask.revision });
	})();
}

/** Fills `differences` with what the decided cases change of ours. */
export function differencesOfCases(db: Connection): Difference {
	db.exec('DELETE FROM temp.differences');
	db.exec(DIFFERENCES);
	return countDifferences(db);
}

/** Puts records in the place of staged ones. */
export function restageRecords(db: Connection, records: readonly StagedRecord[]): void {
	const restage = db.prepare(RESTAGE);
	db.transaction(() => {
		for (const record of records) restage.run(...fromStaged(record));
	})();
}

function sides(project: number, ask: MergeAsk) {
	// Revision 0 holds nothing.
	const { revision, base, seen, overlay } = ask;
	return { project, revision, base: base ?? 0, seen, overlay: overlay ? 1 : 0 };
}

function textOf(value: string | number | null | undefined): string | null {
	return typeof value === 'string' ? value : null;
}
