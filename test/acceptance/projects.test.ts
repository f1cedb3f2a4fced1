import { type Test, test } from 'tap';
import { allRecords, assertProblem, post, send, upload } from '../support/http.ts';
import { ACCENT, BUTTON, CARD, DARK, LIGHT, LINK, sampleProject, srgb } from '../support/sample.ts';
import { serviceFor } from '../support/service.ts';

test('projects', async (t) => {
	const service = await serviceFor(t);
	const projects = `${service.url}/api/projects`;

	const newProject = async (name = 'Acme'): Promise<string> =>
		(await post(projects, { name })).body.project_id;
	const filled = async (t: Test): Promise<string> => {
		const id = await newProject();
		const { status, body } = await post(`${projects}/${id}/changes`, { upsert: sampleProject() });
		t.equal(status, 200, { received: body });
		return id;
	};

	t.test('a project is made, read, changed and deleted', async (t) => {
		const made = await post(projects, { name: 'Acme', description: 'Ours', metadata: { team: 'web' } });
		t.equal(made.status, 201);
		t.equal(made.headers.get('location'), `/api/projects/${made.body.project_id}`);
		t.equal(made.headers.get('etag'), '"rev-1"');
		t.strictSame(made.body.item_counts, { themes: 0, tokens: 0, components: 0, assets: 0 });

		const at = `${projects}/${made.body.project_id}`;
		const read = await send(at);
		t.strictSame(read.body, made.body);
		t.equal(read.headers.get('etag'), '"rev-1"');

		const patch = (body: object, headers = {}) =>
			send(at, {
				method: 'PATCH',
				body: JSON.stringify(body),
				headers: { 'content-type': 'application/json', ...headers },
			});
		assertProblem(t, await patch({ name: 'Late' }, { 'if-match': '"rev-9"' }), 412, 'revision_stale');
		const changed = await patch({ description: null, name: 'Acme 2' }, { 'if-match': '"rev-1"' });
		t.equal(changed.status, 200);
		t.strictSame([changed.body.name, changed.body.description, changed.body.revision], ['Acme 2', null, 2]);
		t.strictSame(changed.body.metadata, { team: 'web' }, 'what is not sent stays');
		t.equal((await patch({ name: 'Acme 2' })).body.revision, 2, 'nothing different makes no revision');

		assertProblem(
			t,
			await send(at, { method: 'DELETE', headers: { 'if-match': '"rev-1"' } }),
			412,
			'revision_stale',
		);
		t.equal((await send(at, { method: 'DELETE', headers: { 'if-match': '"rev-2"' } })).status, 204);
		assertProblem(t, await send(at), 404, 'project_unknown');
	});

	t.test('projects are paged through and looked for by name', async (t) => {
		for (const name of ['Zebra one', 'Zebra two', 'Zebra three']) await newProject(name);
		const first = await send(`${projects}?query=zebra&limit=2`);
		t.equal(first.body.total, 3);
		t.equal(first.body.items.length, 2);
		const second = await send(`${projects}?query=zebra&limit=2&cursor=${first.body.next_cursor}`);
		t.strictSame(
			second.body.items.map(({ name }: { name: string }) => name),
			['Zebra three'],
		);
		t.equal(second.body.next_cursor, null);
		assertProblem(t, await send(`${projects}?cursor=made-up`), 400, 'bad_cursor');
	});

	t.test('an edit adds, changes and deletes as one revision; the same again makes none', async (t) => {
		const id = await filled(t);
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
		const { created, ...counts } = answer.body;
		t.strictSame(counts, { revision: 3, added: 1, changed: 1, removed: 1 });
		t.equal(created.tokens.length, 1);
		const { body } = await send(`${projects}/${id}/tokens/${ACCENT}`);
		t.strictSame(body.value, srgb(0, 0.3, 0.6));
		t.equal(body.created_at, read.created_at);
		t.ok(body.version > read.version);
		t.strictSame(Object.keys(body).sort(), [
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
		const nothing = { themes: [], tokens: [], components: [] };
		t.strictSame(again.body, { revision: 3, added: 0, changed: 0, removed: 0, created: nothing });

		const { body: revisions } = await send(`${projects}/${id}/revisions`);
		const listed = revisions.items.map((r: Record<string, unknown>) => [
			r['revision'],
			r['cause'],
			r['message'],
			r['added'],
			r['changed'],
			r['removed'],
		]);
		t.strictSame(listed, [
			[3, 'edit', 'A calmer accent', 1, 1, 1],
			[2, 'edit', null, 9, 0, 0],
			[1, 'create', null, 0, 0, 0],
		]);
	});

	t.test('an edit that breaks a rule changes nothing and says where', async (t) => {
		const id = await filled(t);
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
			assertProblem(t, answer, 400, code);
			t.ok(answer.body.errors_total >= 1 && answer.body.errors[0].details, code);
		}
		assertProblem(
			t,
			await post(`${projects}/${id}/changes`, { delete: [ACCENT.replace('0010', '9999')] }),
			404,
			'record_unknown',
		);
		t.equal((await send(`${projects}/${id}`)).body.revision, 2);
	});

	t.test(
		'an alias may point into any theme that can be active with its own, and no circle that can never be active counts',
		async (t) => {
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
			assertProblem(t, await put([token(light, 'a', '{b}'), token(dark, 'b', 1)]), 400, 'dangling_reference');
			// light.a → b → (dark) a: light and dark are never active together.
			t.equal(
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
			assertProblem(t, await put([token(base, 'c', '{d}'), token(dark, 'd', '{c}')]), 400, 'reference_cycle');
			// The dark theme lays its own c over the base's, so there is no circle.
			t.equal(
				(await put([token(base, 'e', '{f}'), token(dark, 'f', '{e}'), token(dark, 'e', 3)])).status,
				200,
			);
		},
	);

	t.test('records are filtered; a cursor stays on its revision', async (t) => {
		const id = await filled(t);
		const paths = async (query: string) =>
			(await allRecords(service.url, id, 'tokens', query)).map(({ path, theme }) => [path, theme]);
		t.equal((await paths('&type=color')).length, 3);
		t.strictSame(await paths('&tag=brand'), [['color.accent', LIGHT]]);
		t.equal((await paths('&folder=text')).length, 1);
		t.equal((await paths('&category=layout')).length, 1);
		t.equal((await paths('&path_prefix=color.')).length, 3);
		t.equal((await paths(`&theme=${DARK}`)).length, 1);
		t.equal((await paths('&type=color&path_prefix=space')).length, 0);

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
			t.equal(second.headers.get('etag'), first.headers.get('etag'));
			t.equal(second.body.items.length + 2, first.body.total);
		}
		t.equal((await send(`${projects}/${id}/tokens?revision=1`)).body.total, 0);
		t.equal((await send(`${projects}/${id}/tokens?revision=2`)).body.total, 4);
		assertProblem(t, await send(`${projects}/${id}/tokens?revision=99`), 404, 'revision_unknown');
		t.equal((await send(`${projects}/${id}/themes`)).body.total, 3);
		t.equal((await send(`${projects}/${id}/components`)).body.total, 2);
	});

	t.test(
		'an older revision is exported as it was, and a selection takes what it names with the themes it needs',
		async (t) => {
			const id = await filled(t);
			const exported = async (body: object) => (await post(`${projects}/${id}/export`, body)).body;
			const counts = async (archive: Buffer, query = '') =>
				(await upload(`${projects}/import/analyze?references=warn&project_id=new${query}`, archive, 'x.dss'))
					.body.item_counts;
			t.strictSame(await counts(await exported({ revision: 1 })), {
				themes: 0,
				tokens: 0,
				components: 0,
				assets: 0,
			});
			t.strictSame(await counts(await exported({ selection: { types: ['dimension'] } })), {
				themes: 1,
				tokens: 1,
				components: 0,
				assets: 0,
			});
			t.strictSame(await counts(await exported({ selection: { kinds: ['components'] } })), {
				themes: 0,
				tokens: 0,
				components: 2,
				assets: 0,
			});
			t.strictSame(await counts(await exported({ selection: { themes: [DARK] } })), {
				themes: 1,
				tokens: 1,
				components: 0,
				assets: 0,
			});
			assertProblem(t, await post(`${projects}/${id}/export`, { revision: 7 }), 404, 'revision_unknown');

			const partial = await exported({ selection: { path_prefixes: ['space'] } });
			const back = await upload(`${projects}/import`, partial, 'x.dss');
			t.equal(back.status, 200, { received: back.body });
			t.strictSame(
				back.body.item_counts,
				{ themes: 3, tokens: 4, components: 2, assets: 0 },
				'a partial archive deletes nothing',
			);
		},
	);

	t.test('replace never throws away silently what the archive has not seen', async (t) => {
		const id = await filled(t);
		const archive = (await post(`${projects}/${id}/export`, {})).body;
		await post(`${projects}/${id}/changes`, {
			upsert: {
				tokens: [{ uuid: LINK, theme: LIGHT, path: 'color.link', type: 'color', value: srgb(1, 0, 0) }],
			},
		});
		const refused = await upload(`${projects}/import`, archive, 'x.dss');
		assertProblem(t, refused, 409, 'local_changes');
		t.equal(refused.body.details.local_changes, 1);
		const plan = await upload(`${projects}/import/analyze`, archive, 'x.dss');
		t.strictSame(plan.body.changes, { added: 0, changed: 1, removed: 0, unchanged: 8 });
		t.equal(plan.headers.get('etag'), '"rev-3"');
		const forced = await upload(`${projects}/import?discard_local_changes=true`, archive, 'x.dss');
		t.equal(forced.status, 200, { received: forced.body });
		t.equal(forced.body.revision, 4);
	});

	t.test('an archive of another project that is aimed at one knows nothing of its changes', async (t) => {
		const source = await filled(t);
		for (let edit = 0; edit < 4; edit++)
			await post(`${projects}/${source}/changes`, { upsert: { themes: [{ name: `t${edit}` }] } });
		const archive = (await post(`${projects}/${source}/export`, {})).body;
		const target = await filled(t);
		const own = { theme: LIGHT, path: 'made.here', type: 'number', value: 1 };
		await post(`${projects}/${target}/changes`, { upsert: { tokens: [own] } });
		const aim = (query: string) =>
			upload(`${projects}/import?project_id=${target}${query}`, archive, 'x.dss');
		assertProblem(t, await aim(''), 409, 'local_changes');
		t.equal((await aim('&discard_local_changes=true')).status, 200);
		t.equal((await aim('')).status, 200, 'the same again has nothing to lose');
		await post(`${projects}/${source}/changes`, { upsert: { themes: [{ name: 'later' }] } });
		const next = (await post(`${projects}/${source}/export`, {})).body;
		const brought = await upload(`${projects}/import?project_id=${target}`, next, 'x.dss');
		t.equal(brought.status, 200, 'its next version descends from the one that was imported');
		await post(`${projects}/${target}/changes`, { upsert: { tokens: [own] } });
		assertProblem(
			t,
			await upload(`${projects}/import?project_id=${target}`, next, 'x.dss'),
			409,
			'local_changes',
		);
	});

	t.test(
		'an archive becomes a copy under fresh uuids with project_id=new, and only once under its own',
		async (t) => {
			const id = await filled(t);
			const archive = (await post(`${projects}/${id}/export`, {})).body;
			const copy = await upload(`${projects}/import?project_id=new&name=Copy`, archive, 'x.dss');
			t.equal(copy.status, 201, { received: copy.body });
			t.not(copy.body.project_id, id);
			t.equal(copy.body.project_name, 'Copy');
			const ours = await allRecords(service.url, id, 'tokens');
			const theirs = await allRecords(service.url, copy.body.project_id, 'tokens');
			t.equal(theirs.length, ours.length);
			t.ok(theirs.every(({ uuid }) => ours.every((token) => token.uuid !== uuid)));
			const same = await upload(`${projects}/import`, archive, 'x.dss');
			t.strictSame([same.status, same.body.revision], [200, 2]);
		},
	);

	t.test('If-Match holds an import to the revision of its plan', async (t) => {
		const id = await filled(t);
		const archive = (await post(`${projects}/${id}/export`, {})).body;
		const form = () => {
			const body = new FormData();
			body.append('file', new Blob([new Uint8Array(archive)]), 'x.dss');
			return { method: 'POST', body };
		};
		const stale = await send(`${projects}/import`, { ...form(), headers: { 'if-match': '"rev-1"' } });
		assertProblem(t, stale, 412, 'revision_stale');
		t.strictSame(stale.body.details.since, [2]);
		t.equal(
			(await send(`${projects}/import`, { ...form(), headers: { 'if-match': '"rev-2"' } })).status,
			200,
		);
	});

	t.test(
		'what came in with a warning does not keep its project from being edited; new faults are refused',
		async (t) => {
			const file = JSON.stringify({
				a: { $type: 'color', $value: '{not.here}' },
				b: { $type: 'number', $value: 1 },
				c: { $type: 'number', $value: '{b}' },
			});
			const { body } = await upload(`${projects}/import`, file, 'published.tokens.json');
			t.ok(body.warnings.some(({ code }: { code: string }) => code === 'dangling_reference'));
			const at = `${projects}/${body.project_id}`;
			const tokens = await allRecords(service.url, body.project_id, 'tokens');
			const token = (path: string) => tokens.find((one) => one.path === path);
			const edited = await post(`${at}/changes`, { upsert: { tokens: [{ ...token('b'), value: 2 }] } });
			t.equal(edited.status, 200, { received: edited.body });
			const broken = await post(`${at}/changes`, { delete: [token('b').uuid] });
			assertProblem(t, broken, 400, 'dangling_reference');
			t.strictSame(
				broken.body.errors.map(({ details }: { details: { path: string } }) => details.path),
				['c'],
				'only the new fault is reported',
			);
			const another = await post(`${at}/changes`, {
				upsert: { tokens: [{ ...token('b'), value: '{nor.this}' }] },
			});
			assertProblem(t, another, 400, 'dangling_reference');
		},
	);
});
