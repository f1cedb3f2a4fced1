import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { TableSet } from '../tables.ts';
import { ACTIVE_TOGETHER, type Check } from './check.ts';

/** Targets are found by the index by name: that of the same theme, else one row a theme that has the path. */
export const danglingAliases = ({ records, references }: TableSet): string => `
  SELECT r.uuid, t.name, r.target, r.pointer
  FROM ${references} AS r
  CROSS JOIN ${records} AS t ON t.kind = 2 AND t.uuid = r.uuid
  LEFT JOIN ${records} AS a ON a.kind = 1 AND a.uuid = t.theme
  WHERE r.kind = 2 AND ${unlessStopped('r.rowid')} AND NOT EXISTS (
    SELECT 1 FROM ${records} AS o WHERE o.kind = 2 AND o.name = r.target AND o.theme = t.theme
  ) AND NOT EXISTS (
    SELECT 1
    FROM ${records} AS u
    LEFT JOIN ${records} AS b ON b.kind = 1 AND b.uuid = u.theme
    WHERE u.kind = 2 AND u.name = r.target AND ${unlessStopped('u.uuid')} AND ${ACTIVE_TOGETHER})`;

interface DanglingRow {
	readonly uuid: string;
	readonly name: string;
	readonly target: string;
	readonly pointer: string;
}

const message = ({ target }: DanglingRow): string => `there is no token {${target}} that it could mean`;

/** REFUSALS 33: an alias leads to a token of a theme that can be active together with its own. */
export const aliases: Check = {
	id: 'aliases',
	*find(db, set) {
		for (const row of db.prepare<[], DanglingRow>(danglingAliases(set)).iterate()) {
			const { uuid, name: path, pointer } = row;
			yield { code: 'dangling_reference', uuid, path, pointer, reason: message(row) };
		}
	},
};
