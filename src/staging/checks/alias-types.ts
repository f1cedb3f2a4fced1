import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { TableSet } from '../tables.ts';
import { ACTIVE_TOGETHER, type Check } from './check.ts';

/**
 * A token without a type of its own has that of the token it refers to (DTCG Format 2025.10 §5.2.2), over any number
 * of steps; the check for circles has run before. UNION keeps the walk finite all the same. (MATERIALIZED and CROSS
 * JOIN: otherwise SQLite joins all tokens with all tokens at each step of the walk.)
 */
export const misfits = ({ records, references, byName }: TableSet): string => `
  WITH RECURSIVE
    step (uuid, target_uuid) AS MATERIALIZED (
      SELECT t.uuid, u.uuid
      FROM ${references} AS r
      CROSS JOIN ${records} AS t ON t.kind = 2 AND t.uuid = r.uuid AND t.type IS NULL
      CROSS JOIN ${records} AS u INDEXED BY ${byName} ON u.kind = 2 AND u.name = r.target
      WHERE r.kind = 2 AND r.pointer = '/value' AND r.part IS NULL AND ${unlessStopped('u.uuid')}
    ),
    typed (uuid, type) AS (
      SELECT uuid, type FROM ${records} WHERE kind = 2 AND type IS NOT NULL
      UNION
      SELECT step.uuid, typed.type FROM typed CROSS JOIN step ON step.target_uuid = typed.uuid
      WHERE ${unlessStopped('step.uuid')}
    )
  SELECT DISTINCT r.uuid, t.name, r.target, r.expects, typed.type, r.pointer
  FROM ${references} AS r
  CROSS JOIN ${records} AS t ON t.kind = 2 AND t.uuid = r.uuid
  CROSS JOIN ${records} AS u INDEXED BY ${byName} ON u.kind = 2 AND u.name = r.target
  CROSS JOIN typed ON typed.uuid = u.uuid
  LEFT JOIN ${records} AS a ON a.kind = 1 AND a.uuid = t.theme
  LEFT JOIN ${records} AS b ON b.kind = 1 AND b.uuid = u.theme
  WHERE r.kind = 2 AND r.part IS NULL AND r.expects IS NOT NULL AND typed.type <> r.expects
    AND ${unlessStopped('r.rowid')} AND ${unlessStopped('u.uuid')} AND ${ACTIVE_TOGETHER}`;

/**
 * The same where every token has its type, which is nearly always: no walk. A path that has the expected type in every
 * theme is passed over first: otherwise the same paths in many themes cost the square of their number.
 */
export const misfitsAllTyped = ({ records, references, byName }: TableSet): string => `
  SELECT DISTINCT r.uuid, t.name, r.target, r.expects, u.type, r.pointer
  FROM ${references} AS r
  CROSS JOIN ${records} AS t ON t.kind = 2 AND t.uuid = r.uuid
  CROSS JOIN ${records} AS u INDEXED BY ${byName} ON u.kind = 2 AND u.name = r.target
  LEFT JOIN ${records} AS a ON a.kind = 1 AND a.uuid = t.theme
  LEFT JOIN ${records} AS b ON b.kind = 1 AND b.uuid = u.theme
  WHERE r.kind = 2 AND r.part IS NULL AND r.expects IS NOT NULL
    AND (r.target, r.expects) NOT IN (
      SELECT x.name, min(x.type) FROM ${records} AS x INDEXED BY ${byName}
      WHERE x.kind = 2 AND ${unlessStopped('x.uuid')}
      GROUP BY x.name
      HAVING min(x.type) = max(x.type))
    AND ${unlessStopped('u.uuid')} AND u.type <> r.expects AND ${ACTIVE_TOGETHER}`;

const untyped = ({ records }: TableSet): string =>
	`SELECT EXISTS (SELECT 1 FROM ${records} WHERE kind = 2 AND type IS NULL AND ${unlessStopped('uuid')})`;

interface MisfitRow {
	readonly uuid: string;
	readonly name: string;
	readonly target: string;
	readonly expects: string;
	readonly type: string;
	readonly pointer: string;
}

const message = ({ target, type, expects }: MisfitRow): string =>
	`{${target}} is of type ${type}, where ${expects} must stand`;

/** REFUSALS 35: an alias leads to a token of the type that stands in its place. */
export const aliasTypes: Check = {
	id: 'alias-types',
	*find(db, set) {
		const allTyped = db.prepare(untyped(set)).pluck().get() === 0;
		const sql = allTyped ? misfitsAllTyped(set) : misfits(set);
		for (const row of db.prepare<[], MisfitRow>(sql).iterate()) {
			const { uuid, name: path, pointer } = row;
			yield { code: 'reference_type', uuid, path, pointer, reason: message(row) };
		}
	},
};
