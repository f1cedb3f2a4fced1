import fc from 'fast-check';
import { test } from 'tap';
import { LineCutter } from '../../src/archive/json-lines.ts';

/** Cuts bytes into lines, handing them over in pieces of a size. */
function cut(bytes: Buffer, pieceBytes: number, maxBytes = 1_000_000) {
	const cutter = new LineCutter(maxBytes);
	const lines = [];
	for (let at = 0; at < bytes.length; at += pieceBytes)
		lines.push(...cutter.take(bytes.subarray(at, at + pieceBytes)));
	return [...lines, ...cutter.end()];
}

test('the pieces in which bytes come make no difference', async (t) => {
	const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ''));
	fc.assert(
		fc.property(fc.array(line, { minLength: 1 }), fc.integer({ min: 1, max: 50 }), (texts, size) => {
			const bytes = Buffer.from(`${texts.join('\n')}\n`);
			const wellFormed = bytes.toString().split('\n').slice(0, -1);
			t.strictSame(
				cut(bytes, size).map(({ text }) => text),
				wellFormed,
			);
		}),
	);
});

test('a line that is too long is reported by its number, and the next one is read', async (t) => {
	for (const size of [1, 7, 1000]) {
		const lines = cut(Buffer.from(`short\n${'x'.repeat(100)}\nalso short\n`), size, 50);
		t.strictSame(lines, [
			{ number: 1, text: 'short' },
			{ number: 2, text: null, fault: 'length' },
			{ number: 3, text: 'also short' },
		]);
	}
});

test('a line that is not UTF-8 is reported by its number, and the others are read', async (t) => {
	const bytes = Buffer.concat([
		Buffer.from('one\n'),
		Buffer.from([0xff, 0xfe, 0x0a]),
		Buffer.from('drei ß\n'),
	]);
	for (const size of [1, 3, 1000]) {
		t.strictSame(cut(bytes, size), [
			{ number: 1, text: 'one' },
			{ number: 2, text: null, fault: 'encoding' },
			{ number: 3, text: 'drei ß' },
		]);
	}
});

test('a last line without a newline is a line', async (t) => {
	t.strictSame(
		cut(Buffer.from('one\ntwo'), 2).map(({ text }) => text),
		['one', 'two'],
	);
	t.strictSame(cut(Buffer.alloc(0), 2), []);
});
