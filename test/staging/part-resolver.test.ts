import t from 'tap';
import { canonicalJson } from '../../src/records/canonical.ts';
import { ReferenceBudget } from '../../src/records/reference-budget.ts';
import { PartResolver } from '../../src/staging/checks/part-resolver.ts';
import { reference, THEME, theme, token } from '../support/records.ts';
import { openStaging } from '../support/staging.ts';

/** Resolves all values, each of which can point to the others by its place in the list. */
function resolveAll(values: readonly unknown[]) {
	const budget = new ReferenceBudget(values.length);
	const resolver = new PartResolver((_theme, path) => values[Number(path.slice(1))], budget);
	const resolved = values.map((value) => resolver.resolve(THEME, value));
	return { resolved, steps: budget.spent };
}

const pointer = (to: number, part = '') => ({ $ref: `#/t${to}/$value${part}` });
/** Each value points to a part of the one before, so many times. */
const web = (depth: number, width: number) =>
	Array.from({ length: depth }, (_, index) =>
		Array.from({ length: width }, () => (index === 0 ? 0.5 : pointer(index - 1, '/0'))),
	);

t.test('only the part that is pointed at is resolved, once: a web costs its references', async (t) => {
	const [small, large] = [resolveAll(web(15, 4)), resolveAll(web(30, 4))];
	t.strictSame(large.resolved.at(-1)?.ok && large.resolved.at(-1), {
		ok: true,
		value: [0.5, 0.5, 0.5, 0.5],
		nodes: 5,
		depth: 30,
	});
	t.ok(small.steps < 15 * 4 * 5, `${small.steps} steps`);
	t.ok(large.steps < 2.3 * small.steps, `${large.steps} steps for twice as many`);
});

t.test('what stands beside the part is not looked at', async (t) => {
	const { resolved } = resolveAll([[1, { $ref: '#/nowhere/$value' }], pointer(0, '/0'), pointer(0, '/1')]);
	t.match(resolved[1], { ok: true, value: 1 });
	t.match(resolved[2], { ok: false, reason: '#/nowhere/$value leads to the token {nowhere}' });
});

t.test('a pointer leads through aliases and through pointers on its way', async (t) => {
	const values = [{ a: { b: 7 } }, '{t0}', { a: pointer(1, '/a') }, pointer(2, '/a/b'), [pointer(1)]];
	t.strictSame(
		resolveAll(values).resolved.map((one) => one.ok && one.value),
		[{ a: { b: 7 } }, '{t0}', { a: { b: 7 } }, 7, [{ a: { b: 7 } }]],
	);
});

t.test('chains of 100,000 are walked once, without recursion; over 64 pointers are refused', async (t) => {
	const aliases = (length: number) =>
		Array.from({ length }, (_, index) =>
			index === 0 ? [1] : index % 2 ? `{t${index - 1}}` : `{t${index - 1}}`,
		);
	const asked = (length: number) => resolveAll([...aliases(length), pointer(length - 1, '/0')]);
	const [small, large] = [asked(50_000), asked(100_000)];
	t.match(large.resolved.at(-1), { ok: true, value: 1 });
	t.ok(large.steps < 2.3 * small.steps);
	const pointers = Array.from({ length: 100_000 }, (_, index) => [
		index === 0 ? 1 : pointer(index - 1, '/0'),
	]);
	const { resolved, steps } = resolveAll(pointers.reverse().map((_, index) => pointers[99_999 - index]));
	t.match(
		[resolved[63], resolved[64]],
		[{ ok: true }, { ok: false, reason: 'its references take too many steps' }],
	);
	t.ok(steps < 8 * 100_000, `${steps} steps`);
	t.match(resolveAll([[pointer(1, '/0')], [pointer(0, '/0')]]).resolved[0], { ok: false }, 'a circle ends');
});

t.test('a web that doubles with each step is refused by its size', async (t) => {
	const doubling = (depth: number) =>
		Array.from({ length: depth }, (_, index) =>
			index === 0 ? [1] : [pointer(index - 1), pointer(index - 1)],
		);
	t.ok(resolveAll(doubling(14)).resolved.every(({ ok }) => ok));
	t.throws(() => resolveAll(doubling(20)), { code: 'reference_web_too_large', stage: 'referential' });
});

t.test('the check refuses such a web of staged tokens', async (t) => {
	const { findings } = openStaging(t);
	const valued = (index: number, value: unknown, target: string | null, more = {}) => {
		const references = target === null ? [] : [reference(target, { part: '/0' })];
		const line = canonicalJson({ path: `token${index}`, value } as Parameters<typeof canonicalJson>[0]);
		return token(index, String(index), { type: null, line, references, ...more });
	};
	const to = (index: number) => ({ $ref: `#/token${index}/$value` });
	const web = Array.from({ length: 40 }, (_, index) =>
		valued(
			index,
			index === 0 ? [1] : [to(index - 1), to(index - 1)],
			index === 0 ? null : `token${index - 1}`,
		),
	);
	t.throws(() => findings('value-parts', [theme(THEME, 'base'), ...web]), {
		code: 'reference_web_too_large',
	});
});
