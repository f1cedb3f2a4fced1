/** How staged records differ from a revision: joins by uuid over content hashes. */
import { KINDS } from '../../../schemas/records.ts';
import { type Counts, noCounts } from '../../records/counts.ts';
import type { Connection } from '../../sqlite/connection.ts';
import { kindOf } from '../../sqlite/kinds.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { Difference } from '../port.ts';

/** Finds the row of each staged record by the key of the layout. */
export const ADDED_AND_CHANGED = `
  INSERT INTO temp.differences (kind, uuid, change)
  SELECT s.kind, s.uuid, iif(h.uuid IS NULL, 1, 2)
  FROM temp.staged AS s
  LEFT JOIN temp.here AS h ON h.kind = s.kind AND h.uuid = s.uuid
  WHERE ${unlessStopped('s.uuid')} AND (h.uuid IS NULL OR h.hash <> s.hash)`;

export const REMOVED = `
  INSERT INTO temp.differences (kind, uuid, change)
  SELECT h.kind, h.uuid, 3
  FROM temp.here AS h
  WHERE ${unlessStopped('h.uuid')}
    AND NOT EXISTS (SELECT 1 FROM temp.staged AS s WHERE s.kind = h.kind AND s.uuid = h.uuid)`;

/** What a merge changes of ours is known from its cases: no second look at all records. */
const OF_CASES = `
  INSERT INTO temp.differences (kind, uuid, change)
  SELECT kind, uuid, CASE WHEN local IS NULL THEN 1 WHEN take = 'imported' AND imported IS NULL THEN 3 ELSE 2 END
  FROM temp.cases
  WHERE take <> 'local' AND ${unlessStopped('uuid')}`;

const COUNTS = 'SELECT kind, change, count(*) AS n FROM temp.differences GROUP BY kind, change';
const STAGED_COUNTS = 'SELECT kind, count(*) AS n FROM temp.staged GROUP BY kind';

/** With nothing to compare with, all records are added; `differences` stays empty. */
export function allAdded(db: Connection): Difference {
	return { added: countStaged(db), changed: noCounts(), removed: noCounts(), unchanged: noCounts() };
}

/** Fills `differences` with what is not the same in the layout `here`. */
export function findDifferences(db: Connection): Difference {
	db.transaction(() => {
		db.exec('DELETE FROM temp.differences');
		db.prepare(ADDED_AND_CHANGED).run();
		db.prepare(REMOVED).run();
	})();
	return countDifferences(db);
}

/** Fills `differences` with what the decided cases change of ours. */
export function differencesOfCases(db: Connection): Difference {
	db.transaction(() => {
		db.exec('DELETE FROM temp.differences');
		db.prepare(OF_CASES).run();
	})();
	return countDifferences(db);
}

function countDifferences(db: Connection): Difference {
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
