/** Circles among tokens that refer to tokens, as far as they can be active at once (FORMAT, "theme"). */
import type { ReferenceBudget } from '../../records/reference-budget.ts';
import { knotsOf } from './knots.ts';

/** A token at one of the paths that lead to each other. */
export interface PlacedToken {
	readonly uuid: string;
	readonly path: string;
	readonly theme: string;
	/** The group of the theme; null where it has none. */
	readonly group: string | null;
	/** The order of the theme; null where the theme is not there. */
	readonly order: number | null;
	/** The paths that it refers to. */
	readonly targets: readonly string[];
}

interface Node {
	/** Null for a path that several tokens have: it leads to each of them. */
	readonly token: PlacedToken | null;
	readonly targets: Node[];
}

/** Loops in the order of reference. @throws {DssError} reference_web_too_large */
export function* loopsAmong(
	tokens: readonly PlacedToken[],
	budget: ReferenceBudget,
): Generator<readonly PlacedToken[]> {
	const paths = pathsOf(tokens);
	const shown = tokens.filter((token) => !isHidden(token, paths));
	const grouped = shown.some(({ group }) => group !== null);
	const nodes = grouped ? nodesOfThemes(shown, paths, budget) : nodesOfPaths(shown);
	for (const loop of loopsIn(nodes, budget, false)) {
		yield loop.flatMap(({ token }) => (token === null ? [] : [token]));
	}
}

/** What stands at a path. */
interface AtPath {
	readonly themes: Set<string>;
	/** The highest order of a theme without a group, which is always active. */
	top: number;
}

function pathsOf(tokens: readonly PlacedToken[]): Map<string, AtPath> {
	const paths = new Map<string, AtPath>();
	for (const { path, theme, group, order } of tokens) {
		const at = paths.get(path) ?? { themes: new Set(), top: Number.NEGATIVE_INFINITY };
		at.themes.add(theme);
		if (group === null && order !== null) at.top = Math.max(at.top, order);
		paths.set(path, at);
	}
	return paths;
}

/** A token that another of its path, which is always active, is laid over is never seen. */
function isHidden({ path, order }: PlacedToken, paths: ReadonlyMap<string, AtPath>): boolean {
	return order !== null && (paths.get(path)?.top ?? order) > order;
}

/** Where all themes are active at once, a reference can mean each token of its path: one node a path keeps this linear. */
function nodesOfPaths(tokens: readonly PlacedToken[]): Node[] {
	const nodes = tokens.filter(refers).map((token) => ({ token, targets: [] as Node[] }));
	const byPath = new Map(
		[...Map.groupBy(nodes, ({ token }) => token.path)].map(([path, at]) => [path, hub(at)]),
	);
	for (const { token, targets } of nodes) {
		for (const path of token.targets) {
			const target = byPath.get(path);
			if (target !== undefined) targets.push(target);
		}
	}
	return [...nodes, ...byPath.values()];
}

function hub(nodes: readonly Node[]): Node {
	const [only] = nodes;
	return nodes.length === 1 && only !== undefined ? only : { token: null, targets: [...nodes] };
}

/** Where some themes exclude each other, each reference leads to the tokens that can be active with its own. */
function nodesOfThemes(
	tokens: readonly PlacedToken[],
	paths: ReadonlyMap<string, AtPath>,
	budget: ReferenceBudget,
): Node[] {
	const nodes = tokens.filter(refers).map((token) => ({ token, targets: [] as Node[] }));
	const byPath = new Map(
		[...Map.groupBy(nodes, ({ token }) => token.path)].map(([path, at]) => [
			path,
			{
				groups: Map.groupBy(at, ({ token }) => token.group),
				themes: Map.groupBy(at, ({ token }) => token.theme),
			},
		]),
	);
	for (const { token, targets } of nodes) {
		for (const path of token.targets) {
			const at = byPath.get(path);
			if (at === undefined) continue;
			for (const [group, members] of at.groups) {
				// Of its own group, its own theme alone.
				const meant = group !== null && group === token.group ? (at.themes.get(token.theme) ?? []) : members;
				budget.spend(1 + meant.length);
				for (const other of meant) if (canMean(token, other.token, paths)) targets.push(other);
			}
		}
	}
	return nodes;
}

/** Neither end hides the other: a theme that has both paths is laid over what lies under it. */
function canMean(source: PlacedToken, target: PlacedToken, paths: ReadonlyMap<string, AtPath>): boolean {
	const { order: from } = source;
	const { order: to } = target;
	if (from === null || to === null) return true;
	if (from > to && paths.get(target.path)?.themes.has(source.theme)) return false;
	return !(to > from && paths.get(source.path)?.themes.has(target.theme));
}

const refers = ({ targets }: PlacedToken): boolean => targets.length > 0;

/**
 * Loops of tokens whose themes can all be active. Where a knot holds several themes of one group, each of them is looked
 * at without the others: what is found is exact, and what is looked at is counted.
 *
 * @param counted whether this looks at nodes once more
 */
function* loopsIn(nodes: readonly Node[], budget: ReferenceBudget, counted: boolean): Generator<Node[]> {
	if (counted) budget.spend(nodes.reduce((sum, { targets }) => sum + 1 + targets.length, 0));
	for (const knot of knotsOf(nodes)) {
		const group = dividedGroup(knot);
		if (group === null) {
			yield* loopsAtOnce(knot);
			continue;
		}
		const ofGroup = (node: Node) => node.token?.group === group;
		const others = knot.filter((node) => !ofGroup(node));
		yield* loopsIn(others, budget, true);
		for (const [theme, members] of Map.groupBy(knot.filter(ofGroup), ({ token }) => token?.theme)) {
			for (const loop of loopsIn([...members, ...others], budget, true)) {
				// Those without it have been found.
				if (loop.some(({ token }) => token?.theme === theme)) yield loop;
			}
		}
	}
}

/** A group of which a knot holds more than one theme; null where there is none. */
function dividedGroup(knot: readonly Node[]): string | null {
	const themes = new Map<string, string>();
	for (const { token } of knot) {
		if (token === null || token.group === null) continue;
		if ((themes.get(token.group) ?? token.theme) !== token.theme) return token.group;
		themes.set(token.group, token.theme);
	}
	return null;
}

/** Where all tokens of a knot can be active at once, every way back to the path is a loop: one walk over the edges. */
function* loopsAtOnce(knot: readonly Node[]): Generator<Node[]> {
	const among = new Set(knot);
	const done = new Set<Node>();
	// Tokens first: a loop begins with one.
	for (const start of knot.toSorted((a, b) => Number(a.token === null) - Number(b.token === null))) {
		if (done.has(start)) continue;
		const walk = new Walk(start);
		for (let next = walk.next(done); next !== null; next = walk.next(done)) {
			if (!among.has(next) || done.has(next)) continue;
			if (walk.holds(next)) yield walk.since(next);
			else walk.enter(next);
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

	/** The next node that the end of the path leads to; goes back where there is none, into `left`. */
	next(left: Set<Node>): Node | null {
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
			left.add(at);
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
