/** Names with dots and tokens with children, as published files have them (FORMAT, "Formats of others"). */
import { test } from 'tap';
import { allRecords, assertProblem, post, send, upload } from '../support/http.ts';
import { serviceFor } from '../support/service.ts';

const number = (value: unknown, more: object = {}) => ({ $type: 'number', $value: value, ...more });

test('names with dots and tokens with children', async (t) => {
	const service = await serviceFor(t);
	const imports = `${service.url}/api/projects/import`;
	const take = (file: object, query = '') => upload(`${imports}${query}`, JSON.stringify(file), 'a.json');
	/** Imports a file; answers path and value of its tokens, and the warnings by code. */
	const kept = async (file: object) => {
		const { status, body } = await take(file);
		if (status !== 201) throw new Error(JSON.stringify(body));
		const tokens = await allRecords(service.url, body.project_id, 'tokens');
		return {
			id: body.project_id,
			values: Object.fromEntries(tokens.map(({ path, value }) => [path, value])),
			types: Object.fromEntries(tokens.map(({ path, type }) => [path, type])),
			warnings: Object.fromEntries(
				body.warnings.map(({ code, count, details }: { code: string; count: number; details: object }) => [
					code,
					{ count, ...details },
				]),
			),
		};
	};

	t.test('a dotted name becomes groups, which can be extended and referred to, with a warning', async (t) => {
		const { values, types, warnings } = await kept({
			'space.x': { $type: 'number', '0.5': { $value: 1 }, '1': { $value: '{space.x.0.5}' } },
			space: { x: { '2': number(3) } },
			more: { $extends: '{space.x}' },
			'color.red': number(4),
		});
		t.strictSame(values, {
			'space.x.0.5': 1,
			'space.x.1': '{space.x.0.5}',
			'space.x.2': 3,
			'more.0.5': 1,
			'more.1': '{space.x.0.5}',
			'more.2': 3,
			'color.red': 4,
		});
		t.equal(types['space.x.0.5'], 'number', 'a type is inherited through the groups');
		t.strictSame(warnings, { dotted_name: { count: 3, paths: ['space.x', 'space.x.0.5', 'color.red'] } });
	});

	t.test('a token with children gets its value under $root, and references follow it', async (t) => {
		const { values, warnings } = await kept({
			ai: {
				aura: number(1, { sm: number(2), 'lg.x': number(3), attributes: { category: 'effect' } }),
				alias: number('{ai.aura}'),
				pointer: number({ $ref: '#/ai/aura/$value' }),
				child: number('{ai.aura.sm}'),
				other: { $type: 'cubicBezier', $value: [0, '{ai.aura}', 1, 1] },
				ref: { $ref: '#/ai/aura/$value' },
			},
		});
		t.strictSame(values, {
			'ai.aura.$root': 1,
			'ai.aura.sm': 2,
			'ai.aura.lg.x': 3,
			'ai.alias': '{ai.aura.$root}',
			'ai.pointer': { $ref: '#/ai/aura/$root/$value' },
			'ai.child': '{ai.aura.sm}',
			'ai.other': [0, '{ai.aura.$root}', 1, 1],
			'ai.ref': '{ai.aura.$root}',
		});
		t.strictSame(warnings, {
			token_with_children: { count: 1, paths: ['ai.aura'] },
			dotted_name: { count: 1, paths: ['ai.aura.lg.x'] },
			unknown_member: { count: 1, paths: ['ai.aura.$root'] },
		});
	});

	t.test('dots may make a token the parent of others, in either order', async (t) => {
		for (const file of [
			{ 'a.b': number(1), 'a.b.c': number(2), d: number('{a.b}') },
			{ 'a.b.c': number(2), 'a.b': number(1), d: number('{a.b}') },
			{ a: { b: number(1) }, 'a.b.c': number(2), d: number('{a.b}') },
		]) {
			const { values, warnings } = await kept(file);
			t.strictSame(values, { 'a.b.$root': 1, 'a.b.c': 2, d: '{a.b.$root}' }, JSON.stringify(file));
			t.strictSame(warnings['token_with_children'], { count: 1, paths: ['a.b'] });
		}
	});

	t.test('an object in a token that holds no token is a member that the format does not know', async (t) => {
		const { values, warnings } = await kept({
			a: number(1, { attributes: { category: 'x' }, original: {} }),
		});
		t.strictSame(values, { a: 1 });
		t.strictSame(warnings, { unknown_member: { count: 1, paths: ['a'] } });
	});

	t.test('two that would get one path are refused, with their place', async (t) => {
		for (const [file, path] of [
			[{ 'a.b': number(1), a: { b: number(2) } }, 'a.b'],
			[{ a: { b: number(1) }, 'a.b': number(2) }, 'a.b'],
			[{ a: { 'b.c': number(1) }, 'a.b': { c: number(2) } }, 'a.b.c'],
			[{ a: number(1, { $root: number(2) }) }, 'a.$root'],
			[{ a: { $root: number(1), b: number(3) }, 'x.y': number(1), 'x.y.$root': number(1) }, 'x.y.$root'],
			[{ 'a.b': { $type: 'number', c: number(1) }, a: { b: { $type: 'color', d: number(1) } } }, 'a.b.$type'],
			[{ a: 1, 'a.b': number(1) }, 'a'],
		] as const) {
			const answer = await take(file);
			const code = path === 'x.y.$root' ? 'invalid_record' : 'duplicate_record';
			assertProblem(t, answer, 400, code);
			t.equal(answer.body.stage, 'structure');
			t.equal(answer.body.errors[0].details.path, path, JSON.stringify(file));
		}
	});

	t.test('under values=strict both are refused, each with its place', async (t) => {
		const file = { 'a.b': number(1), c: number(1, { d: number(2), attributes: {} }), 'e.f': number(3) };
		const answer = await take(file, '?values=strict');
		assertProblem(t, answer, 400, 'invalid_record');
		t.strictSame(
			answer.body.errors.map(({ details }: { details: { path: string } }) => details.path),
			// The last is for what c holds, which no token may.
			['a.b', 'c', 'e.f', 'c'],
		);
	});

	t.test('names that are none without their dots either are refused', async (t) => {
		for (const name of ['a..b', '.a', 'a.', 'a.{b}', '$a.b', 'a.$b', '{a}'])
			assertProblem(t, await take({ x: number(1), [name]: number(1) }), 400, 'invalid_record');
	});

	t.test('dots make no deeper and no larger tree than is allowed', async (t) => {
		const deep = Array(65).fill('a').join('.');
		assertProblem(t, await take({ [deep]: number(1) }), 400, 'invalid_record');
		t.equal((await take({ [deep.slice(2)]: number(1) })).status, 201);
		const path = Array(2_000).fill('a').join('.');
		assertProblem(t, await take({ [path]: number(1) }), 400, 'invalid_record');
		const many = Array.from({ length: 3_000 }, (_, index) => [`g${index}.${deep.slice(4)}`, {}]);
		const answer = await take({ x: number(1), ...Object.fromEntries(many) });
		assertProblem(t, answer, 400, 'invalid_record');
		t.match(answer.body.detail, /100000 groups/);
	});

	t.test('names that could reach a prototype are names like others, and members are not', async (t) => {
		const file =
			'{"__proto__.constructor":{"$type":"number","$value":1,"prototype":{"$type":"number","$value":2}}}';
		const answer = await upload(imports, file, 'a.json');
		t.equal(answer.status, 201, { received: answer.body });
		const tokens = await allRecords(service.url, answer.body.project_id, 'tokens');
		t.strictSame(tokens.map(({ path }) => path).sort(), [
			'__proto__.constructor.$root',
			'__proto__.constructor.prototype',
		]);
		const member = '{"a":{"$type":"number","$value":1,"attributes":{"constructor":{"x":1}}}}';
		const refused = await upload(imports, member, 'a.json');
		t.equal(refused.status, 400, { received: refused.body });
	});

	t.test('a second time changes nothing; what came in leaves and enters again', async (t) => {
		const file = { 'a.b': number(1, { 'c.d': number(2) }), e: number('{a.b}') };
		const { id, values } = await kept(file);
		const again = await take(file, `?project_id=${id}`);
		t.match(again, { status: 200, body: { revision: 1 } });
		const archive = await post(`${service.url}/api/projects/${id}/export`, {});
		const other = await serviceFor(t);
		const moved = await upload(`${other.url}/api/projects/import`, archive.body, 'x.dss');
		t.equal(moved.status, 201, { received: moved.body });
		const tokens = await allRecords(other.url, id, 'tokens');
		t.strictSame(Object.fromEntries(tokens.map(({ path, value }) => [path, value])), values);
		t.equal((await send(`${other.url}/api/projects/${id}`)).body.item_counts.tokens, 3);
	});
});
