import { excerpt } from '../../records/excerpt.ts';
import { ReferenceBudget } from '../../records/reference-budget.ts';
import type { Connection } from '../../sqlite/connection.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { Finding } from '../port.ts';
import type { TableSet } from '../tables.ts';
import { type Check, countTokens } from './check.ts';
import { knotsOf } from './knots.ts';
import { loopsAmong, type PlacedToken } from './reference-graph.ts';

/**
 * Which paths refer to which, whatever the themes: a circle of tokens is one of paths too, and mostly there is none.
 * Only paths that refer to something themselves can lie on one.
 */
export const pathEdges = ({ records, references }: TableSet): string => `
  SELECT DISTINCT t.name AS source, r.target
  FROM ${references} AS r
  CROSS JOIN ${records} AS t ON t.kind = 2 AND t.uuid = r.uuid
  WHERE r.kind = 2 AND ${unlessStopped('r.rowid')} AND r.target IN (
    SELECT x.name FROM ${records} AS x
    WHERE x.kind = 2 AND x.reference_list IS NOT NULL AND ${unlessStopped('x.uuid')})`;

/** All tokens of a path, with the order and group of their themes. */
export const tokensAt = ({ records, byName }: TableSet): string => `
  SELECT u.uuid, u.name AS path, u.theme, b.theme_group AS "group", b.theme_order AS "order", u.reference_list AS list
  FROM ${records} AS u INDEXED BY ${byName}
  LEFT JOIN ${records} AS b ON b.kind = 1 AND b.uuid = u.theme
  WHERE u.kind = 2 AND u.name = :path AND ${unlessStopped('u.uuid')}`;

type TokenRow = Omit<PlacedToken, 'targets'> & { readonly list: string | null };

interface PathNode {
	readonly path: string;
	readonly targets: PathNode[];
}

/** Paths of a circle that a message names, and that its details list. */
const SHOWN = 10;
const LISTED = 100;
const MAX_LOOPS = 100;

function message(paths: readonly string[]): string {
	const named = (paths.length <= SHOWN ? paths : paths.slice(0, SHOWN - 1)).map(excerpt);
	const shown = paths.length <= SHOWN ? named : [...named, '…'];
	return `it refers to itself: ${[...shown, named[0]].join(' → ')}`;
}

/** REFUSALS 34: no circle of aliases, of any length, that can be active at once; REFUSALS 43 bounds the search. */
export const cycles: Check = {
	id: 'cycles',
	*find(db, set) {
		const budget = new ReferenceBudget(countTokens(db, set));
		const placed = db.prepare<object, TokenRow>(tokensAt(set));
		let count = 0;
		for (const knot of knotsOf(pathNodes(db, set))) {
			const paths = new Set(knot.map(({ path }) => path));
			const tokens = [...paths].flatMap((path) => placed.all({ path }).map((row) => toPlaced(row, paths)));
			for (const loop of loopsAmong(tokens, budget)) {
				yield toFinding(loop);
				if (++count === MAX_LOOPS) return;
			}
		}
	},
};

function toFinding(loop: readonly PlacedToken[]): Finding {
	const [first] = loop;
	if (first === undefined) throw new RangeError('a loop has a token');
	const { uuid, path } = first;
	const paths = loop.map((token) => token.path);
	return { code: 'reference_cycle', uuid, path, loop: paths.slice(0, LISTED), reason: message(paths) };
}

function pathNodes(db: Connection, set: TableSet): Iterable<PathNode> {
	const nodes = new Map<string, PathNode>();
	const nodeOf = (path: string): PathNode => {
		const node = nodes.get(path) ?? { path, targets: [] };
		nodes.set(path, node);
		return node;
	};
	const rows = db.prepare<[], { source: string; target: string }>(pathEdges(set));
	for (const { source, target } of rows.iterate()) nodeOf(source).targets.push(nodeOf(target));
	return nodes.values();
}

/** @param paths those that lead to each other */
function toPlaced({ list, ...token }: TokenRow, paths: ReadonlySet<string>): PlacedToken {
	// Written by `referenceList`: the target is the second of each.
	const references = JSON.parse(list ?? '[]') as [relation: string, target: string][];
	const targets = new Set(references.map(([, target]) => target).filter((target) => paths.has(target)));
	return { ...token, targets: [...targets] };
}
