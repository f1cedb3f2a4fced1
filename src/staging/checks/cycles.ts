import { excerpt } from '../../records/excerpt.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { TableSet } from '../tables.ts';
import { ACTIVE_TOGETHER, type Check } from './check.ts';
import { type Edge, ReferenceGraph } from './reference-graph.ts';

/**
 * An edge leads from a token to one that its alias can mean. Only tokens that refer to something themselves can lie
 * on a circle. (CROSS JOIN and INDEXED BY say how tokens are found: without statistics SQLite guesses wrongly here, by
 * a factor of 500.) The last four conditions leave out what is never seen: a token that another, laid over it, hides
 * whenever both ends of the edge are active (FORMAT, "theme").
 */
export const edges = ({ records, references, byName }: TableSet): string => `
  SELECT t.uuid AS source, u.uuid AS target, t.theme AS sourceTheme, u.theme AS targetTheme,
    a.theme_group AS sourceGroup, b.theme_group AS targetGroup, t.name AS sourcePath, u.name AS targetPath
  FROM ${references} AS r
  CROSS JOIN ${records} AS t ON t.kind = 2 AND t.uuid = r.uuid
  CROSS JOIN ${records} AS u INDEXED BY ${byName} ON u.kind = 2 AND u.name = r.target AND u.reference_list IS NOT NULL
  LEFT JOIN ${records} AS a ON a.kind = 1 AND a.uuid = t.theme
  LEFT JOIN ${records} AS b ON b.kind = 1 AND b.uuid = u.theme
  WHERE r.kind = 2 AND ${unlessStopped('u.uuid')} AND ${ACTIVE_TOGETHER}
    AND NOT (a.theme_order > b.theme_order AND EXISTS (
      SELECT 1 FROM ${records} AS v WHERE v.kind = 2 AND v.name = u.name AND v.theme = t.theme))
    AND NOT (b.theme_order > a.theme_order AND EXISTS (
      SELECT 1 FROM ${records} AS v WHERE v.kind = 2 AND v.name = t.name AND v.theme = u.theme))
    AND NOT EXISTS (
      SELECT 1 FROM ${records} AS v CROSS JOIN ${records} AS w ON w.kind = 1 AND w.uuid = v.theme
      WHERE v.kind = 2 AND v.name = u.name AND ${unlessStopped('v.uuid')}
        AND w.theme_group IS NULL AND w.theme_order > b.theme_order)
    AND NOT EXISTS (
      SELECT 1 FROM ${records} AS v CROSS JOIN ${records} AS w ON w.kind = 1 AND w.uuid = v.theme
      WHERE v.kind = 2 AND v.name = t.name AND ${unlessStopped('v.uuid')}
        AND w.theme_group IS NULL AND w.theme_order > a.theme_order)`;

/** Paths of a circle that a message names, and that its details list. */
const SHOWN = 10;
const LISTED = 100;

function message(paths: readonly string[]): string {
	const named = (paths.length <= SHOWN ? paths : paths.slice(0, SHOWN - 1)).map(excerpt);
	const shown = paths.length <= SHOWN ? named : [...named, '…'];
	return `it refers to itself: ${[...shown, named[0]].join(' → ')}`;
}

/** REFUSALS 34: no circle of aliases, of any length, that can be active at once. */
export const cycles: Check = {
	id: 'cycles',
	*find(db, set) {
		const graph = new ReferenceGraph();
		for (const edge of db.prepare<[], Edge>(edges(set)).iterate()) graph.add(edge);
		for (const loop of graph.loops()) {
			const [first] = loop;
			if (first === undefined) continue;
			const { uuid, path } = first;
			const paths = loop.map((node) => node.path);
			const reason = message(paths);
			yield { code: 'reference_cycle', uuid, path, loop: paths.slice(0, LISTED), reason };
		}
	},
};
