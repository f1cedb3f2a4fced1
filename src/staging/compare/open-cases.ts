/** Records that both sides of a merge changed: handed out, and decided. */

import { takeWithin, textBytes } from '../../records/bounded.ts';
import type { StagedRecord } from '../../records/staged-record.ts';
import type { Connection } from '../../sqlite/connection.ts';
import { kindNumber, kindOf } from '../../sqlite/kinds.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { Decision, OpenCase, PageBounds, Sides } from '../port.ts';
import { fromStaged, PARAMETERS } from '../tables.ts';
import { BASE, BASE_LINE, sideParameters, UNKNOWN_DECLINED } from './sides.ts';

/** In the order of the primary key of `cases`: nothing is sorted. */
export const OPEN_CASES = `
  SELECT x.kind, x.uuid, x.base IS NOT NULL AS hasBase, ${BASE_LINE} AS base, l.line AS local, s.line AS imported,
    coalesce(l.name, s.name) AS name, l.hash AS localHash, s.hash AS importedHash, x.base AS baseHash,
    (SELECT u.line ${UNKNOWN_DECLINED} ORDER BY u.revision DESC LIMIT 1) AS declined
  FROM temp.cases AS x
  LEFT JOIN temp.staged AS s ON s.kind = x.kind AND s.uuid = x.uuid
  LEFT JOIN temp.here AS l ON l.kind = x.kind AND l.uuid = x.uuid
  ${BASE}
  WHERE x.outcome = 'open' AND (x.kind, x.uuid) > (:kind, :uuid) AND ${unlessStopped('x.uuid')}
  ORDER BY x.kind, x.uuid
  LIMIT :limit`;

const DECLINE = `
  INSERT OR IGNORE INTO temp.declines (kind, uuid, hash, line)
  SELECT c.kind, c.uuid, s.hash, s.line
  FROM temp.cases AS c
  LEFT JOIN temp.staged AS s ON s.kind = c.kind AND s.uuid = c.uuid
  WHERE `;
const DECLINE_ONE = `${DECLINE} c.kind = :kind AND c.uuid = :uuid`;
/** All that is left as it is here. */
export const DECLINE_KEPT = `${DECLINE} c.take = 'local' AND ${unlessStopped('c.uuid')}`;
const FORK = `
  INSERT OR IGNORE INTO temp.forks (kind, uuid, theme, name, hash, line)
  SELECT kind, uuid, theme, name, hash, line FROM temp.staged WHERE kind = :kind AND uuid = :uuid`;
const DECIDE = 'UPDATE temp.cases SET take = :take WHERE kind = :kind AND uuid = :uuid';
/** A record in the place of one of the same uuid. */
const RESTAGE = `INSERT OR REPLACE INTO temp.staged VALUES (${PARAMETERS})`;

interface OpenCaseRow extends Omit<OpenCase, 'kind'> {
	readonly kind: number;
	readonly hasBase: number;
}

/** The next records that both sides changed, each with its three lines. */
export function openCases(db: Connection, sides: Sides, page: PageBounds): OpenCase[] {
	const { after, limit } = page;
	const from = { kind: after === null ? 0 : kindNumber(after.kind), uuid: after?.uuid ?? '' };
	const rows = db
		.prepare<object, OpenCaseRow>(OPEN_CASES)
		.iterate({ ...sideParameters(sides), ...from, limit });
	const { items } = takeWithin(rows, page, (row) =>
		textBytes(row.base, row.local, row.imported, row.declined),
	);
	return items.map(({ hasBase, kind, base, ...row }) => ({
		...row,
		kind: kindOf(kind),
		base: hasBase === 1 ? base : null,
	}));
}

/** Writes down how cases were decided. */
export function decideCases(db: Connection, decisions: readonly Decision[]): void {
	const decline = db.prepare(DECLINE_ONE);
	const fork = db.prepare(FORK);
	const decide = db.prepare(DECIDE);
	const replace = db.prepare(RESTAGE);
	db.transaction(() => {
		for (const { kind, uuid, take, merged, declines, forks } of decisions) {
			const key = { kind: kindNumber(kind), uuid };
			if (declines) decline.run(key);
			if (forks) fork.run(key);
			decide.run({ ...key, take });
			if (merged !== null) replace.run(...fromStaged(merged));
		}
	})();
}

/** Puts records in the place of staged ones. */
export function restage(db: Connection, records: readonly StagedRecord[]): void {
	const statement = db.prepare(RESTAGE);
	db.transaction(() => {
		for (const record of records) statement.run(...fromStaged(record));
	})();
}
