import t from 'tap';
import { ReferenceBudget } from '../../src/records/reference-budget.ts';
import { knotsOf } from '../../src/staging/checks/knots.ts';
import { loopsAmong, type PlacedToken } from '../../src/staging/checks/reference-graph.ts';

interface Point {
	readonly name: string;
	readonly targets: Point[];
}

/** A graph of points by name: `ab` leads from a to b. */
function points(...edges: readonly string[]): Point[] {
	const known = new Map<string, Point>();
	const at = (name: string) => {
		const point = known.get(name) ?? { name, targets: [] };
		known.set(name, point);
		return point;
	};
	for (const [from = '', to = ''] of edges) at(from).targets.push(at(to));
	return [...known.values()];
}

t.test('knots are what leads to each other, and to itself', async (t) => {
	const names = (...edges: readonly string[]) =>
		knotsOf(points(...edges)).map((knot) =>
			knot
				.map(({ name }) => name)
				.sort()
				.join(''),
		);
	t.strictSame(names('ab', 'bc', 'cd', 'ac'), []);
	t.strictSame(names('aa', 'ab'), ['a']);
	t.strictSame(names('ab', 'bc', 'ca', 'cd', 'de', 'ed').sort(), ['abc', 'de']);
	t.strictSame(names('ab', 'ba', 'bc', 'cb'), ['abc']);
	t.equal(knotsOf(points('ab', 'ba').slice(0, 1)).length, 0, 'edges to other points are left out');
});

/** Tokens as `[theme, group, order, path, ...targets]`. */
type Row = readonly [theme: string, group: string | null, order: number, path: string, ...targets: string[]];
const placed = (rows: readonly Row[]): PlacedToken[] =>
	rows.map(([theme, group, order, path, ...targets], index) => ({
		uuid: String(index),
		theme,
		group,
		order,
		path,
		targets,
	}));
function search(rows: readonly Row[]) {
	const budget = new ReferenceBudget(rows.length);
	return { loops: [...loopsAmong(placed(rows), budget)], steps: budget.spent };
}
const loops = (...rows: readonly Row[]) =>
	search(rows).loops.map((loop) => loop.map(({ theme, path }) => `${theme}.${path}`).join(' '));

t.test('a circle counts only where all its tokens can be seen at once', async (t) => {
	t.strictSame(loops(['l', 's', 1, 'a', 'b'], ['d', 's', 1, 'b', 'a']), [], 'of two themes of a group');
	t.strictSame(loops(['l', 's', 1, 'a', 'b'], ['d', 'x', 1, 'b', 'a']), ['l.a d.b'], 'of two groups');
	t.strictSame(
		loops(['base', null, 0, 'a', 'b'], ['base', null, 0, 'b'], ['top', null, 1, 'b', 'a']),
		['base.a top.b'],
		'laid over another',
	);
	t.strictSame(
		loops(['base', null, 0, 'a', 'b'], ['base', null, 0, 'b', 'a'], ['top', null, 1, 'b']),
		[],
		'hidden by what is always active',
	);
	t.strictSame(
		loops(['base', null, 0, 'a', 'b'], ['d', 's', 1, 'b', 'a'], ['d', 's', 1, 'a']),
		[],
		'hidden by the theme of its other end',
	);
	t.strictSame(
		loops(
			['base', null, 0, 'a', 'b', 'c'],
			['l', 's', 1, 'b', 'x'],
			['d', 's', 1, 'x', 'a'],
			['d', 's', 1, 'c', 'a'],
		),
		['base.a d.c'],
		'one theme of a group closes a circle, another does not',
	);
});

/** Themes with the same paths, each of which leads to the next, and the last to the first. */
const manyThemes = (themes: number, group: (theme: number) => string | null): Row[] =>
	Array.from({ length: themes }, (_, theme) =>
		Array.from(
			{ length: 20 },
			(_, path): Row => [`t${theme}`, group(theme), 0, `p${path}`, `p${(path + 1) % 20}`],
		),
	).flat();

t.test('the same paths in many themes cost as much as their tokens, not as their pairs', async (t) => {
	t.equal(search(manyThemes(500, () => null)).steps, 0, 'no pair is looked at where all are active');
	const [small, large] = [250, 500].map((themes) => search(manyThemes(themes, () => 'g')));
	t.ok(large !== undefined && small !== undefined && large.steps < 2.3 * small.steps);
	t.equal(large?.loops.length, 500);
	const sound = manyThemes(500, () => 'g').map(
		(row, index) => (index % 20 < 19 ? row : row.slice(0, 4)) as Row,
	);
	t.strictSame(search(sound).loops, []);
});

t.test('a knot across themes that exclude each other is decided, or refused by its size', async (t) => {
	// Each path leads to the next, from one theme of a group to another.
	const knot = (size: number, groups: number): Row[] =>
		Array.from({ length: size }, (_, index) =>
			Array.from({ length: 2 }, (_, theme): Row => {
				const next = [(index + 1) % size, (index + 2) % size];
				return [
					`g${index % groups}-${theme}`,
					`g${index % groups}`,
					0,
					`p${index}`,
					...next.map((to) => `p${to}`),
				];
			}),
		).flat();
	t.ok(search(knot(1_000, 1)).loops.length > 0);
	const crossed: Row[] = Array.from({ length: 2_000 }, (_, index) => [
		index % 2 === 0 ? 'l' : 'd',
		's',
		0,
		`p${index}`,
		`p${(index + 1) % 2_000}`,
		`p${(index + 3) % 2_000}`,
	]);
	t.strictSame(search(crossed).loops, []);
	const paired = (['a', 'b'] as const).flatMap((path) =>
		Array.from({ length: 800 }, (_, index): Row => {
			const group = index % 2 === 0 ? null : 'g';
			return [`t${index}`, group, 0, path, path === 'a' ? 'b' : 'a'];
		}),
	);
	t.throws(() => search(paired), { code: 'reference_web_too_large', stage: 'referential' });
});
