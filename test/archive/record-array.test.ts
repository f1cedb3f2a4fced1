import fc from 'fast-check';
import { test } from 'tap';
import { type Element, ElementReader } from '../../src/archive/record-array.ts';

const limits = { maxBytes: 1_000, maxDepth: 8 };

/** Reads an array, handing its bytes over in pieces of a size. */
function read(text: string | Buffer, pieceBytes = 7, more = {}): Element[] {
	const bytes = Buffer.from(text);
	const reader = new ElementReader('tokens', { ...limits, ...more });
	const found: Element[] = [];
	for (let at = 0; at < bytes.length; at += pieceBytes)
		found.push(...reader.take(bytes.subarray(at, at + pieceBytes)));
	return [...found, ...reader.end()];
}
const reasons = (elements: readonly Element[]) =>
	elements.map((element) =>
		'value' in element ? 'value' : element.fault === 'length' ? 'length' : element.fault.kind,
	);

test('the elements are read alike, whatever the pieces and the white space', async (t) => {
	const element = fc.dictionary(
		fc
			.string({ unit: 'grapheme' })
			.filter((name) => !['__proto__', 'constructor', 'prototype'].includes(name)),
		fc.oneof(fc.string({ unit: 'grapheme' }), fc.integer(), fc.constant(null), fc.array(fc.boolean())),
	);
	fc.assert(
		fc.property(
			fc.array(element),
			fc.integer({ min: 1, max: 50 }),
			fc.constantFrom(undefined, 2),
			fc.boolean(),
			(elements, size, space, wrapped) => {
				const text = JSON.stringify(wrapped ? { tokens: elements } : elements, null, space);
				const found = read(text, size, { maxBytes: 1_000_000 });
				t.strictSame(
					found.map((one) => ('value' in one ? one.value : one.fault)),
					JSON.parse(JSON.stringify(elements)),
				);
			},
		),
		{ seed: 1, numRuns: 100 },
	);
});

test('an element with a fault of its own is reported by its number, and the others are read', async (t) => {
	const found = read(
		'[{"a":1},{"a":1,"a":2},{"a":12345678901234567890},{"a":[[[[[[[[1]]]]]]]]},{"a":"\\ud800"},{"b":1}]',
	);
	t.strictSame(reasons(found), ['value', 'ambiguous', 'number', 'depth', 'ambiguous', 'value']);
	t.strictSame(
		found.map(({ number }) => number),
		[1, 2, 3, 4, 5, 6],
	);
});

test('what is not one whole array is reported once, where it shows', async (t) => {
	for (const [text, expected] of [
		['[{"a":1}', ['value', 'syntax']],
		['[] []', ['syntax']],
		['[{},]', ['value', 'syntax']],
		['{"a":1}', ['syntax']],
		['{"records":[]}', ['syntax']],
		['{"tokens":[{}],"more":1}', ['value', 'syntax']],
		['{"tokens":{}}', ['syntax']],
		['', ['syntax']],
		['\ufeff[]', ['syntax']],
		['1', ['syntax']],
		['[1 2]', ['syntax']],
	] as const) {
		for (const size of [1, 2]) t.strictSame(reasons(read(text, size)), expected, text);
	}
	t.strictSame(reasons(read(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]))), ['syntax'], 'bad UTF-8');
});

test('an element that has no end is not kept: reading stops soon after the limit', async (t) => {
	const reader = new ElementReader('tokens', limits);
	const found: Element[] = [...reader.take(Buffer.from('[{"a":1},{"a":"'))];
	let pieces = 0;
	for (; found.length < 2 && pieces < 100; pieces++) found.push(...reader.take(Buffer.alloc(16_384, 'x')));
	t.strictSame(reasons(found), ['value', 'length']);
	t.ok(pieces <= 3, `${pieces} pieces of 16 KiB were read`);
	t.strictSame(reader.take(Buffer.from('"},{"a":1}]')), [], 'nothing behind it is read');
	t.strictSame(reader.end(), []);
});
