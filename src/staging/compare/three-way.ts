/**
 * Three-way comparison: the staged records (imported), a project's revision (here) and an older one (base), joined by
 * uuid over content hashes. What differs on one side only is settled here, in SQL; only records that both sides
 * changed are handed out.
 */
import type { Connection } from '../../sqlite/connection.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { OutcomeCounts, Sides } from '../port.ts';
import { BASE, BASE_HASH, sideParameters, UNKNOWN_DECLINED } from './sides.ts';

/** Records that the import holds. Without a base its hash is NULL, and nothing is as it was. */
export const PRESENT = `
  INSERT INTO temp.cases (kind, uuid, base, local, imported, outcome)
  SELECT x.kind, x.uuid, ${BASE_HASH}, l.hash, x.hash,
    CASE
      WHEN x.hash IS ${BASE_HASH} THEN 'kept'
      WHEN l.hash IS NOT ${BASE_HASH} THEN 'open'
      WHEN l.hash IS NULL THEN 'new'
      ELSE 'updated'
    END
  FROM temp.staged AS x
  LEFT JOIN temp.here AS l ON l.kind = x.kind AND l.uuid = x.uuid
  ${BASE}
  WHERE ${unlessStopped('x.uuid')} AND l.hash IS NOT x.hash`;

/** Records that the base and we hold, and the import does not. */
export const ABSENT = `
  INSERT INTO temp.cases (kind, uuid, base, local, imported, outcome)
  SELECT x.kind, x.uuid, ${BASE_HASH}, x.hash, NULL, iif(x.hash = ${BASE_HASH}, 'deleted', 'open')
  FROM temp.here AS x
  ${BASE}
  WHERE ${unlessStopped('x.uuid')} AND ${BASE_HASH} IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM temp.staged AS s WHERE s.kind = x.kind AND s.uuid = x.uuid)`;
const WITHIN_THEMES = `
  AND (x.kind = 1 AND x.uuid IN (SELECT value FROM json_each(:themes))
    OR x.kind = 2 AND x.theme IN (SELECT value FROM json_each(:themes)))`;

/** Where a decision that they do not know stands against what comes now, it is not settled by what else has changed. */
const DECIDED_BEFORE = `
  UPDATE temp.cases AS x SET outcome = 'open'
  WHERE ${unlessStopped('x.uuid')}
    AND ((outcome = 'updated' AND EXISTS (SELECT 1 ${UNKNOWN_DECLINED}))
      OR (outcome = 'deleted' AND EXISTS (SELECT 1 ${UNKNOWN_DECLINED} AND u.hash IS NULL)))`;

const SETTLE_ONE_SIDED = `
  UPDATE temp.cases SET take = CASE outcome
    WHEN 'kept' THEN 'local'
    WHEN 'deleted' THEN iif(:delete, 'imported', 'local')
    ELSE 'imported'
  END
  WHERE outcome <> 'open' AND ${unlessStopped('uuid')}`;

const OUTCOMES = `
  SELECT outcome, count(*) AS n, sum(local IS NULL AND outcome <> 'kept') AS arrivals FROM temp.cases GROUP BY outcome`;

/** Whether the import is the base, record by record. */
export const NEWS = `
  SELECT EXISTS (
      SELECT 1 FROM temp.staged AS x ${BASE} WHERE ${unlessStopped('x.uuid')} AND x.hash IS NOT ${BASE_HASH})
    OR EXISTS (
      SELECT 1 FROM temp.base AS b
      WHERE ${unlessStopped('b.uuid')}
        AND NOT EXISTS (SELECT 1 FROM temp.staged AS s WHERE s.kind = b.kind AND s.uuid = b.uuid))`;

interface OutcomeRow {
	readonly outcome: Exclude<keyof OutcomeCounts, 'arrivals'>;
	readonly n: number;
	readonly arrivals: number;
}

/** Fills `cases`, settles what only one side changed, and counts them by outcome. */
export function compareThreeWay(db: Connection, sides: Sides): OutcomeCounts {
	const parameters = sideParameters(sides);
	const { scope, deletions } = sides;
	return db.transaction(() => {
		db.exec('DELETE FROM temp.cases');
		db.prepare(PRESENT).run(parameters);
		if (scope.of === 'project') db.prepare(ABSENT).run(parameters);
		if (scope.of === 'themes') {
			const themes = JSON.stringify(scope.themes);
			db.prepare(ABSENT + WITHIN_THEMES).run({ ...parameters, themes });
		}
		db.prepare(DECIDED_BEFORE).run(parameters);
		db.prepare(SETTLE_ONE_SIDED).run({ delete: deletions === 'apply' ? 1 : 0 });
		const counts: OutcomeCounts = { new: 0, updated: 0, kept: 0, deleted: 0, open: 0, arrivals: 0 };
		for (const { outcome, n, arrivals } of db.prepare<[], OutcomeRow>(OUTCOMES).all()) {
			counts[outcome] = n;
			counts.arrivals += arrivals;
		}
		return counts;
	})();
}

/** Whether the import holds anything else than the base. */
export function holdsNews(db: Connection, sides: Sides): boolean {
	return db.prepare(NEWS).pluck().get(sideParameters(sides)) === 1;
}
