import t from 'tap';
import { FreeNames } from '../../../../src/pipeline/merge/rules/naming.ts';

/** Gives each name a free one, as a merge does; counts how often it is asked whether a name is taken. */
function nameAll(names: readonly string[], inUse: readonly string[]) {
	const taken = new Set(inUse);
	const free = new FreeNames();
	let asked = 0;
	const given = names.map((name) => {
		const found = free.of(name, 'tokens', (candidate) => {
			asked++;
			return taken.has(candidate);
		});
		taken.add(found);
		return found;
	});
	return { given, asked };
}

t.test('a free name is kept; one that is taken gets the next number that is free', async (t) => {
	const { given } = nameAll(
		['a', 'b', 'b', 'b', 'c'],
		['b', 'c', 'c-imported', 'c-imported-2', 'b-imported-3'],
	);
	t.strictSame(given, ['a', 'b-imported', 'b-imported-2', 'b-imported-4', 'c-imported-3']);
});

t.test('names that begin alike, nest, or are the same cost as many looks as there are names', async (t) => {
	const prefixes = (count: number) => Array.from({ length: count }, (_, index) => `p${'!'.repeat(index)}`);
	const nested = (count: number) =>
		Array.from({ length: count }, (_, index) => `p${'-imported'.repeat(index)}`);
	const same = (count: number) => Array.from({ length: count }, () => 'p');
	for (const make of [prefixes, nested, same]) {
		const [small, large] = [200, 400].map((count) => nameAll(make(count), make(count)));
		t.ok(small !== undefined && large !== undefined && large.asked < 2.3 * small.asked, `${large?.asked}`);
	}
});

t.test('what is taken in one group is free in another', async (t) => {
	const free = new FreeNames();
	const taken = (name: string) => name === 'a';
	t.equal(free.of('a', 'x', taken), 'a-imported');
	t.equal(
		free.of('a', 'y', () => false),
		'a',
	);
});
