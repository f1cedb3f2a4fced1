import { ReferenceBudget } from '../../records/reference-budget.ts';
import type { Connection } from '../../sqlite/connection.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { TableSet } from '../tables.ts';
import { ACTIVE_TOGETHER, type Check, countTokens } from './check.ts';
import { type DoubtfulPaths, doubtfulPaths } from './path-types.ts';

/**
 * Only among paths that may have a wrong type (`path-types.ts`): a path in many themes is joined with all of them, so
 * that among all paths this would cost the square of their number. A token without a type of its own has that of the
 * token it refers to (DTCG Format 2025.10 §5.2.2), over any number of steps; the check for circles has run before.
 * UNION keeps the walk finite all the same. (MATERIALIZED and CROSS JOIN: otherwise SQLite joins all tokens with all
 * tokens at each step of the walk.)
 */
export const misfits = ({ records, references, byName }: TableSet): string => `
  WITH RECURSIVE
    step (uuid, target_uuid) AS MATERIALIZED (
      SELECT t.uuid, u.uuid
      FROM ${references} AS r
      CROSS JOIN ${records} AS t ON t.kind = 2 AND t.uuid = r.uuid AND t.type IS NULL
      CROSS JOIN ${records} AS u INDEXED BY ${byName} ON u.kind = 2 AND u.name = r.target
      WHERE r.kind = 2 AND r.pointer = '/value' AND r.part IS NULL
        AND t.name IN (SELECT value FROM json_each(:reached)) AND ${unlessStopped('u.uuid')}
    ),
    typed (uuid, type) AS (
      SELECT x.uuid, x.type FROM ${records} AS x INDEXED BY ${byName}
      WHERE x.kind = 2 AND x.name IN (SELECT value FROM json_each(:reached)) AND x.type IS NOT NULL
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
  WHERE r.kind = 2 AND r.part IS NULL AND r.expects IS NOT NULL
    AND r.target IN (SELECT value FROM json_each(:doubtful)) AND typed.type <> r.expects
    AND ${unlessStopped('r.rowid')} AND ${unlessStopped('u.uuid')} AND ${ACTIVE_TOGETHER}`;

/** The tokens that the statement above looks at, once for each reference to them. */
export const visits = ({ records, references, byName }: TableSet): string => `
  WITH sizes (name, tokens) AS MATERIALIZED (
    SELECT x.name, count(*) FROM ${records} AS x INDEXED BY ${byName}
    WHERE x.kind = 2 AND x.name IN (SELECT value FROM json_each(:reached)) AND ${unlessStopped('x.uuid')}
    GROUP BY x.name)
  SELECT coalesce(sum(sizes.tokens), 0)
  FROM ${references} AS r
  CROSS JOIN sizes ON sizes.name = r.target
  WHERE r.kind = 2 AND r.part IS NULL AND ${unlessStopped('r.rowid')}`;

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

/** REFUSALS 35: an alias leads to a token of the type that stands in its place; REFUSALS 43 bounds the search. */
export const aliasTypes: Check = {
	id: 'alias-types',
	*find(db, set) {
		const paths = doubtfulPaths(db, set);
		if (paths.doubtful.length === 0) return;
		for (const row of misfitsAmong(db, set, paths)) {
			const { uuid, name: path, pointer } = row;
			yield { code: 'reference_type', uuid, path, pointer, reason: message(row) };
		}
	},
};

/** @throws {DssError} reference_web_too_large */
function misfitsAmong(db: Connection, set: TableSet, paths: DoubtfulPaths): Iterable<MisfitRow> {
	const reached = JSON.stringify(paths.reached);
	new ReferenceBudget(countTokens(db, set)).spend(Number(db.prepare(visits(set)).pluck().get({ reached })));
	const doubtful = JSON.stringify(paths.doubtful);
	return db.prepare<object, MisfitRow>(misfits(set)).iterate({ reached, doubtful });
}
