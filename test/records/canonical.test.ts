import fc from 'fast-check';
import { test } from 'tap';
import { canonicalJson } from '../../src/records/canonical.ts';
import { canonicalRecord, contentOf, restampedLine, shownRecord } from '../../src/records/line.ts';

const stamp = { version: 7, createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-02T00:00:00.000Z' };

test('members are sorted by UTF-16 code units, at every depth, numbers as names too (RFC 8785)', async (t) => {
	t.equal(
		canonicalJson({ b: 1, a: { '10': 1, '9': 2, z: [{ y: 1, x: 2 }] } }),
		'{"a":{"10":1,"9":2,"z":[{"x":2,"y":1}]},"b":1}',
	);
	t.equal(
		canonicalJson({ '\u20ac': 1, '\r': 2, '1': 3, '\ud83d\ude00': 4, '\ufb33': 5 }),
		'{"\\r":2,"1":3,"\u20ac":1,"\ud83d\ude00":4,"\ufb33":5}',
	);
});

test('numbers are written as ECMAScript does, and what is undefined is left out', async (t) => {
	t.equal(canonicalJson([1e30, 4.5, 2e-3, 1e-27, -0]), '[1e+30,4.5,0.002,1e-27,0]');
	t.equal(canonicalJson({ b: undefined, a: 1 }), '{"a":1}');
});

test('equal values give equal texts, whatever the order of members', async (t) => {
	fc.assert(
		fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
			const reversed = Object.fromEntries(Object.entries(value).reverse());
			t.equal(canonicalJson(reversed), canonicalJson(value));
			t.strictSame(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
		}),
		{ seed: 1 },
	);
});

test('a record’s line and content are the canonical texts of both', async (t) => {
	const record = { uuid: 'u', name: 'base', tags: ['b', 'a'], '2': 0, ...stamp };
	const { line, content } = canonicalRecord(record);
	t.equal(line, canonicalJson(record));
	t.equal(content, canonicalJson(contentOf(record)));
});

test('a line with other bookkeeping is canonical, and of the same content', async (t) => {
	const { line } = canonicalRecord({ uuid: 'u', name: 'base', ...stamp });
	const later = { ...stamp, version: 8, updatedAt: '2026-01-03T00:00:00.000Z' };
	t.equal(restampedLine(line, later), canonicalJson({ uuid: 'u', name: 'base', ...later }));
	t.strictSame(shownRecord(line), {
		uuid: 'u',
		name: 'base',
		version: 7,
		created_at: stamp.createdAt,
		updated_at: stamp.updatedAt,
	});
});
