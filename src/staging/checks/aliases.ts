import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { TableSet } from '../tables.ts';
import type { Check } from './check.ts';

/**
 * Targets are found by the index by name: that of the same theme, else by what is known of the groups of a path's
 * themes. To look at each theme of the path instead would cost the square of their number.
 */
export const danglingAliases = ({ records, references, byName }: TableSet): string => `
  WITH paths (name, always, first_group, last_group) AS MATERIALIZED (
    SELECT x.name, max(b.theme_group IS NULL), min(b.theme_group), max(b.theme_group)
    FROM ${records} AS x INDEXED BY ${byName}
    LEFT JOIN ${records} AS b ON b.kind = 1 AND b.uuid = x.theme
    WHERE x.kind = 2 AND ${unlessStopped('x.uuid')}
    GROUP BY x.name)
  SELECT r.uuid, t.name, r.target, r.pointer
  FROM ${references} AS r
  CROSS JOIN ${records} AS t ON t.kind = 2 AND t.uuid = r.uuid
  LEFT JOIN ${records} AS a ON a.kind = 1 AND a.uuid = t.theme
  WHERE r.kind = 2 AND ${unlessStopped('r.rowid')} AND NOT EXISTS (
    SELECT 1 FROM ${records} AS o WHERE o.kind = 2 AND o.name = r.target AND o.theme = t.theme
  ) AND NOT EXISTS (
    SELECT 1 FROM paths AS p
    WHERE p.name = r.target
      AND (p.always OR a.theme_group IS NULL OR p.first_group <> a.theme_group OR p.last_group <> a.theme_group))`;

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
