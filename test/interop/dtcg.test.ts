import { test } from 'tap';
import { TooManyTokens } from '../../src/interop/dtcg/extends.ts';
import { type DtcgSettings, readDtcg } from '../../src/interop/dtcg/read.ts';
import type { JsonObject } from '../../src/records/json.ts';
import { pointerTarget, valueReferences } from '../../src/records/references.ts';
import { modernised, valueFault } from '../../src/records/values.ts';

const keep: DtcgSettings = { values: 'keep', references: 'warn', maxTokens: 1000 };
const strict: DtcgSettings = { values: 'strict', references: 'strict', maxTokens: 1000 };
const read = (file: object, settings = keep) => readDtcg(file as JsonObject, settings);
const values = (file: object) =>
	Object.fromEntries(read(file).tokens.map(({ path, value }) => [path, value]));
const number = (value: unknown) => ({ $type: 'number', $value: value });

test('types and deprecations are inherited from the nearest group that has them (§5.2.2, §6.3.1)', async (t) => {
	const { tokens } = read({
		$type: 'number',
		a: {
			$deprecated: 'old',
			b: { $value: 1 },
			c: { $type: 'duration', d: { $value: { value: 1, unit: 's' }, $deprecated: false } },
		},
		e: { $value: 2 },
	});
	const told = tokens.map(({ path, type, deprecated }) => [path, type, deprecated]);
	t.strictSame(told, [
		['a.b', 'number', 'old'],
		['a.c.d', 'duration', undefined],
		['e', 'number', undefined],
	]);
});

test('a token that refers to another has that one’s type before its group’s (§5.2.2)', async (t) => {
	const { tokens } = read({
		g: { $type: 'color', a: { $value: '{n}' }, b: { $value: '{g.a}' } },
		n: number(1),
	});
	t.strictSame(
		tokens.map(({ type }) => type),
		['number', 'number', 'number'],
	);
});

test('$root is a token with its name in the path (§6.2)', async (t) => {
	t.strictSame(values({ a: { $root: number(1), b: number(2) } }), { 'a.$root': 1, 'a.b': 2 });
});

test('$extends merges deeply, over any number of steps, and what is local wins (§6.4)', async (t) => {
	const file = {
		c: { $extends: '{b}', z: number(30) },
		a: { x: number(1), deep: { y: number(2), z: number(3) } },
		b: { $extends: '#/a', deep: { z: number(33) } },
	};
	t.strictSame(values(file), {
		'c.z': 30,
		'c.deep.z': 33,
		'c.deep.y': 2,
		'c.x': 1,
		'a.x': 1,
		'a.deep.y': 2,
		'a.deep.z': 3,
		'b.deep.z': 33,
		'b.deep.y': 2,
		'b.x': 1,
	});
	const inherited = read({
		a: { $type: 'number', x: { $value: 1 } },
		b: { $ref: '#/a', y: { $value: 2 } },
	}).tokens;
	t.strictSame(
		inherited.map(({ path, type }) => [path, type]),
		[
			['a.x', 'number'],
			['b.y', 'number'],
			['b.x', 'number'],
		],
	);
});

test('circles of $extends, and ones that lead nowhere or to tokens, are faults (§6.4.4, §6.4.6)', async (t) => {
	for (const file of [
		{ a: { $extends: '{b}' }, b: { $extends: '{a}' } },
		{ a: { x: number(1), b: { $extends: '{a}' } } },
		{ a: { $extends: '{nowhere}' } },
		{ a: { $extends: '{t}' }, t: number(1) },
		{ a: { $extends: 'b' }, b: {} },
	]) {
		t.equal(read(file).faults[0]?.code, 'invalid_record', JSON.stringify(file));
	}
});

test('few lines of $extends cannot make very many tokens', async (t) => {
	const file: Record<string, object> = { g0: { t: number(1) } };
	for (let step = 1; step <= 40; step++)
		file[`g${step}`] = { a: { $extends: `{g${step - 1}}` }, b: { $extends: `{g${step - 1}}` } };
	t.throws(() => read(file), new TooManyTokens(1000));
});

test('groups that are copied count as well, so that few lines of $extends cannot hold all memory', async (t) => {
	const doubling = (times: number) => {
		const file: Record<string, object> = { g0: {} };
		for (let step = 1; step <= times; step++)
			file[`g${step}`] = { a: { $extends: `{g${step - 1}}` }, b: { $extends: `{g${step - 1}}` } };
		return file;
	};
	t.equal(read(doubling(10)).faults.length, 0);
	t.throws(() => read(doubling(24)), { code: 'reference_web_too_large', stage: 'referential' });
	const nested: Record<string, object> = { g0: {} };
	for (let step = 1; step <= 4_000; step++) nested[`g${step}`] = { a: { $extends: `{g${step - 1}}` } };
	t.throws(() => read(nested), { code: 'reference_web_too_large' });
});

test('a chain of 100,000 extensions is resolved without recursion', async (t) => {
	const file: Record<string, object> = {};
	for (let step = 100_000; step > 0; step--) file[`g${step}`] = { $extends: `{g${step - 1}}` };
	file['g0'] = { $deprecated: true };
	const { faults, groups } = read(file);
	t.same(faults, []);
	t.equal(groups.filter(({ members }) => members['$deprecated'] === true).length, 100_001);
});

test('paths that extension makes too long are faults, as are those that were written so', async (t) => {
	const name = 'n'.repeat(700);
	const file = {
		a: { [name]: { t: number(1) } },
		b: { [name]: { $extends: '{a}' } },
		c: { [name]: { $extends: '{b}' } },
	};
	const { faults, tokens } = read(file);
	t.match(faults, [{ path: /^.{201}$/, reason: 'a path has more than 2048 characters' }]);
	t.equal(tokens.length, 2);
	t.match(read({ ['x'.repeat(1_000_000)]: { t: number(1) } }).faults, [{ path: /^x{200}…$/ }]);
	t.equal(read({ ['x'.repeat(2_046)]: { t: number(1) } }).faults.length, 0);
	t.equal(read({ ['x'.repeat(2_047)]: { t: number(1) } }).faults.length, 1);
});

test('older forms become those of 2025.10 where nothing is lost, also within composites; the rest is kept and flagged', async (t) => {
	const { tokens, notes } = read({
		c: { $type: 'color', $value: '#FAF8FF80' },
		d: { $type: 'dimension', $value: '-1.5rem' },
		t: { $type: 'duration', $value: '200ms' },
		s: { $type: 'border', $value: { color: '#fff', width: '1px', style: 'solid' } },
		odd: { $type: 'dimension', $value: '2vw' },
	});
	t.strictSame(
		tokens.map(({ value }) => value),
		[
			{ colorSpace: 'srgb', components: [250 / 255, 248 / 255, 1], alpha: 128 / 255, hex: '#faf8ff' },
			{ value: -1.5, unit: 'rem' },
			{ value: 200, unit: 'ms' },
			{
				color: { colorSpace: 'srgb', components: [1, 1, 1], hex: '#ffffff' },
				width: { value: 1, unit: 'px' },
				style: 'solid',
			},
			'2vw',
		],
	);
	t.strictSame(
		tokens.map(({ nonconforming }) => nonconforming),
		[undefined, undefined, undefined, undefined, true],
	);
	t.strictSame(
		notes.map(({ code }) => code),
		['older_form', 'older_form', 'older_form', 'older_form', 'nonconforming_value'],
	);
	t.equal(modernised('dimension', '0'), '0');
});

test('names that could reach a prototype are names like others', async (t) => {
	const file = JSON.parse(
		'{"__proto__":{"$type":"number","constructor":{"$value":1}},"toString":{"$type":"number","$value":2}}',
	);
	t.strictSame(
		read(file).tokens.map(({ path, value }) => [path, value]),
		[
			['__proto__.constructor', 1],
			['toString', 2],
		],
	);
	t.equal(read(JSON.parse('{"a":{"$type":"number","$value":1,"__proto__":2}}')).faults.length, 1);
});

test('what the format does not know is kept beside the tokens, or refused strictly', async (t) => {
	const file = { g: { note: 'hello', a: { ...number(1), alpha: 0.5 } } };
	t.strictSame(read(file).others, [
		{ path: 'g', members: { note: 'hello' } },
		{ path: 'g.a', members: { alpha: 0.5 } },
	]);
	t.equal(read(file, strict).faults.length, 2);
});

test('a pointer leads to a token and a part of its value (§7.4)', async (t) => {
	t.strictSame(pointerTarget('#/a/b/$value'), { path: 'a.b', part: null, whole: false });
	t.strictSame(pointerTarget('#/a~1b/%63/$root/$value/components/0'), {
		path: 'a/b.c.$root',
		part: '/components/0',
		whole: false,
	});
	t.strictSame(pointerTarget('#/a/b'), { path: 'a.b', part: null, whole: true });
	for (const ref of [
		'#',
		'#/',
		'/a/$value',
		'#/a.b/$value',
		'#/a/{b}/$value',
		'#/a/$type',
		'#/a~2/$value',
		'##/a',
	])
		t.equal(pointerTarget(ref), null, ref);
});

test('every reference in a value is found, with the type that must stand there', async (t) => {
	const value = [
		{
			color: '{c}',
			offsetX: { $ref: '#/d/$value' },
			offsetY: { value: { $ref: '#/d/$value/value' }, unit: 'px' },
		},
		'{s}',
	];
	t.strictSame(valueReferences('shadow', value), [
		{ target: 'c', expects: 'color', pointer: '/0/color', part: null },
		{ target: 'd', expects: 'dimension', pointer: '/0/offsetX', part: null },
		{ target: 'd', expects: null, pointer: '/0/offsetY/value', part: '/value' },
		{ target: 's', expects: 'shadow', pointer: '/1', part: null },
	]);
	t.strictSame(valueReferences('border', { style: { dashArray: ['{x}'] } })[0]?.expects, 'dimension');
});

test('a fault of a value tells its place and the paragraph', async (t) => {
	const fault = valueFault('border', { color: '{c}', width: { value: 1, unit: 'em' }, style: 'solid' });
	t.match(fault?.pointer ?? '', /^\/width/);
	t.equal(fault?.rule, 'DTCG Format 2025.10 §9.4');
});
