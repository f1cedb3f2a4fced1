import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { TableSet } from '../tables.ts';
import type { Check } from './check.ts';

/** In the order of the index by name: no sorting. A theme's group is null for all but themes. */
export const twice = ({ records }: TableSet): string => `
  SELECT kind, name, count(*) AS n, min(uuid) AS uuid
  FROM ${records}
  WHERE ${unlessStopped('uuid')}
  GROUP BY kind, name, theme, theme_group
  HAVING n > 1`;

interface TwiceRow {
	readonly kind: number;
	readonly name: string;
	readonly n: number;
	readonly uuid: string;
}

const message = ({ kind, n }: TwiceRow): string => {
	if (kind === 2) return `${n} tokens of one theme have this path`;
	return `${n} ${kind === 1 ? 'themes of one group' : 'components'} have this name`;
};

/** REFUSALS 36: (theme, path) of a token, the name of a component, the name of a theme within its group. */
export const uniqueIdentities: Check = {
	id: 'unique-identities',
	*find(db, set) {
		for (const row of db.prepare<[], TwiceRow>(twice(set)).iterate()) {
			yield { code: 'duplicate_record', uuid: row.uuid, path: row.name, reason: message(row) };
		}
	},
};
