/** A set of records: its index, its references as rows, its checks. */
import type { Connection } from '../sqlite/connection.ts';
import { unlessStopped } from '../sqlite/stop-flag.ts';
import { checkOf } from './checks/all.ts';
import type { CheckId, Finding } from './port.ts';
import { nameIndexOf, type TableSet } from './tables.ts';

/** References are spread from the records' own lists: one statement instead of one more row a reference. */
const spread = ({ records, references }: TableSet): string => `
  INSERT INTO ${references} (kind, uuid, relation, target, expects, pointer, part)
  SELECT s.kind, s.uuid, r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3, r.value ->> 4
  FROM ${records} AS s, json_each(s.reference_list) AS r
  WHERE s.reference_list IS NOT NULL AND ${unlessStopped('r.key')}`;

/** Makes the records of a set ready for checks: an index by name, and their references as rows. */
export function indexSet(db: Connection, set: TableSet): void {
	db.transaction(() => {
		db.exec(nameIndexOf(set));
		db.prepare(spread(set)).run();
	})();
}

/** Runs a check over a set until `report` returns false. */
export function runCheck(
	db: Connection,
	set: TableSet,
	id: CheckId,
	report: (finding: Finding) => boolean,
): void {
	for (const finding of checkOf(id).find(db, set)) if (!report(finding)) return;
}
