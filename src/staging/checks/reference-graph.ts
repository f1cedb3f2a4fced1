/** Loops among tokens that refer to tokens. */

/** A reference from a token to one that it can mean. */
export interface Edge {
	readonly source: string;
	readonly target: string;
	readonly sourcePath: string;
	readonly targetPath: string;
	readonly sourceTheme: string;
	readonly targetTheme: string;
	/** The group of the theme; null where it has none. */
	readonly sourceGroup: string | null;
	readonly targetGroup: string | null;
}

/** Paths tried before a knot of references across themes counts as a circle: real ones need a handful. */
const MAX_STEPS = 100_000;
const MAX_LOOPS = 100;

export interface Node {
	readonly uuid: string;
	readonly path: string;
	readonly theme: string;
	readonly group: string | null;
	readonly targets: Node[];
	readonly sources: Node[];
}

/** The tokens that refer to tokens that refer. */
export class ReferenceGraph {
	readonly #nodes = new Map<string, Node>();

	add(edge: Edge): void {
		const source = this.#node(edge.source, edge.sourcePath, edge.sourceTheme, edge.sourceGroup);
		const target = this.#node(edge.target, edge.targetPath, edge.targetTheme, edge.targetGroup);
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

	#node(uuid: string, path: string, theme: string, group: string | null): Node {
		const known = this.#nodes.get(uuid);
		if (known !== undefined) return known;
		const made: Node = { uuid, path, theme, group, targets: [], sources: [] };
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

	/** The next token that the end of the path refers to; goes back where there is none, into `left`. */
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
