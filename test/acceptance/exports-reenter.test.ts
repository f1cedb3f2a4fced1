/**
 * The law of all ways in: whatever any write accepts, the project's export is accepted by a second instance under the
 * default settings, and holds the same contents.
 */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import fc from 'fast-check';
import { type Test, test } from 'tap';
import { v7 } from 'uuid';
import { AT, buildDss, component, theme, token } from '../support/dss-builder.ts';
import { type Answer, allRecords, post, put, send, upload } from '../support/http.ts';
import { makeFolder, serviceFor, startService } from '../support/service.ts';

const SEED = Number(process.env['DSS_PROPERTY_SEED'] ?? 20_261_121);
const RUNS = Number(process.env['DSS_PROPERTY_RUNS'] ?? 12);

const KINDS = ['themes', 'tokens', 'components'] as const;
const THEME = theme().uuid;

/** A write that is tried on a project; it may be refused, but only as the caller's fault. */
type Write = (at: { readonly url: string; readonly id: string }) => Promise<Answer>;

/** JSON texts, since many of what is hostile is no value of JavaScript's. */
const hostileJson = fc.oneof(
	fc.constantFrom(
		'1',
		'-0',
		'1e15',
		'1e21',
		'9007199254740991',
		'9007199254740993',
		'1e400',
		'0.1234567890123456789',
		'"\\ud800"',
		'"\\ud83d\\ude00"',
		'"\\u0000\\u202e"',
		'{"constructor":1}',
		'{"__proto__":{"a":1}}',
		'{"a":1,"a":2}',
		'{"":{"b":[1,{"c":null}]}}',
		'[null,{"a":null}]',
		'{"9":1,"10":2,"a":3}',
	),
	fc.constantFrom(1, 40, 57, 58, 59, 60, 61, 62, 63, 64, 65, 5_000).map((depth) => nested(depth)),
	// Canonical, they are three times as long.
	fc.constantFrom(10, 50_000, 70_000).map((count) => `[${Array(count).fill('1e15').join(',')}]`),
	fc
		.constantFrom(10, 99_990, 499_900, 999_000, 999_700, 999_900, 1_000_000)
		.map((length) => `"${'x'.repeat(length)}"`),
	fc.constantFrom(1, 249_800, 333_000).map((length) => `"${'€'.repeat(length)}"`),
);
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

const hostileName = fc.constantFrom(
	'plain',
	' ',
	'',
	'a\u0000b',
	'a\u001fb',
	'a\u202eb',
	'e\u0301',
	'\ud800',
	'\u{1f600}'.repeat(255),
	'x'.repeat(256),
	'__proto__',
	'constructor',
	'a/b\\c',
);
const hostilePath = fc.constantFrom(
	'a',
	'a.b',
	'a.$root',
	'__proto__',
	'constructor.prototype',
	'a b\u0000c',
	'x'.repeat(2048),
	'x'.repeat(2049),
	'$a',
	'\ud800',
);
const hostileVersion = fc.constantFrom(1, 7, 2 ** 48 - 1, 2 ** 48, 2 ** 48 + 1, Number.MAX_SAFE_INTEGER);

/** Members of an object as text. */
const object = (members: Readonly<Record<string, string>>) =>
	`{${Object.entries(members)
		.map(([name, text]) => `${JSON.stringify(name)}:${text}`)
		.join(',')}}`;
const json = JSON.stringify;

const edits: fc.Arbitrary<Write> = fc
	.record({ path: hostilePath, extra: hostileJson, name: hostileName, where: fc.integer({ min: 0, max: 4 }) })
	.map(({ path, extra, name, where }) => {
		const plain = { theme: json(THEME), path: json(path), type: '"number"', value: '1' };
		const record = [
			['tokens', object({ ...plain, extensions: object({ x: extra }) })],
			['tokens', object({ ...plain, type: '"other"', value: extra })],
			['themes', object({ name: json(name), extensions: extra })],
			['components', object({ name: json(name), slots: `[${extra}]` })],
			['components', object({ name: json(name), props: `[{"name":"p","type":"t","default":${extra}}]` })],
		][where] as [string, string];
		const body = `{"upsert":{"${record[0]}":[${record[1]}]}}`;
		return ({ url, id }) => put(`${url}/api/projects/${id}/changes`, body, 'application/json');
	});

const properties: fc.Arbitrary<Write> = fc
	.record({ name: hostileName, metadata: hostileJson, whole: fc.boolean() })
	.map(({ name, metadata, whole }) => {
		const members = { metadata: object({ x: metadata }), ...(whole ? { name: json(name) } : {}) };
		return ({ url, id }) =>
			send(`${url}/api/projects/${id}`, {
				method: 'PATCH',
				body: object(members),
				headers: { 'content-type': 'application/json' },
			});
	});

const files: fc.Arbitrary<Write> = fc
	.record({
		extra: hostileJson,
		name: hostileName,
		dangling: fc.boolean(),
		where: fc.integer({ min: 0, max: 4 }),
	})
	.map(({ extra, name, dangling, where }) => {
		const value = dangling ? '"{nowhere}"' : '1';
		const plain = object({ $type: '"number"', $value: value });
		const file = [
			object({ [name]: plain }),
			object({ a: object({ $type: '"number"', $value: value, $extensions: object({ x: extra }) }) }),
			object({ a: object({ $value: extra }) }),
			object({ $extensions: object({ x: extra }), g: object({ $extensions: extra, a: plain }) }),
			object({ constructor: object({ __proto__: plain }), a: plain, other: `[${extra}]` }),
		][where] as string;
		return ({ url, id }) =>
			upload(`${url}/api/projects/import?project_id=${id}`, file, `${name.replaceAll('\ud800', '')}.json`);
	});

const archives: fc.Arbitrary<Write> = fc
	.record({ extra: hostileJson, name: hostileName, version: hostileVersion, merged: fc.boolean() })
	.chain((given) => fc.record({ ...constants(given), path: hostilePath }))
	.map(({ extra, name, version, merged, path }) => {
		const line = (record: object, more: string) => json(record).replace(/\}$/, `,${more}}`);
		return ({ url, id }) => {
			const project = { uuid: id, createdAt: AT, updatedAt: AT };
			const archive = buildDss({
				project: line({ ...project, name }, `"metadata":${object({ x: extra })}`),
				themes: [theme({ version })],
				tokens: [line(token(9, { path, version }), `"extensions":${object({ x: extra })}`)],
				components: [component(9, { name, version })],
				manifest: (manifest) => ({ ...manifest, project: { uuid: id, name } }),
			});
			return put(
				`${url}/api/projects/import?${merged ? 'strategy=merge&merge_strategy=newest' : 'discard_local_changes=true'}`,
				archive,
				'application/zip',
			);
		};
	});
const constants = <T extends object>(values: T) =>
	Object.fromEntries(Object.entries(values).map(([key, value]) => [key, fc.constant(value)])) as {
		[Key in keyof T]: fc.Arbitrary<T[Key]>;
	};

const resolutions: fc.Arbitrary<Write> = fc
	.record({ extra: hostileJson, path: hostilePath })
	.map(({ extra, path }) => ({ url, id }) => {
		const both = token(1, { value: 5, version: 3, description: 'theirs' });
		const archive = buildDss({
			project: { uuid: id, name: 'Built', createdAt: AT, updatedAt: AT },
			tokens: [both, token(2)],
			manifest: (manifest) => ({ ...manifest, project: { uuid: id, name: 'Built' } }),
		});
		const content = { theme: json(THEME), path: json(path), type: '"number"', value: '1' };
		const resolution = object({ ...content, extensions: object({ x: extra }) });
		const fields = { resolutions: object({ [both.uuid]: object({ content: resolution }) }) };
		return upload(`${url}/api/projects/${id}/merge?strategy=newest`, archive, 'a.dss', fields);
	});

/** What a project holds, without what each instance says for itself. */
async function contents(url: string, id: string): Promise<object> {
	const { name, description, metadata } = (await send(`${url}/api/projects/${id}`)).body;
	const records = [];
	for (const kind of KINDS) records.push(...(await allRecords(url, id, kind)));
	records.sort((one, other) => (one.uuid < other.uuid ? -1 : 1));
	return { name, description, metadata, records };
}

/** Exports a project from one instance into another, and holds that it is the same there. */
async function assertReenters(from: string, to: string, id: string): Promise<void> {
	const exported = await send(`${from}/api/projects/${id}/export`, { method: 'POST' });
	if (exported.status !== 200) throw new Error(`export: ${JSON.stringify(exported.body)}`);
	const { status, body } = await put(`${to}/api/projects/import`, exported.body, 'application/zip');
	if (status > 201) throw new Error(`import of the export: ${status} ${json(body).slice(0, 1_000)}`);
	const [there, here] = [await contents(to, id), await contents(from, id)].map((state) => json(state));
	if (there !== here) throw new Error(`it holds other contents: ${there?.slice(0, 500)}`);
}

/** Exports a part of a project, and holds that a fresh project can be made of it. */
async function assertPartReenters(from: string, to: string, id: string, selection: object): Promise<void> {
	const exported = await post(`${from}/api/projects/${id}/export`, { selection });
	if (exported.status !== 200) throw new Error(`export of a part: ${json(exported.body)}`);
	const { status, body } = await put(
		`${to}/api/projects/import?project_id=new`,
		exported.body,
		'application/zip',
	);
	if (status !== 201) throw new Error(`import of a part: ${status} ${json(body).slice(0, 1_000)}`);
}

/** Parts of a project; references lead out of many of them. */
const selections = fc.record(
	{
		kinds: fc.subarray([...KINDS], { minLength: 1 }),
		path_prefixes: fc.subarray(['a', 'token1', 'token2', '__proto__'], { minLength: 1 }),
		types: fc.subarray(['number', 'other'], { minLength: 1 }),
	},
	{ requiredKeys: [] },
);

/** A project with a theme and two tokens, the one changed here since. */
async function makeProject(url: string): Promise<string> {
	const id = v7();
	const archive = buildDss({
		project: { uuid: id, name: 'Built', createdAt: AT, updatedAt: AT },
		manifest: (manifest) => ({ ...manifest, project: { uuid: id, name: 'Built' } }),
	});
	const { status, body } = await put(`${url}/api/projects/import`, archive, 'application/zip');
	if (status !== 201) throw new Error(json(body));
	return id;
}

async function twoInstances(t: Test): Promise<[string, string]> {
	const start = async () => {
		const service = await startService();
		t.teardown(() => service[Symbol.asyncDispose]());
		return service.url;
	};
	return [await start(), await start()];
}

test('what any write accepts, the export brings to a fresh instance', async (t) => {
	const [here, there] = await twoInstances(t);
	let accepted = 0;
	const writes = fc.array(fc.oneof(edits, properties, files, archives, resolutions), {
		minLength: 1,
		maxLength: 5,
	});
	const property = fc.asyncProperty(writes, selections, async (tried, selection) => {
		const id = await makeProject(here);
		for (const write of tried) {
			const { status, body } = await write({ url: here, id });
			if (status >= 500) throw new Error(`${status} ${json(body).slice(0, 500)}`);
			if (status < 300) accepted++;
		}
		await assertReenters(here, there, id);
		await assertPartReenters(here, there, id, selection);
	});
	const result = await fc.check(property, { seed: SEED, numRuns: RUNS, endOnFailure: true });
	t.equal(result.failed, false, `holds with DSS_PROPERTY_SEED=${SEED}`, {
		report: fc.defaultReportMessage(result)?.slice(0, 4_000),
	});
	t.ok(accepted > RUNS / 2, `${accepted} writes were accepted`);
});

test('a project cannot grow beyond what its export may hold', async (t) => {
	const [here, there] = await twoInstances(t);
	const id = v7();
	const made = (index: number) => token(index, { path: `many.t${index}` });
	const archive = buildDss({
		project: { uuid: id, name: 'Large', createdAt: AT, updatedAt: AT },
		tokens: Array.from({ length: 9_990 }, (_, index) => made(index)),
		manifest: (manifest) => ({ ...manifest, project: { uuid: id, name: 'Large' } }),
	});
	t.equal((await put(`${here}/api/projects/import`, archive, 'application/zip')).status, 201);
	const edit = (from: number, count: number) => {
		const tokens = Array.from({ length: count }, (_, index) => made(from + index));
		const shown = tokens.map(({ createdAt: _created, updatedAt: _updated, ...record }) => record);
		return post(`${here}/api/projects/${id}/changes`, { upsert: { tokens: shown } });
	};
	const many = await edit(0, 12_000);
	t.same([many.status, many.body.code], [413, 'too_many_records']);
	const few = await edit(9_990, 20);
	t.same([few.status, few.body.code, few.body.details.actual], [413, 'too_many_records', 10_010]);
	t.equal((await edit(9_990, 10)).status, 200, 'up to the limit');
	const file = json({ $type: 'number', a: { $value: 1 } });
	const another = await upload(`${here}/api/projects/import?project_id=${id}`, file, 'a.json');
	t.same([another.status, another.body.code], [413, 'too_many_records'], 'with a file of another theme');
	await assertReenters(here, there, id);
});

test('many small writes cannot make a project larger than an archive of it may be', async (t) => {
	for (const [env, limited, text] of [
		[{ DSS_MAX_CONTENT_BYTES: '100000' }, 'DSS_MAX_CONTENT_BYTES', 'x'.repeat(5_000)],
		// Digits of random bytes pack to half of their length.
		[{ DSS_MAX_ARCHIVE_BYTES: '40000' }, 'DSS_MAX_ARCHIVE_BYTES', null],
	] as const) {
		const [here, there] = [await serviceFor(t, { env }), await serviceFor(t, { env })].map(
			({ url }) => url,
		) as [string, string];
		const id = await makeProject(here);
		const edit = (number: number) => {
			const description = text ?? randomBytes(2_500).toString('hex');
			const fresh = { theme: THEME, path: `added.t${number}`, type: 'number', value: number, description };
			return post(`${here}/api/projects/${id}/changes`, { upsert: { tokens: [fresh] } });
		};
		let number = 0;
		let answer = await edit(number);
		for (; answer.status === 200 && number < 60; answer = await edit(++number));
		t.match(answer, { status: 413, body: { code: 'project_too_large' } }, limited, { received: answer.body });
		t.match(answer.body.detail, new RegExp(limited));
		t.ok(number > 5, `${number} writes were accepted`);
		const { revision } = (await send(`${here}/api/projects/${id}`)).body;
		t.equal(revision, number + 1, 'what was refused changed nothing');
		await assertReenters(here, there, id);

		const metadata = { x: 'é'.repeat(20_000), y: randomBytes(20_000).toString('hex') };
		const patch = {
			method: 'PATCH',
			body: json({ metadata }),
			headers: { 'content-type': 'application/json' },
		};
		t.match(await send(`${here}/api/projects/${id}`, patch), { body: { code: 'project_too_large' } });
		const theirs = buildDss({
			project: { uuid: id, name: 'Built', createdAt: AT, updatedAt: AT },
			tokens: [token(1), token(2), token(3, { description: randomBytes(8_000).toString('hex') })],
			manifest: (manifest) => ({
				...manifest,
				project: { uuid: id, name: 'Built' },
				origin: { instance: v7(), revision: 2, lamport: 2, sync: {} },
			}),
		});
		const at = `${here}/api/projects/${id}/merge`;
		const merged = await upload(`${at}?strategy=keep_local&deletions=keep`, theirs, 'a.dss');
		t.match(merged, { status: 413, body: { code: 'project_too_large' } }, 'a merge', {
			received: merged.body,
		});
		const foretold = await upload(
			`${here}/api/projects/import/analyze?strategy=merge&merge_strategy=keep_local&deletions=keep`,
			theirs,
			'a.dss',
		);
		t.match(foretold.body.would_refuse, { code: 'project_too_large' }, 'the analysis foretells it');

		const records = await allRecords(here, id, 'tokens');
		const { uuid } = records.find(({ path }) => path === 'added.t0');
		const smaller = await post(`${here}/api/projects/${id}/changes`, { delete: [uuid] });
		t.equal(smaller.status, 200, 'it may become smaller');
		await assertReenters(here, there, id);
	}
});

test('a project that is too large because limits were lowered may be written as long as it does not grow', async (t) => {
	const dataDir = await makeFolder();
	t.teardown(() => rm(dataDir, { recursive: true }));
	const large = await startService({ dataDir });
	const id = await makeProject(large.url);
	const description = 'x'.repeat(90_000);
	const change = (url: string, more: object) =>
		post(`${url}/api/projects/${id}/changes`, {
			upsert: {
				tokens: [{ uuid: token(2).uuid, theme: THEME, path: 'token2', type: 'number', value: 2, ...more }],
			},
		});
	t.equal((await change(large.url, { description })).status, 200);
	await large.stop();
	const { url } = await serviceFor(t, { dataDir, env: { DSS_MAX_CONTENT_BYTES: '50000' } });
	t.match(await change(url, { description: `${description}x` }), { body: { code: 'project_too_large' } });
	t.equal((await change(url, { description: description.slice(1) })).status, 200);
	t.equal((await change(url, {})).status, 200);
	const revert = await post(`${url}/api/projects/${id}/revert`, { to: 2 });
	t.match(revert, { status: 413, body: { code: 'project_too_large' } }, 'a revert is a write too');
});

test('a part whose records refer to others re-enters with warnings, one that does not without', async (t) => {
	const { url } = await serviceFor(t);
	const archive = buildDss({
		tokens: [
			token(1, { path: 'base.a' }),
			token(2, { path: 'base.b', value: '{base.a}' }),
			token(3, { path: 'app.c', value: '{base.a}' }),
		],
		components: [component(1, { tokens: ['base.a'] })],
	});
	const { project_id: id } = (
		await put(`${url}/api/projects/import?project_id=new`, archive, 'application/zip')
	).body;
	for (const [selection, code] of [
		[{ path_prefixes: ['base.'] }, null],
		[{ path_prefixes: ['app.'] }, 'dangling_reference'],
		[{ kinds: ['components'] }, 'dangling_reference'],
		[{ kinds: ['tokens', 'components'] }, null],
		[{ kinds: ['themes'] }, null],
	] as const) {
		const { body: part } = await post(`${url}/api/projects/${id}/export`, { selection });
		const { status, body } = await put(`${url}/api/projects/import?project_id=new`, part, 'application/zip');
		t.equal(status, 201, json(selection), { received: body });
		const codes = body.warnings.map((warning: { code: string }) => warning.code);
		t.strictSame(codes, code === null ? [] : [code]);
		const strict = await put(
			`${url}/api/projects/import/analyze?project_id=new&references=strict`,
			part,
			'application/zip',
		);
		t.equal(strict.body.is_valid, code === null, 'the caller may insist on every reference');
	}
});

test('a part of a project with faulty references is imported into that project again', async (t) => {
	const { url } = await serviceFor(t);
	const archive = buildDss({ tokens: [token(1, { value: '{nowhere}' }), token(2)] });
	const imports = `${url}/api/projects/import`;
	const first = await put(`${imports}?references=warn`, archive, 'application/zip');
	t.equal(first.status, 201, 'it is accepted', { received: first.body });
	for (const selection of [{ path_prefixes: ['token2'] }, { kinds: ['themes'] }]) {
		const { body: part } = await post(`${url}/api/projects/${first.body.project_id}/export`, { selection });
		const { status, body } = await put(imports, part, 'application/zip');
		t.strictSame([status, body.changed], [200, false], json(selection), { received: body });
	}
});

test('repetitive content, large numbers, odd names and faulty references re-enter, with the same warnings', async (t) => {
	const [here, there] = await twoInstances(t);
	const deep = JSON.parse(nested(55));
	const archive = buildDss({
		tokens: [
			// Packed some 900 : 1.
			...Array.from({ length: 20 }, (_, index) =>
				token(index + 1, { path: `long.${index}`, type: 'other', value: 'x'.repeat(900_000) }),
			),
			token(30, { path: 'number', value: 1.7976931348623157e308 }),
			token(31, { path: 'number.whole', value: Number.MAX_SAFE_INTEGER }),
			token(32, { path: 'odd "name" \u{1f600}\\/', extensions: { deep } }),
			token(33, { path: 'constructor.__proto__' }),
			token(34, { path: 'lost', value: '{nowhere}' }),
			token(35, { path: 'lost.too', value: '{nowhere}' }),
		],
	});
	const first = await put(
		`${here}/api/projects/import?project_id=new&references=warn`,
		archive,
		'application/zip',
	);
	t.equal(first.status, 201, 'it is accepted', { received: first.body });
	const { project_id: id, warnings } = first.body;
	t.strictSame(
		warnings.map(({ code }: { code: string }) => code),
		['dangling_reference'],
	);
	await assertReenters(here, there, id);
	const again = await send(`${there}/api/projects/${id}/export`, { method: 'POST' });
	const second = await put(`${here}/api/projects/import?project_id=new`, again.body, 'application/zip');
	t.equal(second.status, 201, 'and the export of that again', { received: second.body });
	const told = (list: readonly { details: { paths: string[] } }[]) =>
		list.map((warning) => ({ ...warning, details: { paths: warning.details.paths.toSorted() } }));
	// Paths come in the order of uuids, and the copy has others.
	t.strictSame(told(second.body.warnings), told(warnings));
});
