import { errors } from '../../errors.ts';
import { ACTIVE_TOGETHER, type ReferentialCheck } from './check.ts';

/**
 * A token without a type of its own has that of the token it refers to (DTCG Format 2025.10 §5.2.2), over any number
 * of steps; the check for circles has run before. UNION keeps the walk finite all the same.
 */
const MISFITS = `
  WITH RECURSIVE
    step (uuid, target_uuid) AS (
      SELECT t.uuid, u.uuid
      FROM temp.staged AS t
      JOIN temp.staged_references AS r ON r.kind = 2 AND r.uuid = t.uuid AND r.pointer = '/value' AND r.part IS NULL
      JOIN temp.staged AS u INDEXED BY staged_by_name ON u.kind = 2 AND u.name = r.target
      WHERE t.kind = 2 AND t.type IS NULL
    ),
    typed (uuid, type) AS (
      SELECT uuid, type FROM temp.staged WHERE kind = 2 AND type IS NOT NULL
      UNION
      SELECT step.uuid, typed.type FROM typed JOIN step ON step.target_uuid = typed.uuid
    )
  SELECT DISTINCT r.uuid, t.name, r.target, r.expects, typed.type, r.pointer
  FROM temp.staged_references AS r
  JOIN temp.staged AS t ON t.kind = 2 AND t.uuid = r.uuid
  JOIN temp.staged AS u INDEXED BY staged_by_name ON u.kind = 2 AND u.name = r.target
  JOIN typed ON typed.uuid = u.uuid
  LEFT JOIN temp.staged AS a ON a.kind = 1 AND a.uuid = t.theme
  LEFT JOIN temp.staged AS b ON b.kind = 1 AND b.uuid = u.theme
  WHERE r.kind = 2 AND r.part IS NULL AND r.expects IS NOT NULL AND typed.type <> r.expects
    AND (a.uuid IS NULL OR b.uuid IS NULL OR ${ACTIVE_TOGETHER})`;

/** The same where every token has its type, which is nearly always: no walk. */
const MISFITS_ALL_TYPED = `
  SELECT DISTINCT r.uuid, t.name, r.target, r.expects, u.type, r.pointer
  FROM temp.staged_references AS r
  JOIN temp.staged AS t ON t.kind = 2 AND t.uuid = r.uuid
  JOIN temp.staged AS u INDEXED BY staged_by_name ON u.kind = 2 AND u.name = r.target
  LEFT JOIN temp.staged AS a ON a.kind = 1 AND a.uuid = t.theme
  LEFT JOIN temp.staged AS b ON b.kind = 1 AND b.uuid = u.theme
  WHERE r.kind = 2 AND r.part IS NULL AND r.expects IS NOT NULL AND u.type <> r.expects
    AND (a.uuid IS NULL OR b.uuid IS NULL OR ${ACTIVE_TOGETHER})`;

const UNTYPED =
	'SELECT count(*) AS n FROM (SELECT 1 FROM temp.staged WHERE kind = 2 AND type IS NULL LIMIT 1)';

/** REFUSALS 35: an alias leads to a token of the type that stands in its place. */
export const aliasTypes: ReferentialCheck = {
	id: 'alias-types',
	lenient: true,
	async run(workspace, report) {
		const [untyped] = await workspace.select(UNTYPED);
		for (const row of await workspace.select(untyped?.['n'] === 0 ? MISFITS_ALL_TYPED : MISFITS)) {
			const at = { uuid: String(row['uuid']), path: String(row['name']), pointer: String(row['pointer']) };
			const reason = `{${row['target']}} is of type ${row['type']}, where ${row['expects']} must stand`;
			report(errors.referenceType({ ...at, reason }));
		}
	},
};
