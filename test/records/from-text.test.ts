import { test } from 'tap';
import Type from 'typebox';
import { fromText } from '../../src/records/from-text.ts';

const schema = Type.Object({
	limit: Type.Optional(Type.Integer()),
	background: Type.Optional(Type.Boolean()),
	name: Type.Optional(Type.String()),
	tag: Type.Optional(Type.Array(Type.String())),
	revision: Type.Optional(Type.Array(Type.Integer())),
});

test('text becomes what its schema wants, where it is an exact form of it', async (t) => {
	for (const [given, meant] of [
		[{ limit: '7' }, { limit: 7 }],
		[{ limit: '-1' }, { limit: -1 }],
		[{ background: 'true' }, { background: true }],
		[{ background: 'false' }, { background: false }],
		[{ name: '7' }, { name: '7' }],
		[{ tag: 'a' }, { tag: ['a'] }],
		[{ tag: ['a', 'b'] }, { tag: ['a', 'b'] }],
		[{ revision: ['1', '2'] }, { revision: [1, 2] }],
		[{ other: '1' }, { other: '1' }],
	] as const)
		t.strictSame(fromText(schema, given), meant);
});

test('what is no exact form stays text, to be refused', async (t) => {
	for (const limit of ['1.5', '0x5', '1e2', 'true', '', ' 1', '12345678901234567'])
		t.strictSame(fromText(schema, { limit }), { limit });
	for (const background of ['1', 'True', '', 'yes', 'constructor'])
		t.strictSame(fromText(schema, { background }), { background });
});
