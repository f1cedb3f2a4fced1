/** Records of a revision that go on as they are. */
import type { Scope } from '../../records/staged-record.ts';
import type { Connection } from '../../sqlite/connection.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import { RECORD_COLUMNS, type TableSet } from '../tables.ts';

const outsideThemes = `
  NOT (kind = 1 AND uuid IN (SELECT value FROM json_each(:outside)))
  AND NOT (kind = 2 AND theme IN (SELECT value FROM json_each(:outside)))`;
const outsideRecords = 'uuid NOT IN (SELECT value FROM json_each(:outside))';

/** Stages the records of a layout that stand outside a scope, in the order of the primary key. */
const carry = (condition: string) => `
  INSERT OR IGNORE INTO temp.staged (${RECORD_COLUMNS})
  SELECT ${RECORD_COLUMNS}
  FROM temp.here
  WHERE ${unlessStopped('uuid')} AND ${condition}`;
export const CARRY_OUTSIDE_THEMES = carry(outsideThemes);
export const CARRY_OUTSIDE_RECORDS = carry(outsideRecords);

export const copyLayout = ({ records }: TableSet, layout: 'here' | 'base'): string => `
  INSERT INTO ${records} (${RECORD_COLUMNS})
  SELECT ${RECORD_COLUMNS}
  FROM temp.${layout}
  WHERE ${unlessStopped('uuid')}`;

/** Stages what a revision holds outside a scope. */
export function carryOver(db: Connection, scope: Scope): void {
	if (scope.of === 'project') return;
	const outside = JSON.stringify(scope.of === 'themes' ? scope.themes : scope.remove);
	db.prepare(scope.of === 'themes' ? CARRY_OUTSIDE_THEMES : CARRY_OUTSIDE_RECORDS).run({ outside });
}
