import { test } from 'tap';
import { canonicalJson } from '../../src/records/canonical.ts';
import { CALLS } from '../../src/sqlite/stop-flag.ts';
import { CHECK_IDS } from '../../src/staging/checks/all.ts';
import { alias, component, reference, THEME, theme, token, uuidOf } from '../support/records.ts';
import { findingsOf, openStaging } from '../support/staging.ts';

const base = theme(THEME, 'base');
const LIGHT = uuidOf(101);
const DARK = uuidOf(102);
const schemes = [
	theme(LIGHT, 'light', { group: 'scheme', order: 1 }),
	theme(DARK, 'dark', { group: 'scheme', order: 1 }),
];

test('a sound set has no findings', async (t) => {
	const { set } = openStaging(t);
	const sound = set([
		base,
		token(1, 'a'),
		alias(2, 'token1'),
		component(uuidOf(9), 'Card', {
			references: [reference('token1', { relation: 'token', pointer: '/tokens/0' })],
		}),
	]);
	for (const id of CHECK_IDS) t.strictSame(findingsOf(sound, id), [], id);
});

test('unique-identities: a path twice in a theme, a name twice among components or themes of a group', async (t) => {
	const { findings } = openStaging(t);
	const found = findings('unique-identities', [
		base,
		theme(uuidOf(50), 'base', { group: 'other' }),
		...schemes,
		theme(uuidOf(51), 'dark', { group: 'scheme' }),
		token(1, 'a', { name: 'same' }),
		token(2, 'b', { name: 'same' }),
		token(3, 'c', { name: 'same', theme: LIGHT }),
		component(uuidOf(9), 'Card'),
		component(uuidOf(8), 'Card'),
	]);
	t.strictSame(
		found.map(({ code, path, uuid, reason }) => [code, path, uuid, reason]),
		[
			['duplicate_record', 'dark', uuidOf(51), '2 themes of one group have this name'],
			['duplicate_record', 'same', uuidOf(1), '2 tokens of one theme have this path'],
			['duplicate_record', 'Card', uuidOf(8), '2 components have this name'],
		],
	);
});

test('token-themes: a token of a theme that is not there', async (t) => {
	const { findings } = openStaging(t);
	t.strictSame(findings('token-themes', [base, token(1, 'a'), token(2, 'b', { theme: DARK })]), [
		{
			code: 'dangling_reference',
			uuid: uuidOf(2),
			path: 'token2',
			pointer: '/theme',
			reason: `its theme ${DARK} is not there`,
		},
	]);
});

test('component-references: a token or a component that is not there', async (t) => {
	const { findings } = openStaging(t);
	const uses = (target: string, relation: 'token' | 'component', pointer: string) =>
		reference(target, { relation, pointer });
	const card = component(uuidOf(9), 'Card', {
		references: [
			uses('token1', 'token', '/tokens/0'),
			uses('nothing', 'token', '/tokens/1'),
			uses(uuidOf(9), 'component', '/dependencies/0'),
			uses(uuidOf(7), 'component', '/dependencies/1'),
		],
	});
	t.strictSame(
		findings('component-references', [base, token(1, 'a'), card]).map(({ pointer, reason }) => [
			pointer,
			reason,
		]),
		[
			['/tokens/1', 'the token nothing is not there'],
			['/dependencies/1', `the component ${uuidOf(7)} is not there`],
		],
	);
});

test('aliases: a target that is not there, or only in a theme that is never active at once', async (t) => {
	const { findings } = openStaging(t);
	const found = findings('aliases', [
		base,
		...schemes,
		token(1, 'a', { theme: LIGHT }),
		alias(2, 'token1'),
		alias(3, 'token1', { theme: LIGHT }),
		alias(4, 'token1', { theme: DARK }),
		alias(5, 'nothing'),
	]);
	t.strictSame(
		found.map(({ path, reason }) => [path, reason]),
		[
			['token4', 'there is no token {token1} that it could mean'],
			['token5', 'there is no token {nothing} that it could mean'],
		],
	);
});

test('cycles: tokens that refer to themselves, over any number of steps', async (t) => {
	const { findings } = openStaging(t);
	const [loop, ...others] = findings('cycles', [
		base,
		alias(1, 'token2'),
		alias(2, 'token3'),
		alias(3, 'token1'),
	]);
	t.equal(others.length, 0);
	t.match(loop, { code: 'reference_cycle', loop: { length: 3 } });
	t.match(loop?.reason, /^it refers to itself: token\d → token\d → token\d → token\d$/);
	t.strictSame(findings('cycles', [base, alias(1, 'token2'), alias(2, 'token3'), token(3, 'c')]), []);
	t.strictSame(
		findings('cycles', [
			...schemes,
			alias(1, 'token2', { theme: LIGHT }),
			alias(2, 'token1', { theme: DARK }),
		]),
		[],
		'themes of one group are never active at once',
	);
});

test('cycles: a chain of 20,000 tokens is walked without recursion', async (t) => {
	const { findings } = openStaging(t);
	const chain = Array.from({ length: 20_000 }, (_, index) => alias(index, `token${(index + 1) % 20_000}`));
	const [loop] = findings('cycles', [base, ...chain]);
	t.equal(loop?.loop?.length, 100, 'its first paths are listed');
});

test('alias-types: an alias leads to a token of another type than must stand there', async (t) => {
	const { findings } = openStaging(t);
	const color = { references: [reference('token1', { expects: 'color' })] };
	const all = [base, token(1, 'a'), alias(2, 'token1', color)];
	const wanted = ['token2', '{token1} is of type number, where color must stand'];
	t.strictSame(
		findings('alias-types', all).map(({ path, reason }) => [path, reason]),
		[wanted],
	);
});

test('alias-types: a token without a type has that of its target, over any number of steps', async (t) => {
	const { findings } = openStaging(t);
	const untyped = (index: number, target: string) => alias(index, target, { type: null });
	const expecting = (index: number, target: string, expects: string) =>
		alias(index, target, { type: expects, references: [reference(target, { expects })] });
	const found = findings('alias-types', [
		base,
		token(1, 'a'),
		untyped(2, 'token1'),
		untyped(3, 'token2'),
		expecting(4, 'token3', 'number'),
		expecting(5, 'token3', 'color'),
	]);
	t.strictSame(
		found.map(({ path, reason }) => [path, reason]),
		[['token5', '{token3} is of type number, where color must stand']],
	);
});

test('value-parts: the part is there, and what it completes is a value of its type', async (t) => {
	const { findings } = openStaging(t);
	const valued = (index: number, type: string, value: unknown, target: string | null = null) => {
		const references = target === null ? [] : [reference(target, { part: '/value' })];
		const line = canonicalJson({ path: `token${index}`, value });
		return token(index, String(index), { type, line, references });
	};
	const pointing = (path: string) => ({ value: { $ref: path }, unit: 'px' });
	const found = findings('value-parts', [
		base,
		valued(1, 'dimension', { value: 4, unit: 'px' }),
		valued(2, 'dimension', pointing('#/token1/$value/value'), 'token1'),
		valued(3, 'dimension', pointing('#/token1/$value/unit'), 'token1'),
		valued(4, 'dimension', pointing('#/token1/$value/nothing'), 'token1'),
		valued(5, 'dimension', pointing('#/token9/$value/value'), 'token9'),
	]);
	t.strictSame(
		found.map(({ code, path }) => [code, path]),
		[
			['reference_type', 'token3'],
			['dangling_reference', 'token4'],
			['dangling_reference', 'token5'],
		],
	);
});

/** Themes that have the same paths: each token refers to that of the next path. */
function sameInThemes(
	count: number,
	group: string | null,
	typeOf: (theme: number, path: number) => string | null,
) {
	const themes = Array.from({ length: count }, (_, index) =>
		theme(uuidOf(100_000 + index), `theme ${index}`, { group, order: group === null ? 0 : index }),
	);
	const tokens = themes.flatMap(({ uuid }, index) =>
		Array.from({ length: 20 }, (_, path) => {
			const target = reference(`path${path + 1}`, { expects: 'number' });
			const references = path === 19 ? [] : [target];
			const type = typeOf(index, path);
			return token(20 * index + path, 'x', { theme: uuid, name: `path${path}`, type, references });
		}),
	);
	return [...themes, ...tokens];
}

test('no check looks at every pair of the tokens that share a path in many themes', async (t) => {
	const { set, stopFlag } = openStaging(t);
	for (const group of [null, 'g']) {
		for (const isTyped of [true, false]) {
			const all = set(sameInThemes(200, group, (_, path) => (isTyped || path === 19 ? 'number' : null)));
			for (const id of CHECK_IDS) {
				const before = stopFlag[CALLS] ?? 0;
				t.strictSame(findingsOf(all, id), [], id);
				// Statements call checkpoint() for one row in 64: pairs would be 12,500 calls, tokens are some 100.
				const calls = (stopFlag[CALLS] ?? 0) - before;
				t.ok(calls < 1_000, `${id}: ${calls} calls`);
			}
		}
	}
});

test('aliases that lead only into other themes of their group look at no pair either', async (t) => {
	const { set, stopFlag } = openStaging(t);
	const [sources, targets] = [0, 300].map((from) =>
		Array.from({ length: 300 }, (_, index) => {
			const uuid = uuidOf(100_000 + from + index);
			const own = theme(uuid, `theme ${from + index}`, { group: 'g', order: from + index });
			const more = from === 0 ? { references: [reference('there')] } : { name: 'there' };
			return [own, token(from + index, 'x', { theme: uuid, ...more })];
		}).flat(),
	);
	const all = set([...(sources ?? []), ...(targets ?? [])]);
	const before = stopFlag[CALLS] ?? 0;
	t.equal(findingsOf(all, 'aliases').length, 300);
	const calls = (stopFlag[CALLS] ?? 0) - before;
	t.ok(calls < 200, `${calls} calls, where pairs would be 1,400`);
});

test('tokens of many themes that have other types at the same path are looked at within a budget', async (t) => {
	const { set } = openStaging(t);
	const types = (count: number) =>
		set(
			sameInThemes(
				count,
				'g',
				(theme, path) => (path > 0 ? ['number', 'string'][theme % 2] : 'number') ?? null,
			),
		);
	t.equal(findingsOf(types(10), 'alias-types').length, 5 * 19, 'each theme means its own');
	t.throws(() => findingsOf(types(400), 'alias-types'), { code: 'reference_web_too_large' });
});
