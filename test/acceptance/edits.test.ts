/** What an edit answers, what it refuses of its own body, and edits and new projects under an Idempotency-Key. */
import { test } from 'tap';
import { assertProblem, post, send } from '../support/http.ts';
import { ACCENT, LIGHT, LINK, sampleProject } from '../support/sample.ts';
import { serviceFor } from '../support/service.ts';

test('edits', async (t) => {
	const service = await serviceFor(t);
	const projects = `${service.url}/api/projects`;
	const id = (await post(projects, { name: 'Acme' })).body.project_id;
	const at = `${projects}/${id}`;
	const first = await post(`${at}/changes`, { upsert: sampleProject() });
	const number = (path: string, value = 1) => ({ theme: LIGHT, path, type: 'number', value });
	const keyed = (url: string, body: string, key: string, headers = {}) =>
		send(url, {
			method: 'POST',
			body,
			headers: { 'content-type': 'application/json', 'idempotency-key': key, ...headers },
		});

	t.test('the answer names what was made, in the order of the records that had no uuid', async (t) => {
		t.strictSame(first.body.created, { themes: [], tokens: [], components: [] }, 'all of them had theirs');
		const read = (await send(`${at}/tokens/${ACCENT}`)).body;
		const { status, body } = await post(`${at}/changes`, {
			upsert: {
				themes: [{ name: 'made' }],
				tokens: [
					number('made.b'),
					{ ...read, description: 'x' },
					{ ...number('made.a'), uuid: null },
					number('made.c'),
				],
				components: [{ name: 'Made' }],
			},
		});
		t.equal(status, 200, { received: body });
		const { created } = body;
		t.strictSame([body.added, body.changed], [5, 1]);
		const paths = [];
		for (const uuid of created.tokens) paths.push((await send(`${at}/tokens/${uuid}`)).body.path);
		t.strictSame(paths, ['made.b', 'made.a', 'made.c']);
		t.equal((await send(`${at}/themes/${created.themes[0]}`)).body.name, 'made');
		t.equal((await send(`${at}/components/${created.components[0]}`)).body.name, 'Made');
		t.strictSame([created.themes.length, created.components.length], [1, 1]);
	});

	t.test('one record cannot be in upsert twice, nor in upsert and delete', async (t) => {
		const { revision } = (await send(at)).body;
		const link = (await send(`${at}/tokens/${LINK}`)).body;
		const twice = await post(`${at}/changes`, { upsert: { tokens: [link, { ...link, path: 'other' }] } });
		assertProblem(t, twice, 400, 'duplicate_record');
		t.match(twice.body.detail, /\/upsert\/tokens\/1.*twice, first at \/upsert\/tokens\/0/);
		const kinds = { themes: [{ uuid: LINK, name: 'x' }], tokens: [link] };
		assertProblem(t, await post(`${at}/changes`, { upsert: kinds }), 400, 'duplicate_record');
		const both = await post(`${at}/changes`, { upsert: { tokens: [link] }, delete: [ACCENT, LINK] });
		assertProblem(t, both, 400, 'malformed_request');
		t.equal(both.body.details.pointer, '/delete/1');
		t.match(both.body.detail, new RegExp(`${LINK}, which is in upsert too`));
		t.equal((await send(at)).body.revision, revision);
	});

	t.test('the same edit with the same key is made once; another one with it is refused', async (t) => {
		const edit = JSON.stringify({ upsert: { tokens: [number('keyed')] } });
		const once = await keyed(`${at}/changes`, edit, 'edit-1');
		const again = await keyed(`${at}/changes`, edit, 'edit-1');
		t.equal(once.status, 200, { received: once.body });
		t.strictSame([again.status, again.body], [200, once.body]);
		t.strictSame(
			[once, again].map(({ headers }) => [headers.get('etag'), headers.get('idempotent-replayed')]),
			[
				[`"rev-${once.body.revision}"`, null],
				[`"rev-${once.body.revision}"`, 'true'],
			],
		);
		t.equal((await send(at)).body.revision, once.body.revision);
		const other = await keyed(`${at}/changes`, JSON.stringify({ upsert: {} }), 'edit-1');
		assertProblem(t, other, 422, 'idempotency_key_reused');
		const planned = await keyed(`${at}/changes`, edit, 'edit-1', { 'if-match': '*' });
		assertProblem(t, planned, 422, 'idempotency_key_reused');
		const refused = await keyed(`${at}/changes`, '{"upsert":{"tokens":[{}]}}', 'edit-2');
		assertProblem(t, refused, 400, 'invalid_record');
		t.equal((await keyed(`${at}/changes`, '{}', 'edit-2')).status, 200, 'a refused request frees its key');
	});

	t.test('the same project with the same key is made once', async (t) => {
		const body = JSON.stringify({ name: 'Keyed' });
		const once = await keyed(projects, body, 'project-1');
		const again = await keyed(projects, body, 'project-1');
		t.strictSame([once.status, again.status], [201, 201]);
		t.strictSame(again.body, once.body);
		t.equal(again.headers.get('location'), once.headers.get('location'));
		t.equal((await send(`${projects}?query=keyed`)).body.total, 1);
		assertProblem(t, await keyed(projects, '{"name":"Keyed 2"}', 'project-1'), 422, 'idempotency_key_reused');
	});
});
