import fc from 'fast-check';
import t from 'tap';
import { canonicalJson } from '../../src/records/canonical.ts';
import type { Json } from '../../src/records/json.ts';
import { brokenBound } from '../../src/records/list-bounds.ts';

const broken = (text: string, more: object = {}) =>
	brokenBound(Buffer.from(text), { levels: 3, maxItems: 3, maxItemBytes: 12, ...more });

t.test('items of the outer levels are counted, each list by itself', async (t) => {
	t.equal(broken('{"delete":["a","b","c"]}'), null);
	t.equal(broken('{"delete":["a","b","c","d"]}'), 'items');
	t.equal(broken('[{},{},{},{}]'), 'items');
	t.equal(broken('{"a":[1,2],"b":[1,2],"c":[1,2]}'), null);
	t.equal(broken('{"upsert":{"tokens":[{},{},{},{}]}}'), 'items');
	t.equal(
		broken('{"upsert":{"tokens":[{"a":1,"b":2,"c":3,"d":4}]}}'),
		null,
		'an item’s own members are its own',
	);
	t.equal(broken('"[,,,,,,,,,,"'), null, 'what stands in a text is none');
	t.equal(broken('{"a\\"[,,,,,":[1],"b\\\\":[1,2,3,4]}'), 'items', 'a text ends at its quote');
});

t.test('an item that its brackets and commas show to be too large is found', async (t) => {
	const record = (value: string) => `{"upsert":{"tokens":[{"v":${value}}]}}`;
	t.equal(broken(record('[[],[]]')), null);
	t.equal(broken(record('[[],[],[],[]]')), 'item');
	t.equal(broken(`{"upsert":{"tokens":[{"v":[[]]},{"v":[[]]},{"v":[[]]}]}}`), null, 'each item by itself');
});

t.test('no text whose items are within the bounds is refused', async () => {
	fc.assert(
		fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue())), fc.boolean(), (records, spaced) => {
			// What JSON text holds, without undefined and -0.
			const items = JSON.parse(JSON.stringify(records)) as Json[];
			const text = JSON.stringify({ upsert: { tokens: items } }, null, spaced ? ' ' : undefined);
			const maxItemBytes = Math.max(2, ...items.map((item) => canonicalJson(item).length));
			const bounds = { levels: 3, maxItems: Math.max(1, items.length), maxItemBytes };
			return brokenBound(Buffer.from(text), bounds) === null;
		}),
		{ numRuns: 500 },
	);
});
