/** Lists: cursors that hold for their list only, orders, filters of several values, pages bounded in bytes. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type Test, test } from 'tap';
import { type Answer, assertProblem, post, send } from '../support/http.ts';
import { assertQueued, ended } from '../support/jobs.ts';
import { ACCENT, BASE, DARK, LIGHT, LINK, sampleProject, srgb } from '../support/sample.ts';
import { makeFolder, type Service, serviceFor, startService } from '../support/service.ts';

// biome-ignore lint/suspicious/noExplicitAny: items of every list
type Item = any;

async function project({ url }: Service, name = 'Acme'): Promise<string> {
	const id = (await post(`${url}/api/projects`, { name })).body.project_id;
	await post(`${url}/api/projects/${id}/changes`, { upsert: sampleProject() });
	return id;
}

/** All items of a list, page by page. */
async function pages(t: Test, at: string, query: string): Promise<Item[][]> {
	const found: Item[][] = [];
	let cursor: string | null = null;
	do {
		const answer: Answer = await send(`${at}?${query}${cursor === null ? '' : `&cursor=${cursor}`}`);
		t.equal(answer.status, 200, { received: answer.body });
		found.push(answer.body.items);
		cursor = answer.body.next_cursor;
	} while (cursor !== null);
	return found;
}

test('lists', async (t) => {
	const service = await serviceFor(t);
	const projects = `${service.url}/api/projects`;
	const id = await project(service);
	const at = `${projects}/${id}`;
	await project(service, 'Other');

	t.test('a cursor holds for its list, filter, order and revision only; limit may differ', async (t) => {
		const lists = {
			projects: `${projects}?`,
			tokens: `${at}/tokens?`,
			components: `${at}/components?`,
			'tokens of a type': `${at}/tokens?type=color&`,
			'tokens of two types': `${at}/tokens?type=color&type=dimension&`,
			'tokens by name': `${at}/tokens?sort=name&`,
			'tokens backwards': `${at}/tokens?sort=-uuid&`,
			'tokens of a revision': `${at}/tokens?revision=2&`,
			revisions: `${at}/revisions?`,
			'revisions, oldest first': `${at}/revisions?sort=revision&`,
			differences: `${at}/diff?from=1&to=2&`,
			'differences the other way': `${at}/diff?from=2&to=1&`,
		};
		const cursors = new Map<string, string>();
		for (const [name, address] of Object.entries(lists)) {
			const { status, body } = await send(`${address}limit=1`);
			t.equal(status, 200, { received: body });
			t.type(body.next_cursor, 'string', name);
			cursors.set(name, body.next_cursor);
		}
		for (const [name, address] of Object.entries(lists)) {
			for (const [given, cursor] of cursors) {
				const answer = await send(`${address}limit=50&cursor=${cursor}`);
				if (given === name) t.equal(answer.status, 200, name);
				else assertProblem(t, answer, 400, 'bad_cursor');
			}
		}
		const turned = `${at}/tokens?type=dimension&type=color&type=color`;
		const two = cursors.get('tokens of two types');
		t.equal(
			(await send(`${turned}&cursor=${two}`)).status,
			200,
			'the order of a filter’s values is no matter',
		);
	});

	t.test('a cursor that was changed or made up is refused, and says what to do', async (t) => {
		const { body } = await send(`${at}/tokens?limit=1`);
		const [payload = '', signature = ''] = body.next_cursor.split('.');
		const position = JSON.parse(Buffer.from(payload, 'base64url').toString());
		t.equal(position.total, 4);
		const changed = Buffer.from(JSON.stringify({ ...position, total: 9 })).toString('base64url');
		for (const cursor of [
			`${changed}.${signature}`,
			payload,
			`${payload}.`,
			'.',
			'x',
			`${payload}.AAAA`,
			'',
		]) {
			const answer = await send(`${at}/tokens?cursor=${cursor}`);
			assertProblem(t, answer, 400, 'bad_cursor');
			t.match(answer.body.detail, /begin again without a cursor/);
		}
	});

	t.test(
		'records are sorted by name or time, either way, and looked for by a part of the path',
		async (t) => {
			const paths = async (query: string) =>
				(await pages(t, `${at}/tokens`, `limit=1&${query}`)).flat().map(({ path }) => path);
			const ordered = ['color.accent', 'color.accent', 'color.link', 'space.small'];
			t.strictSame(await paths('sort=name'), ordered);
			t.strictSame(await paths('sort=-name'), ordered.toReversed());
			t.strictSame(await paths('sort=name&query=ACCENT'), ['color.accent', 'color.accent']);
			t.strictSame(await paths('query=.small'), ['space.small']);
			const edited = await project(service, 'Edited');
			const tokens = `${projects}/${edited}/tokens`;
			const read = (await send(`${tokens}/${LINK}`)).body;
			await post(`${projects}/${edited}/changes`, { upsert: { tokens: [{ ...read, description: 'new' }] } });
			t.equal((await send(`${tokens}?sort=-updated_at`)).body.items[0].uuid, LINK);
			t.equal((await send(`${tokens}?sort=updated_at`)).body.items.at(-1).uuid, LINK);
			const components = await pages(t, `${at}/components`, 'sort=-name');
			t.strictSame(
				components.flat().map(({ name }) => name),
				['Card', 'Button'],
			);
		},
	);

	t.test('a filter that is repeated takes any of its values; different filters must all hold', async (t) => {
		const count = async (query: string) => (await send(`${at}/tokens?${query}`)).body.total;
		t.equal(await count(`theme=${LIGHT}&theme=${DARK}`), 2);
		t.equal(await count('type=color&type=dimension'), 4);
		t.equal(await count(`type=color&type=dimension&theme=${BASE}`), 2);
		t.equal(await count('tag=brand&tag=none'), 1);
		t.equal(await count('folder=text&folder=none'), 1);
		t.equal(await count('category=layout&category=none'), 1);
		t.equal(await count('path_prefix=space.&path_prefix=color.l'), 2);
		const many = (values: number) => Array.from({ length: values }, (_, index) => `tag=${index}`).join('&');
		t.equal(await count(many(50)), 0);
		assertProblem(t, await send(`${at}/tokens?${many(51)}`), 400, 'malformed_request');
		assertProblem(t, await send(`${at}/tokens?limit=1&limit=2`), 400, 'malformed_request');
		assertProblem(t, await send(`${at}/tokens?sort=path`), 400, 'malformed_request');
	});

	t.test('projects are sorted by name or time, either way', async (t) => {
		for (const name of ['sorted b', 'Sorted c', 'sorted A']) await post(projects, { name });
		const names = async (sort: string) =>
			(await pages(t, projects, `query=sorted&limit=1${sort}`)).flat().map(({ name }) => name);
		t.strictSame(await names(''), ['sorted b', 'Sorted c', 'sorted A']);
		t.strictSame(await names('&sort=name'), ['sorted A', 'sorted b', 'Sorted c']);
		t.strictSame(await names('&sort=-name'), ['Sorted c', 'sorted b', 'sorted A']);
		t.strictSame(await names('&sort=-created_at'), ['sorted A', 'Sorted c', 'sorted b']);
		const [first] = (await send(`${projects}?query=sorted&sort=name`)).body.items;
		await send(`${projects}/${first.project_id}`, {
			method: 'PATCH',
			body: '{"description":"changed"}',
			headers: { 'content-type': 'application/json' },
		});
		t.equal((await names('&sort=-updated_at'))[0], 'sorted A');
	});

	t.test('revisions come newest or oldest first, by their causes', async (t) => {
		const changing = await project(service, 'Changing');
		const list = `${projects}/${changing}/revisions`;
		await post(`${projects}/${changing}/changes`, { delete: [LINK] });
		await post(`${projects}/${changing}/revert`, { to: 2 });
		const numbers = async (query: string) =>
			(await pages(t, list, `limit=1&${query}`)).flat().map(({ revision }) => revision);
		t.strictSame(await numbers(''), [4, 3, 2, 1]);
		t.strictSame(await numbers('sort=revision'), [1, 2, 3, 4]);
		t.strictSame(await numbers('cause=edit'), [3, 2]);
		t.strictSame(await numbers('cause=create&cause=revert&sort=revision'), [1, 4]);
		t.equal((await send(`${list}?cause=edit&limit=1`)).body.total, 2);
	});

	t.test('jobs carry their project, and are listed by it, by kind and by status', async (t) => {
		const queued = async (path: string, init: RequestInit): Promise<Item> => {
			const answer = await send(`${service.url}${path}`, { method: 'POST', ...init });
			const job_id = assertQueued(t, answer);
			await ended(service, job_id);
			const job = (await send(`${service.url}/api/jobs/${job_id}`)).body;
			t.strictSame((await send(`${service.url}/api/import/status/${job_id}`)).body, job, 'the older name');
			return job;
		};
		const json = (body: object) => ({
			body: JSON.stringify(body),
			headers: { 'content-type': 'application/json' },
		});
		const exported = await queued(`/api/projects/${id}/export?background=true`, json({}));
		const made = await queued('/api/import/background', json({ a: { $type: 'number', $value: 1 } }));
		const failed = await queued(
			'/api/projects/import/background?references=strict',
			json({ a: { $type: 'number', $value: '{b}' } }),
		);
		t.equal(exported.project_id, id);
		t.equal(made.project_id, made.result.project_id, 'of the project that it made');
		t.equal(failed.status, 'failed', { received: failed });
		const list = async (query: string) =>
			(await pages(t, `${service.url}/api/jobs`, `limit=1&${query}`)).flat();
		const ids = async (query: string) => (await list(query)).map(({ job_id }) => job_id);
		const [one, two, three] = [exported, made, failed].map(({ job_id }) => job_id);
		t.strictSame(await ids(''), [three, two, one]);
		t.strictSame(await ids('sort=created_at'), [one, two, three]);
		t.strictSame(await ids(`project_id=${id}`), [one]);
		t.strictSame(await ids(`project_id=${id}&project_id=${made.project_id}`), [two, one]);
		t.strictSame(await ids('kind=import&status=succeeded'), [two]);
		t.strictSame(await ids('status=failed&status=succeeded&kind=import'), [three, two]);
		const [listed] = await list('status=failed');
		const { errors, details: _details, ...error } = failed.error;
		t.ok(errors.length > 0);
		t.strictSame(listed.error, error, 'what failed is told, the faults are not');
		const { next_cursor } = (await send(`${service.url}/api/jobs?limit=1`)).body;
		for (const query of ['status=failed', 'kind=import', `project_id=${id}`, 'sort=created_at'])
			assertProblem(
				t,
				await send(`${service.url}/api/jobs?${query}&cursor=${next_cursor}`),
				400,
				'bad_cursor',
			);
		assertProblem(t, await send(`${projects}?cursor=${next_cursor}`), 400, 'bad_cursor');
	});
});

test('a cursor outlives its process, and its key is in no log', async (t) => {
	const dataDir = await makeFolder();
	const first = await startService({ dataDir, env: { DSS_LOG_LEVEL: 'trace' } });
	const id = await project(first);
	const { body } = await send(`${first.url}/api/projects/${id}/tokens?limit=1`);
	await first.stop();
	const db = new Database(join(dataDir, 'dss.db'), { readonly: true });
	// pluck() answers the column.
	const key = db.prepare('SELECT value FROM keys').pluck().get() as Buffer;
	db.close();
	const log = JSON.stringify(first.log);
	t.ok(log.length > 0 && key.length === 32);
	for (const form of ['hex', 'base64', 'base64url'] as const) t.notOk(log.includes(key.toString(form)), form);
	await using second = await startService({ dataDir });
	const next = await send(`${second.url}/api/projects/${id}/tokens?cursor=${body.next_cursor}`);
	t.equal(next.status, 200);
	t.equal(next.body.items.length, 3);
});

test('every page ends at DSS_MAX_PAGE_BYTES, and one item always fits', async (t) => {
	const service = await serviceFor(t, { env: { DSS_MAX_PAGE_BYTES: '10000' } });
	const projects = `${service.url}/api/projects`;
	const text = (bytes: number) => 'x'.repeat(bytes);
	const id = await project(service);
	const at = `${projects}/${id}`;
	for (const size of [4_000, 4_000, 4_000, 30_000]) {
		const upsert = {
			tokens: [
				{
					theme: LIGHT,
					path: `p${size}.n${Math.random()}`,
					type: 'color',
					value: srgb(0, 0, 0),
					description: text(size),
				},
			],
		};
		t.equal((await post(`${at}/changes`, { message: text(size / 4), upsert })).status, 200);
		await post(projects, { name: 'Wide', metadata: { notes: text(size) } });
	}
	const sizes = (found: Item[][]) => found.map((items) => items.length);
	t.strictSame(sizes(await pages(t, `${at}/tokens`, 'path_prefix=p')), [2, 1, 1]);
	t.strictSame(sizes(await pages(t, `${at}/tokens`, 'path_prefix=p&sort=-name')), [2, 1, 1]);
	t.strictSame(sizes(await pages(t, projects, 'query=wide')), [2, 1, 1]);
	t.strictSame(sizes(await pages(t, `${at}/revisions`, 'limit=1000')), [2, 4]);
	t.strictSame(sizes(await pages(t, `${at}/diff`, 'from=2&to=6')), [2, 1, 1]);
	t.equal((await send(`${at}/tokens?limit=1000`)).body.items.at(-1).uuid > ACCENT, true);
});

test('a part of a name is found wherever it stands in a word, and numbers must be whole', async (t) => {
	const service = await serviceFor(t);
	const projects = `${service.url}/api/projects`;
	const made = await post(projects, { name: 'ΟΔΟΣΑ' });
	// A sigma at the end of a word is another letter in lower case.
	for (const query of ['ΟΔΟΣ', 'ΔΟΣ', 'οδοσ', 'ς', 'Σα'])
		t.equal((await send(`${projects}?query=${encodeURIComponent(query)}`)).body.total, 1, query);
	const at = `${projects}/${made.body.project_id}`;
	for (const path of [
		'/tokens?revision=1.5',
		'/tokens?limit=1.9',
		'/diff?from=1.2&to=1',
		'/tokens?limit=0x5',
	])
		assertProblem(t, await send(`${at}${path}`), 400, 'malformed_request');
});
