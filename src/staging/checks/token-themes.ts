import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { TableSet } from '../tables.ts';
import type { Check } from './check.ts';

/** Themes are found by the primary key. */
export const withoutTheme = ({ records }: TableSet): string => `
  SELECT t.uuid, t.name, t.theme
  FROM ${records} AS t
  WHERE t.kind = 2 AND ${unlessStopped('t.uuid')}
    AND NOT EXISTS (SELECT 1 FROM ${records} AS h WHERE h.kind = 1 AND h.uuid = t.theme)`;

interface WithoutThemeRow {
	readonly uuid: string;
	readonly name: string;
	readonly theme: string;
}

const message = ({ theme }: WithoutThemeRow): string => `its theme ${theme} is not there`;

/** REFUSALS 32: every token belongs to a theme that is there. */
export const tokenThemes: Check = {
	id: 'token-themes',
	*find(db, set) {
		for (const row of db.prepare<[], WithoutThemeRow>(withoutTheme(set)).iterate()) {
			const { uuid, name: path } = row;
			yield { code: 'dangling_reference', uuid, path, pointer: '/theme', reason: message(row) };
		}
	},
};
