import fc from 'fast-check';
import { test } from 'tap';
import { parseStrict } from '../../src/records/strict-json.ts';

const options = { maxDepth: 64 };
const fault = (text: string, more = {}) => {
	const result = parseStrict(text, { ...options, ...more });
	return result.ok ? 'accepted' : result.fault.kind;
};
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

test('every JSON value is read as JSON.parse reads it, whatever its white space', async (t) => {
	const dangerous = (value: unknown): boolean =>
		typeof value === 'object' &&
		value !== null &&
		Object.entries(value).some(
			([name, member]) => ['__proto__', 'constructor', 'prototype'].includes(name) || dangerous(member),
		);
	fc.assert(
		fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
			// Whole numbers beyond 2^53 are refused by rule, and some member names.
			fc.pre(!/[^.\d]\d{16}/.test(` ${JSON.stringify(value)}`) && !dangerous(value));
			const text = JSON.stringify(value, null, space);
			const result = parseStrict(text, options);
			if (!result.ok) throw new Error(`${text}: ${result.fault.reason}`);
			t.strictSame(result.value, JSON.parse(text));
		}),
		{ seed: 1, numRuns: 300 },
	);
});

test('what breaks the grammar is refused', async (t) => {
	for (const text of [
		'[1,]',
		'{"a":1}x',
		'\ufeff{}',
		'NaN',
		'',
		'01',
		'[1 2]',
		"{'a':1}",
		'{"a":1',
		'nul',
		'"\u0001"',
		'"\\q"',
		'[1',
		'"abc',
		'-',
		'1.',
		'truefalse',
	]) {
		t.equal(fault(text), 'syntax', text);
	}
});

test('what two readers could understand differently is refused', async (t) => {
	for (const text of [
		'{"a":1,"a":1}',
		'{"a":1,"\\u0061":2}',
		'{"x":{"a":1,"b":2,"a":3}}',
		'{"__proto__":{}}',
		'{"a":{"constructor":1}}',
		'{"prototype":1}',
		'"\\ud800"',
		'["\\udc00\\ud800"]',
		'{"\\ud800":1}',
	]) {
		t.equal(fault(text), 'ambiguous', text);
	}
});

test('in a design tokens file groups and tokens may have any name, and nothing else may', async (t) => {
	const tokens = { maxTokens: 10 };
	t.equal(fault('{"__proto__":{"$value":1}}', tokens), 'accepted');
	t.equal(fault('{"constructor":{"prototype":{"$value":1}}}', tokens), 'accepted');
	for (const text of [
		'{"a":{"$value":1,"$extensions":{"constructor":1}}}',
		'{"a":{"$value":{"__proto__":1}}}',
		'{"a":[{"prototype":1}]}',
		'{"$extensions":{"x":{"constructor":{}}}}',
	]) {
		t.equal(fault(text, tokens), 'ambiguous', text);
	}
	t.equal(
		fault('{"a":{"$value":1},"b":{"$value":1}, "c":{"$extensions":{"$value":1}}}', { maxTokens: 2 }),
		'accepted',
	);
	t.equal(fault('{"a":{"$value":1},"b":{"$value":1}, "c":{"$value":1}}', { maxTokens: 2 }), 'tokens');
});

test('numbers that a double does not hold are refused, and no others', async (t) => {
	for (const text of [
		'9007199254740993',
		'9007199254740994',
		'-9007199254740993',
		'1e400',
		'0.1234567890123456789',
		'1e20',
		`1.${'0'.repeat(50)}`,
		`0.1${'0'.repeat(1_000_000)}1`,
		'9'.repeat(1_000_000),
	]) {
		t.equal(fault(text), 'number', text.slice(0, 50));
	}
	for (const text of [
		'0',
		'-0',
		'1.0',
		'1e2',
		'1E-7',
		'0.1',
		'9007199254740991',
		'0.30000000000000004',
		'100',
		'2.50',
		'1E22',
		'123e65',
		`-0.${'0'.repeat(77)}1`,
	]) {
		t.equal(fault(text), 'accepted', text);
	}
});

test('the depth is bounded before anything is built', async (t) => {
	t.equal(fault(nested(64)), 'accepted');
	t.equal(fault(nested(65)), 'depth');
	t.equal(fault(` ${nested(64)} `), 'accepted', 'read by tokens');
	t.equal(fault('['.repeat(1_000_000)), 'depth');
	t.equal(fault(`"${'['.repeat(100)}"`), 'accepted', 'brackets in a text are no nesting');
});

test('a text of 20 million characters is read, off the fast path too', async (t) => {
	t.equal(fault(` "${'x'.repeat(20_000_000)}"`), 'accepted');
});

test('a fault has its place, however far into the text it lies', async (t) => {
	const far = ' '.repeat(200_000);
	for (const [before, fault] of [
		['{"a":1,', '"a":1}'],
		['[1,', ']'],
		['{"x" ', '1}'],
		['[1, ', '12345678901234567]'],
		['["ok", ', '"\\ud800"]'],
		['[[1], ', 'NaN]'],
	] as const) {
		for (const space of ['', far]) {
			const text = space + before + fault;
			const result = parseStrict(text, options);
			t.equal(result.ok ? -1 : result.fault.where, space.length + before.length, text.trim());
		}
	}
});

test('names can do nothing to prototypes', async (t) => {
	const result = parseStrict('{"__proto__":{"polluted":true}}', { ...options, maxTokens: 1 });
	t.equal(({} as Record<string, unknown>)['polluted'], undefined);
	t.ok(result.ok && Object.hasOwn(result.value as object, '__proto__'));
});
