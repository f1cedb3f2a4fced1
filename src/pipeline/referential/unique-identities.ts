import { errors } from '../../errors.ts';
import type { ReferentialCheck } from './check.ts';

/** In the order of the index staged_by_name: no sorting. A theme's group is null for all but themes. */
const TWICE = `
  SELECT kind, name, count(*) AS n, min(uuid) AS uuid
  FROM temp.staged
  GROUP BY kind, name, theme, theme_group
  HAVING n > 1`;

/** REFUSALS 36: (theme, path) of a token, the name of a component, the name of a theme within its group. */
export const uniqueIdentities: ReferentialCheck = {
	id: 'unique-identities',
	lenient: false,
	async run(workspace, report) {
		for (const { kind, name, n, uuid } of await workspace.select(TWICE)) {
			const what =
				kind === 2
					? 'tokens of one theme have this path'
					: `${kind === 1 ? 'themes of one group' : 'components'} have this name`;
			report(errors.duplicateRecord({ uuid: String(uuid), path: String(name), reason: `${n} ${what}` }));
		}
	},
};
