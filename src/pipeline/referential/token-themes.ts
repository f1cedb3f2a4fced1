import { errors } from '../../errors.ts';
import type { ReferentialCheck } from './check.ts';

const WITHOUT_THEME = `
  SELECT t.uuid, t.name, t.theme
  FROM temp.staged AS t
  WHERE t.kind = 2
    AND NOT EXISTS (SELECT 1 FROM temp.staged AS h WHERE h.kind = 1 AND h.uuid = t.theme)`;

/** REFUSALS 32: every token belongs to a theme that is there. */
export const tokenThemes: ReferentialCheck = {
	id: 'token-themes',
	lenient: true,
	async run(workspace, report) {
		for (const { uuid, name, theme } of await workspace.select(WITHOUT_THEME)) {
			const reason = `its theme ${theme} is not there`;
			report(errors.danglingReference({ uuid: String(uuid), path: String(name), pointer: '/theme', reason }));
		}
	},
};
