import { errors } from '../../errors.ts';
import type { ReferentialCheck } from './check.ts';

const DANGLING = `
  SELECT r.uuid, c.name, r.relation, r.target, r.pointer
  FROM temp.staged_references AS r
  JOIN temp.staged AS c ON c.kind = 3 AND c.uuid = r.uuid
  WHERE r.kind = 3 AND (
    (r.relation = 'token'
      AND NOT EXISTS (SELECT 1 FROM temp.staged AS t WHERE t.kind = 2 AND t.name = r.target))
    OR (r.relation = 'component'
      AND NOT EXISTS (SELECT 1 FROM temp.staged AS d WHERE d.kind = 3 AND d.uuid = r.target)))`;

/** REFUSALS 32: the tokens that a component uses, and the components that it needs, are there. */
export const componentReferences: ReferentialCheck = {
	id: 'component-references',
	lenient: true,
	async run(workspace, report) {
		for (const { uuid, name, relation, target, pointer } of await workspace.select(DANGLING)) {
			const at = { uuid: String(uuid), path: String(name), pointer: String(pointer) };
			report(errors.danglingReference({ ...at, reason: `the ${relation} ${target} is not there` }));
		}
	},
};
