import fc from 'fast-check';
import { test } from 'tap';
import { differingFields, mergeContent, same } from '../../../../src/pipeline/merge/rules/fields.ts';
import { canonicalJson } from '../../../../src/records/canonical.ts';
import type { Json, JsonObject } from '../../../../src/records/json.ts';

/** A record whose value has `width` members below a name of `length` characters, each of them `leaf`. */
function wide(length: number, width: number, leaf: string): JsonObject {
	const members = Object.fromEntries(Array.from({ length: width }, (_, index) => [`m${index}`, leaf]));
	return { path: 'a', value: { ['x'.repeat(length)]: members } };
}

test('values are the same where their canonical texts are', (t) => {
	const value = fc.jsonValue({ depthSize: 'small', stringUnit: 'grapheme' }) as fc.Arbitrary<Json>;
	fc.assert(
		fc.property(value, value, (one, other) => {
			const copy = JSON.parse(JSON.stringify(one)) as Json;
			return same(one, other) === (canonicalJson(one) === canonicalJson(other)) && same(one, copy);
		}),
	);
	t.equal(same({ a: 1, b: [2] }, { b: [2], a: 1 }), true, 'members have no order');
	t.equal(same({ a: null }, { b: null }), false);
	t.equal(same([], {}), false);
	t.end();
});

test('what differs is named field by field, and by its member where the pointers would be too long', (t) => {
	t.strictSame(differingFields(wide(10, 3, 'one'), wide(10, 3, 'two')), [
		['value', 'xxxxxxxxxx', 'm0'],
		['value', 'xxxxxxxxxx', 'm1'],
		['value', 'xxxxxxxxxx', 'm2'],
	]);
	t.strictSame(differingFields(wide(400_000, 20_000, 'one'), wide(400_000, 20_000, 'two')), [['value']]);
	t.end();
});

test('a conflict in very many fields is reported as one, and still merged field by field', (t) => {
	const base: JsonObject = { ...wide(400_000, 20_000, 'base'), description: 'base' };
	const local: JsonObject = { ...wide(400_000, 20_000, 'ours'), description: 'base' };
	const imported: JsonObject = { ...wide(400_000, 20_000, 'theirs'), description: 'theirs' };
	const { content, conflicts } = mergeContent({ base, local, imported, refused: null, prefer: 'local' });
	t.strictSame(conflicts, [
		{ pointer: '/value', base: base['value'], local: local['value'], imported: imported['value'] },
	]);
	t.ok(same(content, { ...local, description: 'theirs' }));
	t.end();
});

test('lists of tags merge as sets', (t) => {
	const merged = (prefer: 'local' | 'imported', local: string[], imported: string[]) =>
		mergeContent({
			base: { tags: ['a', 'b', 'c'] },
			local: { tags: local },
			imported: { tags: imported },
			refused: null,
			prefer,
		});
	t.strictSame(merged('local', ['a', 'c', 'y', 'x'], ['b', 'a', 'c', 'x']), {
		content: { tags: ['a', 'c', 'x', 'y'] },
		conflicts: [],
	});
	t.end();
});
