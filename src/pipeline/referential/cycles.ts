import { errors } from '../../errors.ts';
import type { Row } from '../../store/port.ts';
import { ACTIVE_TOGETHER, type ReferentialCheck } from './check.ts';

/**
 * An edge leads from a token to one that its alias can mean. Only tokens that refer to something themselves can lie
 * on a circle. (CROSS JOIN and INDEXED BY say how tokens are found: without statistics SQLite guesses wrongly here, by a
 * factor of 500.) The last
 * four conditions leave out what is never seen: a token that another, laid over it, hides
 * whenever both ends of the edge are active (FORMAT, "theme").
 */
const EDGES = `
  SELECT t.uuid AS source, u.uuid AS target, t.theme AS source_theme, u.theme AS target_theme,
    a.theme_group AS source_group, b.theme_group AS target_group, t.name AS source_path, u.name AS target_path
  FROM temp.staged_references AS r
  CROSS JOIN temp.staged AS t ON t.kind = 2 AND t.uuid = r.uuid
  CROSS JOIN temp.staged AS u INDEXED BY staged_by_name ON u.kind = 2 AND u.name = r.target AND u.reference_list IS NOT NULL
  LEFT JOIN temp.staged AS a ON a.kind = 1 AND a.uuid = t.theme
  LEFT JOIN temp.staged AS b ON b.kind = 1 AND b.uuid = u.theme
  WHERE r.kind = 2 AND (a.uuid IS NULL OR b.uuid IS NULL OR ${ACTIVE_TOGETHER})
    AND NOT (a.theme_order > b.theme_order AND EXISTS (
      SELECT 1 FROM temp.staged AS v WHERE v.kind = 2 AND v.name = u.name AND v.theme = t.theme))
    AND NOT (b.theme_order > a.theme_order AND EXISTS (
      SELECT 1 FROM temp.staged AS v WHERE v.kind = 2 AND v.name = t.name AND v.theme = u.theme))
    AND NOT EXISTS (
      SELECT 1 FROM temp.staged AS v CROSS JOIN temp.staged AS w ON w.kind = 1 AND w.uuid = v.theme
      WHERE v.kind = 2 AND v.name = u.name AND w.theme_group IS NULL AND w.theme_order > b.theme_order)
    AND NOT EXISTS (
      SELECT 1 FROM temp.staged AS v CROSS JOIN temp.staged AS w ON w.kind = 1 AND w.uuid = v.theme
      WHERE v.kind = 2 AND v.name = t.name AND w.theme_group IS NULL AND w.theme_order > a.theme_order)`;

/** Paths tried before a knot of references across themes counts as a circle: real ones need a handful. */
const MAX_STEPS = 100_000;
const MAX_LOOPS = 100;

/** REFUSALS 34: no circle of aliases, of any length, that can be active at once. */
export const cycles: ReferentialCheck = {
	id: 'cycles',
	lenient: false,
	async run(workspace, report) {
		const graph = new Graph();
		await workspace.each(EDGES, (row) => graph.add(row));
		for (const loop of graph.loops()) {
			const paths = loop.map((node) => node.path);
			const shown = paths.length <= 10 ? paths : [...paths.slice(0, 9), '…'];
			const [first] = loop;
			if (first === undefined) continue;
			report(
				errors.referenceCycle({
					uuid: first.uuid,
					path: first.path,
					loop: paths.slice(0, 100),
					reason: `it refers to itself: ${[...shown, first.path].join(' → ')}`,
				}),
			);
		}
	},
};

interface Node {
	readonly uuid: string;
	readonly path: string;
	readonly theme: string;
	readonly group: string | null;
	readonly targets: Node[];
	readonly sources: Node[];
}

/** The tokens that refer to tokens that refer. */
class Graph {
	readonly #nodes = new Map<string, Node>();

	add(row: Row): void {
		const source = this.#node(row, 'source');
		const target = this.#node(row, 'target');
		source.targets.push(target);
		target.sources.push(source);
	}

	/** Loops in the order of reference, 100 at most: enough to see what is wrong. */
	*loops(): Generator<Node[]> {
		const knotted = this.#knotted();
		const grouped = [...knotted].some(({ group }) => group !== null);
		const found = grouped ? loopsAcrossThemes(knotted) : loopsAtOnce(knotted);
		let count = 0;
		for (const loop of found) {
			yield loop;
			if (++count === MAX_LOOPS) return;
		}
	}

	/** What is left when, again and again, all that refers to nothing left, or is not referred to, is taken away. */
	#knotted(): Set<Node> {
		const left = new Set(this.#nodes.values());
		for (const [ahead, behind] of [
			['targets', 'sources'],
			['sources', 'targets'],
		] as const) {
			const counts = new Map(
				[...left].map((node) => [node, node[ahead].filter((other) => left.has(other)).length]),
			);
			const ended = [...counts].filter(([, count]) => count === 0).map(([node]) => node);
			for (let node = ended.pop(); node !== undefined; node = ended.pop()) {
				left.delete(node);
				for (const other of node[behind]) {
					if (!left.has(other)) continue;
					const count = (counts.get(other) ?? 0) - 1;
					counts.set(other, count);
					if (count === 0) ended.push(other);
				}
			}
		}
		return left;
	}

	#node(row: Row, end: 'source' | 'target'): Node {
		const uuid = String(row[end]);
		const known = this.#nodes.get(uuid);
		if (known !== undefined) return known;
		const group = row[`${end}_group`];
		const made: Node = {
			uuid,
			path: String(row[`${end}_path`]),
			theme: String(row[`${end}_theme`]),
			group: typeof group === 'string' ? group : null,
			targets: [],
			sources: [],
		};
		this.#nodes.set(uuid, made);
		return made;
	}
}

/** Where all tokens can be active at once, every way back to the path is a loop: one walk over the edges. */
function* loopsAtOnce(knotted: ReadonlySet<Node>): Generator<Node[]> {
	const done = new Set<Node>();
	for (const start of knotted) {
		if (done.has(start)) continue;
		const walk = new Walk(start);
		for (let next = walk.next(done); next !== null; next = walk.next(done)) {
			if (!knotted.has(next) || done.has(next)) continue;
			if (walk.holds(next)) yield walk.since(next);
			else walk.enter(next);
		}
	}
}

/** Where some themes exclude each other, paths are tried until one returns whose themes can all be active. */
function* loopsAcrossThemes(knotted: ReadonlySet<Node>): Generator<Node[]> {
	const reported = new Set<Node>();
	for (const start of knotted) {
		if (reported.has(start)) continue;
		const walk = new Walk(start);
		let steps = 0;
		for (let next = walk.next(); next !== null; next = walk.next()) {
			const returned = next === start && together(walk.path);
			if (returned || ++steps > MAX_STEPS) {
				for (const node of walk.path) reported.add(node);
				yield [...walk.path];
				break;
			}
			if (knotted.has(next) && !walk.holds(next) && together([...walk.path, next])) walk.enter(next);
		}
	}
}

/** A path through the graph that can go on, and go back. */
class Walk {
	readonly path: Node[];
	readonly #turns: number[] = [0];
	readonly #places = new Map<Node, number>();

	constructor(start: Node) {
		this.path = [start];
		this.#places.set(start, 0);
	}

	/** The next token that the end of the path refers to; goes back where there is none, into \`left\`. */
	next(left?: Set<Node>): Node | null {
		for (;;) {
			const at = this.path.at(-1);
			if (at === undefined) return null;
			const turn = this.#turns.length - 1;
			const next = at.targets[this.#turns[turn] ?? 0];
			if (next !== undefined) {
				this.#turns[turn] = (this.#turns[turn] ?? 0) + 1;
				return next;
			}
			this.path.pop();
			this.#turns.pop();
			this.#places.delete(at);
			left?.add(at);
		}
	}

	enter(node: Node): void {
		this.#places.set(node, this.path.length);
		this.path.push(node);
		this.#turns.push(0);
	}

	holds(node: Node): boolean {
		return this.#places.has(node);
	}

	since(node: Node): Node[] {
		return this.path.slice(this.#places.get(node) ?? 0);
	}
}

function together(path: readonly Node[]): boolean {
	const chosen = new Map<string, string>();
	for (const { group, theme } of path) {
		if (group === null) continue;
		if ((chosen.get(group) ?? theme) !== theme) return false;
		chosen.set(group, theme);
	}
	return true;
}
