/** What is refused in an archive is refused with the same code in an edit, and what is refused of metadata likewise. */
import tap, { type Test, test } from 'tap';
import { v7 } from 'uuid';
import { AT, buildDss, component, theme, token } from '../support/dss-builder.ts';
import { type Answer, put, send } from '../support/http.ts';
import { startService } from '../support/service.ts';

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const json = JSON.stringify;
/** An object as text, so that its members can be bent. */
const object = (members: Readonly<Record<string, string>>) =>
	`{${Object.entries(members)
		.map(([name, text]) => `${json(name)}:${text}`)
		.join(',')}}`;

/** A free value, as the text it is in JSON, and what it is refused with; null where it is accepted. */
const FREE_VALUES: readonly [what: string, text: string, status: number, code: string | null][] = [
	['a plain value', '[1,{"a":null}]', 200, null],
	['a depth that is allowed', nested(60), 200, null],
	['a depth that is not', nested(70), 400, 'too_deep'],
	['a depth of 5,000', nested(5_000), 400, 'too_deep'],
	['a depth of 100,000', nested(100_000), 400, 'too_deep'],
	['a member "constructor"', '{"constructor":1}', 400, 'invalid_json'],
	['a member "__proto__"', '{"__proto__":{"a":1}}', 400, 'invalid_json'],
	['a member "prototype"', '[{"prototype":1}]', 400, 'invalid_json'],
	['a doubled member', '{"a":1,"a":2}', 400, 'invalid_json'],
	['a lone surrogate', '"\\ud800"', 400, 'invalid_json'],
	['a lone surrogate in a name', '{"\\udc00":1}', 400, 'invalid_json'],
	['an integer beyond 2^53', '9007199254740993', 400, 'invalid_value'],
	['a number that does not survive', '0.1234567890123456789', 400, 'invalid_value'],
	['a number of 50 characters', `1.${'0'.repeat(48)}`, 400, 'invalid_value'],
	['a number of a million characters', `0.1${'0'.repeat(990_000)}1`, 400, 'invalid_value'],
	['a text that is too long', `"${'x'.repeat(1_000_000)}"`, 413, 'record_too_large'],
	[
		'numbers that are too long once written out',
		`[${Array(70_000).fill('1e15').join()}]`,
		413,
		'record_too_large',
	],
];

/** A name, and whether it is one. */
const NAMES: readonly [what: string, name: string, isName: boolean][] = [
	['of letters', 'é ñ ß', true],
	['of 255 characters beyond the basic plane', '\u{1f600}'.repeat(255), true],
	['that reads like a prototype', '__proto__', true],
	['that is empty', '', false],
	['that is blank', ' \u00a0', false],
	['with NUL', 'a\u0000b', false],
	['with a control character', 'a\u0085b', false],
	['that turns the direction of reading', 'a\u202eb', false],
	['with an isolate', 'a\u2066b', false],
	['of 256 characters', 'x'.repeat(256), false],
];

function assertAnswer(t: Test, answer: Answer, status: number, code: string | null, what: string): void {
	const received = `${answer.status} ${json(answer.body).slice(0, 500)}`;
	const isRefused = code !== null;
	t.equal(isRefused ? answer.status : answer.status < 300, isRefused ? status : true, what, { received });
	if (isRefused) t.equal(answer.body.code, code, what, { received });
}

const service = await startService();
tap.teardown(() => service[Symbol.asyncDispose]());
const projects = `${service.url}/api/projects`;

/** A project of its own, with the theme and tokens of `buildDss`. */
async function makeProject(tokens: readonly object[] = [token(1), token(2)]): Promise<string> {
	const id = v7();
	const archive = buildDss({
		tokens,
		project: { uuid: id, name: 'Built', createdAt: AT, updatedAt: AT },
		manifest: (manifest) => ({ ...manifest, project: { uuid: id, name: 'Built' } }),
	});
	const { status, body } = await put(`${projects}/import`, archive, 'application/zip');
	if (status !== 201) throw new Error(JSON.stringify(body));
	return id;
}

test('free values are held alike in archives, edits, metadata and files of others', async (t) => {
	const id = await makeProject();
	for (const [index, [what, text, status, code]] of FREE_VALUES.entries()) {
		const extensions = object({ x: text });
		const line = json(token(1)).replace(/\}$/, `,"extensions":${extensions}}`);
		const archive = await put(
			`${projects}/import?project_id=new`,
			buildDss({ tokens: [line] }),
			'application/zip',
		);
		assertAnswer(t, archive, status, code, `${what}, in an archive`);

		const record = {
			theme: json(theme().uuid),
			path: json(`edited${index}`),
			type: '"number"',
			value: '1',
			extensions,
		};
		const edit = `{"upsert":{"tokens":[${object(record)}]}}`;
		const edited = await put(`${projects}/${id}/changes`, edit, 'application/json');
		assertAnswer(t, edited, status, code, `${what}, in an edit`);

		const metadata = object({ name: '"Made"', metadata: extensions });
		const created = await put(projects, metadata, 'application/json');
		assertAnswer(t, created, status, code, `${what}, in metadata`);

		const project = { uuid: v7(), name: 'Built', createdAt: AT, updatedAt: AT };
		const entry = buildDss({
			project: json(project).replace(/\}$/, `,"metadata":${extensions}}`),
			manifest: (manifest) => ({ ...manifest, project: { uuid: project.uuid, name: 'Built' } }),
		});
		const whole = await put(`${projects}/import`, entry, 'application/zip');
		assertAnswer(t, whole, status, code, `${what}, in project.json`);

		const file = object({ a: object({ $type: '"number"', $value: '1', $extensions: extensions }) });
		const imported = await put(`${projects}/import`, file, 'application/json');
		assertAnswer(t, imported, status, code, `${what}, in a design tokens file`);
	}
});

test('names are held alike in archives, edits, projects and the options of an import', async (t) => {
	const id = await makeProject();
	for (const [what, name, isName] of NAMES) {
		const code = (refusal: string) => (isName ? null : refusal);
		const components = [component(1, { name })];
		const archive = await put(
			`${projects}/import?project_id=new`,
			buildDss({ components }),
			'application/zip',
		);
		assertAnswer(t, archive, 400, code('invalid_record'), `a name ${what}, in an archive`);

		const edit = json({ upsert: { components: [{ name }] } });
		const edited = await put(`${projects}/${id}/changes`, edit, 'application/json');
		assertAnswer(t, edited, 400, code('invalid_record'), `a name ${what}, in an edit`);

		const created = await put(projects, json({ name }), 'application/json');
		assertAnswer(t, created, 400, code('malformed_request'), `a project's name ${what}`);

		const named = `${projects}/import?name=${encodeURIComponent(name)}`;
		const imported = await put(named, '{"a":{"$type":"number","$value":1}}', 'application/json');
		assertAnswer(t, imported, 400, code('malformed_request'), `a name ${what}, given to an import`);
	}
	const lone = await put(projects, '{"name":"\\ud800"}', 'application/json');
	assertAnswer(t, lone, 400, 'malformed_request', 'a name with a lone surrogate');
});

test('a file’s name becomes a project’s name, whatever is in it', async (t) => {
	const file = '{"a":{"$type":"number","$value":1}}';
	for (const [fileName, name] of [
		['brand.tokens.json', 'brand'],
		['a\u202eb.json', 'a b'],
		[`${'\u{1f600}'.repeat(300)}.json`, '\u{1f600}'.repeat(255)],
		['.json', 'Untitled'],
	] as const) {
		const form = new FormData();
		form.append('file', new Blob([file]), fileName);
		const { status, body } = await send(`${projects}/import`, { method: 'POST', body: form });
		t.same([status, body.project_name], [201, name], fileName);
	}
});

test('versions are bounded, and a clock at its bound lets people go on', async (t) => {
	const at = (version: number) => buildDss({ tokens: [token(1, { version })] });
	const beyond = await put(`${projects}/import`, at(2 ** 48 + 1), 'application/zip');
	assertAnswer(t, beyond, 400, 'invalid_record', 'a version beyond 2^48');
	const lamport = buildDss({
		manifest: (manifest) => ({
			...manifest,
			origin: { ...(manifest['origin'] as object), lamport: 2 ** 53 - 1 },
		}),
	});
	const clock = await put(`${projects}/import`, lamport, 'application/zip');
	assertAnswer(t, clock, 400, 'manifest_invalid', 'a clock beyond 2^48');
	const id = await makeProject([token(1, { version: 2 ** 48 }), token(2)]);
	const edit = json({
		upsert: { tokens: [{ ...token(2), createdAt: undefined, updatedAt: undefined, value: 9 }] },
	});
	const edited = await put(`${projects}/${id}/changes`, edit, 'application/json');
	t.equal(edited.status, 200, json(edited.body));
});

test('a record refers to a thousand others at most', async (t) => {
	const aliases = (count: number) => token(1, { type: 'other', value: Array(count).fill('{token2}') });
	for (const [count, code] of [
		[1_000, null],
		[1_001, 'invalid_record'],
	] as const) {
		const archive = buildDss({ tokens: [aliases(count), token(2)] });
		const answer = await put(`${projects}/import?project_id=new`, archive, 'application/zip');
		assertAnswer(t, answer, 400, code, `${count} references`);
	}
});

test('bodies that are not one plain JSON text are malformed, never a fault of the service', async (t) => {
	const changes = `${projects}/${await makeProject()}/changes`;
	for (const body of [
		'',
		'{"upsert":',
		'[]',
		'null',
		'{"upsert":{"tokens":[1]}}',
		'{"upsert":{"fonts":[]}}',
		'{"delete":["x"]}',
		'{"message":"a","message":"b"}',
		'{"__proto__":{}}',
		Buffer.from([0x7b, 0xff, 0x7d]),
		`{"delete":[${Array(10_000).fill('{}').join()}]}`,
	]) {
		const answer = await put(changes, body, 'application/json');
		assertAnswer(t, answer, 400, 'malformed_request', `an edit ${body.toString().slice(0, 30)}`);
		t.ok(json(answer.body).length < 2_000, 'the answer is short');
	}
	const none = await send(changes, { method: 'POST' });
	assertAnswer(t, none, 400, 'malformed_request', 'an edit without a body');
	const own = await put(
		changes,
		json({ upsert: { themes: [{ name: 'a', createdAt: AT }] } }),
		'application/json',
	);
	assertAnswer(t, own, 400, 'invalid_record', 'a member that only archives have');
	const marked = await put(changes, `\ufeff${json({ message: 'marked' })}`, 'application/json');
	assertAnswer(t, marked, 200, null, 'a byte order mark');
});
