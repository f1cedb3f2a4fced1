import { errors } from '../../errors.ts';
import { ACTIVE_TOGETHER, type ReferentialCheck } from './check.ts';

/** Targets are found by the index staged_by_name. */
const DANGLING = `
  SELECT r.uuid, t.name, r.target, r.pointer
  FROM temp.staged_references AS r
  JOIN temp.staged AS t ON t.kind = 2 AND t.uuid = r.uuid
  LEFT JOIN temp.staged AS a ON a.kind = 1 AND a.uuid = t.theme
  WHERE r.kind = 2 AND NOT EXISTS (
    SELECT 1
    FROM temp.staged AS u
    LEFT JOIN temp.staged AS b ON b.kind = 1 AND b.uuid = u.theme
    WHERE u.kind = 2 AND u.name = r.target AND (a.uuid IS NULL OR b.uuid IS NULL OR ${ACTIVE_TOGETHER}))`;

/** REFUSALS 33: an alias leads to a token of a theme that can be active together with its own. */
export const aliases: ReferentialCheck = {
	id: 'aliases',
	lenient: true,
	async run(workspace, report) {
		for (const { uuid, name, target, pointer } of await workspace.select(DANGLING)) {
			const at = { uuid: String(uuid), path: String(name), pointer: String(pointer) };
			report(errors.danglingReference({ ...at, reason: `there is no token {${target}} that it could mean` }));
		}
	},
};
