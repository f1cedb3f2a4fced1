import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson } from '../../src/records/canonical.ts';
import { parseStrict } from '../../src/records/strict-json.ts';

const options = { maxDepth: 64 };
const fault = (text: string, more = {}) => {
	const result = parseStrict(text, { ...options, ...more });
	return result.ok ? 'accepted' : result.fault.kind;
};

describe('strict JSON', () => {
	test('reads every JSON value as JSON.parse does, whatever its white space', () => {
		fc.assert(
			fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
				// Whole numbers beyond 2^53 are refused by rule.
				fc.pre(!/[^.\d]\d{16}/.test(` ${JSON.stringify(value)}`));
				const text = JSON.stringify(value, null, space);
				const result = parseStrict(text, { ...options, anyNames: true });
				assert.ok(result.ok, text);
				assert.deepEqual(result.value, JSON.parse(text));
			}),
		);
	});

	test('refuses what two readers could understand differently', () => {
		for (const text of [
			'{"a":1,"a":1}',
			'{"a":1,"\\u0061":2}',
			'{"x":{"a":1,"b":2,"a":3}}',
			'{"__proto__":{}}',
			'{"a":{"constructor":1}}',
			'{"prototype":1}',
			'"\\ud800"',
			'["\\udc00\\ud800"]',
			'[1,]',
			'{"a":1}x',
			'\ufeff{}',
			'NaN',
			'',
			'01',
			'[1 2]',
			"{'a':1}",
			'{"a":1',
		]) {
			assert.equal(fault(text), 'json', text);
		}
		assert.equal(
			fault('{"__proto__":{"$value":1}}', { anyNames: true }),
			'accepted',
			'as the name of a token',
		);
	});

	test('refuses numbers that a double does not hold, and no others', () => {
		for (const text of [
			'9007199254740993',
			'9007199254740994',
			'-9007199254740993',
			'1e400',
			'0.1234567890123456789',
			'1e20',
		]) {
			assert.equal(fault(text), 'number', text);
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
		]) {
			assert.equal(fault(text), 'accepted', text);
		}
	});

	test('bounds the depth before it reads', () => {
		const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
		assert.equal(fault(nested(64)), 'accepted');
		assert.equal(fault(nested(65)), 'depth');
		assert.equal(fault('['.repeat(1_000_000)), 'depth');
		assert.equal(fault(`"${'['.repeat(100)}"`), 'accepted', 'brackets in a text are no nesting');
	});

	test('names can do nothing to prototypes', () => {
		parseStrict('{"__proto__":{"polluted":true}}', { ...options, anyNames: true });
		assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
	});
});

describe('canonical JSON (RFC 8785)', () => {
	test('sorts members by UTF-16 code units, at every depth, numbers as names too', () => {
		assert.equal(
			canonicalJson({ b: 1, a: { '10': 1, '9': 2, z: [{ y: 1, x: 2 }] } }),
			'{"a":{"10":1,"9":2,"z":[{"x":2,"y":1}]},"b":1}',
		);
		assert.equal(
			canonicalJson({ '\u20ac': 1, '\r': 2, '1': 3, '\ud83d\ude00': 4, '\ufb33': 5 }),
			'{"\\r":2,"1":3,"\u20ac":1,"\ud83d\ude00":4,"\ufb33":5}',
		);
	});

	test('writes numbers as ECMAScript does, and leaves out what is undefined', () => {
		assert.equal(canonicalJson([1e30, 4.5, 2e-3, 1e-27, -0]), '[1e+30,4.5,0.002,1e-27,0]');
		assert.equal(canonicalJson({ b: undefined, a: 1 }), '{"a":1}');
	});

	test('gives equal texts for equal values, whatever the order of members', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
				const reversed = Object.fromEntries(Object.entries(value).reverse());
				assert.equal(canonicalJson(reversed), canonicalJson(value));
				assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
			}),
		);
	});
});
