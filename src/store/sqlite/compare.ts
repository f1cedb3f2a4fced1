/** How staged records differ from a revision of a project: joins by uuid over content hashes. */
import { KINDS } from '../../../schemas/records.ts';
import type { Connection } from '../../sqlite/connection.ts';
import type { Counts, Difference, Scope } from '../port.ts';
import { kindOf, noCounts } from './rows.ts';

/** The rows of `records AS live` that a revision holds. Parameters: project (id), revision. */
const LIVE = `
  live.project = :project AND live.valid_from <= :revision
    AND (live.valid_to IS NULL OR live.valid_to > :revision)`;

/** Finds the live row of each staged record by the primary key of `records`. */
const ADDED_AND_CHANGED = `
  INSERT INTO temp.differences (kind, uuid, change)
  SELECT s.kind, s.uuid, iif(live.uuid IS NULL, 1, 2)
  FROM temp.staged AS s
  LEFT JOIN records AS live ON live.kind = s.kind AND live.uuid = s.uuid AND ${LIVE}
  WHERE live.uuid IS NULL OR live.hash <> s.hash`;

const REMOVED = `
  INSERT INTO temp.differences (kind, uuid, change)
  SELECT live.kind, live.uuid, 3
  FROM records AS live
  WHERE ${LIVE}
    AND NOT EXISTS (SELECT 1 FROM temp.staged AS s WHERE s.kind = live.kind AND s.uuid = live.uuid)`;

const COUNTS = 'SELECT kind, change, count(*) AS n FROM temp.differences GROUP BY kind, change';
const STAGED_COUNTS = 'SELECT kind, count(*) AS n FROM temp.staged GROUP BY kind';

/** Stages the records of a revision that stand outside a scope; `%s` is the scope's condition. */
const CARRY_OVER = `
  INSERT OR IGNORE INTO temp.staged
    (kind, uuid, theme, name, theme_group, theme_order, type, version, hash, reference_list, line)
  SELECT live.kind, live.uuid, live.theme, live.name, live.theme_group, live.theme_order, live.type, live.version,
    live.hash, live.reference_list, live.line
  FROM records AS live
  WHERE ${LIVE} AND `;

const OUTSIDE_THEMES = `
  NOT (live.kind = 1 AND live.uuid IN (SELECT value FROM json_each(:outside)))
  AND NOT (live.kind = 2 AND live.theme IN (SELECT value FROM json_each(:outside)))`;
const OUTSIDE_RECORDS = 'live.uuid NOT IN (SELECT value FROM json_each(:outside))';

/**
 * Differences that throw something away: the row at the revision is not the one that the base holds. A record that
 * was removed since the base and would come back counts too.
 */
const UNSEEN = `
  SELECT count(*)
  FROM temp.differences AS d
  LEFT JOIN records AS live ON live.kind = d.kind AND live.uuid = d.uuid AND ${LIVE}
  LEFT JOIN records AS old ON old.project = :project AND old.kind = d.kind AND old.uuid = d.uuid
    AND old.valid_from <= :base AND (old.valid_to IS NULL OR old.valid_to > :base)
  WHERE live.hash IS NOT old.hash`;

/** Compares the staged records with a revision and fills `differences`; with none, all of them are added. */
export function compareStaged(db: Connection, project: number | null, revision: number | null): Difference {
	if (project === null || revision === null) {
		return { added: countStaged(db), changed: noCounts(), removed: noCounts(), unchanged: noCounts() };
	}
	db.transaction(() => {
		db.exec('DELETE FROM temp.differences');
		db.prepare(ADDED_AND_CHANGED).run({ project, revision });
		db.prepare(REMOVED).run({ project, revision });
	})();
	return countDifferences(db);
}

/** Counts what stands in `differences`. */
export function countDifferences(db: Connection): Difference {
	const staged = countStaged(db);
	const [added, changed, removed] = [noCounts(), noCounts(), noCounts()];
	for (const { kind, change, n } of db
		.prepare<[], { kind: number; change: number; n: number }>(COUNTS)
		.all()) {
		(change === 1 ? added : change === 2 ? changed : removed)[kindOf(kind)] = n;
	}
	const unchanged = noCounts();
	for (const kind of KINDS) unchanged[kind] = staged[kind] - added[kind] - changed[kind];
	return { added, changed, removed, unchanged };
}

function countStaged(db: Connection): Counts {
	const counts = noCounts();
	for (const { kind, n } of db.prepare<[], { kind: number; n: number }>(STAGED_COUNTS).all())
		counts[kindOf(kind)] = n;
	return counts;
}

/** Stages what a revision holds outside a scope. */
export function carryOver(db: Connection, project: number, revision: number, scope: Scope): void {
	if (scope.of === 'project') return;
	const outside = scope.of === 'themes' ? scope.themes : scope.remove;
	db.prepare(CARRY_OVER + (scope.of === 'themes' ? OUTSIDE_THEMES : OUTSIDE_RECORDS)).run({
		project,
		revision,
		outside: JSON.stringify(outside),
	});
}

/** How many of the differences throw away something of `revision` that `base` does not hold. */
export function countUnseen(db: Connection, project: number, revision: number, base: number | null): number {
	// pluck() answers the count. Revision 0 holds nothing.
	return db
		.prepare(UNSEEN)
		.pluck()
		.get({ project, revision, base: base ?? 0 }) as number;
}
