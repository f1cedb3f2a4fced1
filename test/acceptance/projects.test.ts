import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { allRecords, assertProblem, post, send, upload } from '../support/http.ts';
import { ACCENT, BUTTON, CARD, DARK, LIGHT, LINK, sampleProject, srgb } from '../support/sample.ts';
import { type Service, startService } from '../support/service.ts';

describe('projects', () => {
	let service: Service;
	let projects: string;
	before(async () => {
		service = await startService();
		projects = `${service.url}/api/projects`;
	});
	after(() => service[Symbol.asyncDispose]());

	const newProject = async (name = 'Acme'): Promise<string> =>
		(await post(projects, { name })).body.project_id;
	const filled = async (): Promise<string> => {
		const id = await newProject();
		const { status, body } = await post(`${projects}/${id}/changes`, { upsert: sampleProject() });
		assert.equal(status, 200, JSON.stringify(body));
		return id;
	};

	test('a project is made, read, changed and deleted', async () => {
		const made = await post(projects, { name: 'Acme', description: 'Ours', metadata: { team: 'web' } });
		assert.equal(made.status, 201);
		assert.equal(made.headers.get('location'), `/api/projects/${made.body.project_id}`);
		assert.equal(made.headers.get('etag'), '"rev-1"');
		assert.deepEqual(made.body.item_counts, { themes: 0, tokens: 0, components: 0, assets: 0 });

		const at = `${projects}/${made.body.project_id}`;
		const read = await send(at);
		assert.deepEqual(read.body, made.body);
		assert.equal(read.headers.get('etag'), '"rev-1"');

		const patch = (body: object, headers = {}) =>
			send(at, {
				method: 'PATCH',
				body: JSON.stringify(body),
				headers: { 'content-type': 'application/json', ...headers },
			});
		assertProblem(await patch({ name: 'Late' }, { 'if-match': '"rev-9"' }), 412, 'revision_stale');
		const changed = await patch({ description: null, name: 'Acme 2' }, { 'if-match': '"rev-1"' });
		assert.equal(changed.status, 200);
		assert.deepEqual(
			[changed.body.name, changed.body.description, changed.body.revision],
			['Acme 2', null, 2],
		);
		assert.deepEqual(changed.body.metadata, { team: 'web' }, 'what is not sent stays');
		assert.equal((await patch({ name: 'Acme 2' })).body.revision, 2, 'nothing different makes no revision');

		assertProblem(
			await send(at, { method: 'DELETE', headers: { 'if-match': '"rev-1"' } }),
			412,
			'revision_stale',
		);
		assert.equal((await send(at, { method: 'DELETE', headers: { 'if-match': '"rev-2"' } })).status, 204);
		assertProblem(await send(at), 404, 'project_unknown');
	});

	test('projects are paged through and looked for by name', async () => {
		for (const name of ['Zebra one', 'Zebra two', 'Zebra three']) await newProject(name);
		const first = await send(`${projects}?query=zebra&limit=2`);
		assert.equal(first.body.total, 3);
		assert.equal(first.body.items.length, 2);
		const second = await send(`${projects}?query=zebra&limit=2&cursor=${first.body.next_cursor}`);
		assert.deepEqual(
			second.body.items.map(({ name }: { name: string }) => name),
			['Zebra three'],
		);
		assert.equal(second.body.next_cursor, null);
		assertProblem(await send(`${projects}?cursor=made-up`), 400, 'malformed_request');
	});

	test('an edit adds, changes and deletes as one revision; the same again makes none', async () => {
		const id = await filled();
		const before = new Map((await allRecords(service.url, id, 'tokens')).map((token) => [token.uuid, token]));
		const read = before.get(ACCENT);
		const answer = await post(`${projects}/${id}/changes`, {
			message: 'A calmer accent',
			upsert: {
				tokens: [
					{ ...read, value: srgb(0, 0.3, 0.6) },
					{ theme: LIGHT, path: 'new.one', type: 'number', value: 4 },
				],
			},
			delete: [CARD],
		});
		assert.deepEqual(answer.body, { revision: 3, added: 1, changed: 1, removed: 1 });
		const { body } = await send(`${projects}/${id}/tokens/${ACCENT}`);
		assert.deepEqual(body.value, srgb(0, 0.3, 0.6));
		assert.equal(body.created_at, read.created_at);
		assert.ok(body.version > read.version);
		assert.deepEqual(Object.keys(body).sort(), [
			'created_at',
			'path',
			'tags',
			'theme',
			'type',
			'updated_at',
			'uuid',
			'value',
			'version',
		]);

		const again = await post(`${projects}/${id}/changes`, { upsert: { tokens: [body] } });
		assert.deepEqual(again.body, { revision: 3, added: 0, changed: 0, removed: 0 });

		const { body: revisions } = await send(`${projects}/${id}/revisions`);
		const told = revisions.items.map((r: Record<string, unknown>) => [
			r['revision'],
			r['cause'],
			r['message'],
			r['added'],
			r['changed'],
			r['removed'],
		]);
		assert.deepEqual(told, [
			[3, 'edit', 'A calmer accent', 1, 1, 1],
			[2, 'edit', null, 9, 0, 0],
			[1, 'create', null, 0, 0, 0],
		]);
	});

	test('an edit that breaks a rule changes nothing and says where', async () => {
		const id = await filled();
		const cases: [object, string][] = [
			[{ delete: [BUTTON] }, 'dangling_reference'],
			[
				{
					upsert: {
						tokens: [
							{ uuid: LINK, theme: LIGHT, path: 'color.link', type: 'color', value: '{color.nowhere}' },
						],
					},
				},
				'dangling_reference',
			],
			[
				{ upsert: { tokens: [{ uuid: LINK, theme: LIGHT, path: 'a', type: 'color', value: '{a}' }] } },
				'reference_cycle',
			],
			[
				{ upsert: { tokens: [{ theme: LIGHT, path: 'w', type: 'number', value: '{color.link}' }] } },
				'reference_type',
			],
			[
				{ upsert: { tokens: [{ theme: LIGHT, path: 'color.accent', type: 'number', value: 1 }] } },
				'duplicate_record',
			],
			[{ upsert: { tokens: [{ theme: LIGHT, path: 'x', type: 'color', value: 'red' }] } }, 'invalid_value'],
			[{ upsert: { components: [{ name: 'Button' }] } }, 'duplicate_record'],
			[{ upsert: { components: [{ name: 'Other', tokens: ['no.such'] }] } }, 'dangling_reference'],
			[{ upsert: { themes: [{ name: 'dark', group: 'color scheme' }] } }, 'duplicate_record'],
		];
		for (const [body, code] of cases) {
			const answer = await post(`${projects}/${id}/changes`, body);
			assertProblem(answer, 400, code);
			assert.ok(answer.body.errors_total >= 1 && answer.body.errors[0].details, code);
		}
		assertProblem(
			await post(`${projects}/${id}/changes`, { delete: [ACCENT.replace('0010', '9999')] }),
			404,
			'record_unknown',
		);
		assert.equal((await send(`${projects}/${id}`)).body.revision, 2);
	});

	test('an alias may point into any theme that can be active with its own, and no circle that can never be active counts', async () => {
		const id = await newProject();
		const base = { uuid: '018f3b60-0000-7000-8000-0000000000b0', name: 'base' };
		const light = { uuid: LIGHT, name: 'light', group: 'scheme', order: 1 };
		const dark = { uuid: DARK, name: 'dark', group: 'scheme', order: 1 };
		const token = (theme: { uuid: string }, path: string, value: unknown) => ({
			theme: theme.uuid,
			path,
			type: 'number',
			value,
		});
		const put = (tokens: object[]) =>
			post(`${projects}/${id}/changes`, { upsert: { themes: [base, light, dark], tokens } });
		assertProblem(await put([token(light, 'a', '{b}'), token(dark, 'b', 1)]), 400, 'dangling_reference');
		// light.a → b → (dark) a: light and dark are never active together.
		assert.equal(
			(
				await put([
					token(light, 'a', '{b}'),
					token(dark, 'b', '{a}'),
					token(base, 'b', 1),
					token(base, 'a', 2),
				])
			).status,
			200,
		);
		assertProblem(await put([token(base, 'c', '{d}'), token(dark, 'd', '{c}')]), 400, 'reference_cycle');
		// The dark theme lays its own c over the base's, so there is no circle.
		assert.equal(
			(await put([token(base, 'e', '{f}'), token(dark, 'f', '{e}'), token(dark, 'e', 3)])).status,
			200,
		);
	});

	test('records are filtered; a cursor stays on its revision', async () => {
		const id = await filled();
		const paths = async (query: string) =>
			(await allRecords(service.url, id, 'tokens', query)).map(({ path, theme }) => [path, theme]);
		assert.equal((await paths('&type=color')).length, 3);
		assert.deepEqual(await paths('&tag=brand'), [['color.accent', LIGHT]]);
		assert.equal((await paths('&folder=text')).length, 1);
		assert.equal((await paths('&category=layout')).length, 1);
		assert.equal((await paths('&path_prefix=color.')).length, 3);
		assert.equal((await paths(`&theme=${DARK}`)).length, 1);
		assert.equal((await paths('&type=color&path_prefix=space')).length, 0);

		for (const query of ['', '&type=color']) {
			const first = await send(`${projects}/${id}/tokens?limit=2${query}`);
			await post(`${projects}/${id}/changes`, {
				upsert: {
					tokens: [{ theme: LIGHT, path: `later${query.length}`, type: 'color', value: srgb(1, 1, 1) }],
				},
			});
			const second = await send(
				`${projects}/${id}/tokens?limit=100&cursor=${first.body.next_cursor}${query}`,
			);
			assert.equal(second.headers.get('etag'), first.headers.get('etag'));
			assert.equal(second.body.items.length + 2, first.body.total);
		}
		assert.equal((await send(`${projects}/${id}/tokens?revision=1`)).body.total, 0);
		assert.equal((await send(`${projects}/${id}/tokens?revision=2`)).body.total, 4);
		assertProblem(await send(`${projects}/${id}/tokens?revision=99`), 404, 'revision_unknown');
		assert.equal((await send(`${projects}/${id}/themes`)).body.total, 3);
		assert.equal((await send(`${projects}/${id}/components`)).body.total, 2);
	});

	test('an older revision is exported as it was, and a selection takes what it names with the themes it needs', async () => {
		const id = await filled();
		const exported = async (body: object) => (await post(`${projects}/${id}/export`, body)).body;
		const counts = async (archive: Buffer, query = '') =>
			(await upload(`${projects}/import/analyze?references=warn&project_id=new${query}`, archive, 'x.dss'))
				.body.item_counts;
		assert.deepEqual(await counts(await exported({ revision: 1 })), {
			themes: 0,
			tokens: 0,
			components: 0,
			assets: 0,
		});
		assert.deepEqual(await counts(await exported({ selection: { types: ['dimension'] } })), {
			themes: 1,
			tokens: 1,
			components: 0,
			assets: 0,
		});
		assert.deepEqual(await counts(await exported({ selection: { kinds: ['components'] } })), {
			themes: 0,
			tokens: 0,
			components: 2,
			assets: 0,
		});
		assert.deepEqual(await counts(await exported({ selection: { themes: [DARK] } })), {
			themes: 1,
			tokens: 1,
			components: 0,
			assets: 0,
		});
		assertProblem(await post(`${projects}/${id}/export`, { revision: 7 }), 404, 'revision_unknown');

		const partial = await exported({ selection: { path_prefixes: ['space'] } });
		const back = await upload(`${projects}/import`, partial, 'x.dss');
		assert.equal(back.status, 200, JSON.stringify(back.body));
		assert.deepEqual(
			back.body.item_counts,
			{ themes: 3, tokens: 4, components: 2, assets: 0 },
			'a partial archive deletes nothing',
		);
	});

	test('replace never throws away silently what the archive has not seen', async () => {
		const id = await filled();
		const archive = (await post(`${projects}/${id}/export`, {})).body;
		await post(`${projects}/${id}/changes`, {
			upsert: {
				tokens: [{ uuid: LINK, theme: LIGHT, path: 'color.link', type: 'color', value: srgb(1, 0, 0) }],
			},
		});
		const refused = await upload(`${projects}/import`, archive, 'x.dss');
		assertProblem(refused, 409, 'local_changes');
		assert.equal(refused.body.details.local_changes, 1);
		const plan = await upload(`${projects}/import/analyze`, archive, 'x.dss');
		assert.deepEqual(plan.body.changes, { added: 0, changed: 1, removed: 0, unchanged: 8 });
		assert.equal(plan.headers.get('etag'), '"rev-3"');
		const forced = await upload(`${projects}/import?discard_local_changes=true`, archive, 'x.dss');
		assert.equal(forced.status, 200, JSON.stringify(forced.body));
		assert.equal(forced.body.revision, 4);
	});

	test('an archive of another project that is aimed at one knows nothing of its changes', async () => {
		const source = await filled();
		for (let edit = 0; edit < 4; edit++)
			await post(`${projects}/${source}/changes`, { upsert: { themes: [{ name: `t${edit}` }] } });
		const archive = (await post(`${projects}/${source}/export`, {})).body;
		const target = await filled();
		const own = { theme: LIGHT, path: 'made.here', type: 'number', value: 1 };
		await post(`${projects}/${target}/changes`, { upsert: { tokens: [own] } });
		const aim = (query: string) =>
			upload(`${projects}/import?project_id=${target}${query}`, archive, 'x.dss');
		assertProblem(await aim(''), 409, 'local_changes');
		assert.equal((await aim('&discard_local_changes=true')).status, 200);
		assert.equal((await aim('')).status, 200, 'the same again has nothing to lose');
		await post(`${projects}/${source}/changes`, { upsert: { themes: [{ name: 'later' }] } });
		const next = (await post(`${projects}/${source}/export`, {})).body;
		const brought = await upload(`${projects}/import?project_id=${target}`, next, 'x.dss');
		assert.equal(brought.status, 200, 'its next version stems from the one that was taken in');
		await post(`${projects}/${target}/changes`, { upsert: { tokens: [own] } });
		assertProblem(
			await upload(`${projects}/import?project_id=${target}`, next, 'x.dss'),
			409,
			'local_changes',
		);
	});

	test('an archive becomes a copy under fresh uuids with project_id=new, and only once under its own', async () => {
		const id = await filled();
		const archive = (await post(`${projects}/${id}/export`, {})).body;
		const copy = await upload(`${projects}/import?project_id=new&name=Copy`, archive, 'x.dss');
		assert.equal(copy.status, 201, JSON.stringify(copy.body));
		assert.notEqual(copy.body.project_id, id);
		assert.equal(copy.body.project_name, 'Copy');
		const ours = await allRecords(service.url, id, 'tokens');
		const theirs = await allRecords(service.url, copy.body.project_id, 'tokens');
		assert.equal(theirs.length, ours.length);
		assert.ok(theirs.every(({ uuid }) => ours.every((token) => token.uuid !== uuid)));
		const same = await upload(`${projects}/import`, archive, 'x.dss');
		assert.deepEqual([same.status, same.body.revision], [200, 2]);
	});

	test('If-Match holds an import to the revision of its plan', async () => {
		const id = await filled();
		const archive = (await post(`${projects}/${id}/export`, {})).body;
		const form = () => {
			const body = new FormData();
			body.append('file', new Blob([new Uint8Array(archive)]), 'x.dss');
			return { method: 'POST', body };
		};
		const stale = await send(`${projects}/import`, { ...form(), headers: { 'if-match': '"rev-1"' } });
		assertProblem(stale, 412, 'revision_stale');
		assert.deepEqual(stale.body.details.since, [2]);
		assert.equal(
			(await send(`${projects}/import`, { ...form(), headers: { 'if-match': '"rev-2"' } })).status,
			200,
		);
	});

	test('what came in with a warning does not keep its project from being edited; new faults are refused', async () => {
		const file = JSON.stringify({
			a: { $type: 'color', $value: '{not.here}' },
			b: { $type: 'number', $value: 1 },
			c: { $type: 'number', $value: '{b}' },
		});
		const { body } = await upload(`${projects}/import`, file, 'published.tokens.json');
		assert.ok(body.warnings.some(({ code }: { code: string }) => code === 'dangling_reference'));
		const at = `${projects}/${body.project_id}`;
		const tokens = await allRecords(service.url, body.project_id, 'tokens');
		const token = (path: string) => tokens.find((one) => one.path === path);
		const edited = await post(`${at}/changes`, { upsert: { tokens: [{ ...token('b'), value: 2 }] } });
		assert.equal(edited.status, 200, JSON.stringify(edited.body));
		const broken = await post(`${at}/changes`, { delete: [token('b').uuid] });
		assertProblem(broken, 400, 'dangling_reference');
		assert.deepEqual(
			broken.body.errors.map(({ details }: { details: { path: string } }) => details.path),
			['c'],
			'only the new fault is told',
		);
		const another = await post(`${at}/changes`, {
			upsert: { tokens: [{ ...token('b'), value: '{nor.this}' }] },
		});
		assertProblem(another, 400, 'dangling_reference');
	});
});
