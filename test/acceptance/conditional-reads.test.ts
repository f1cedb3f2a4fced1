/** Reads carry an ETag; a caller that has the answer is told so (RFC 9110 §13.1.2, §15.4.5). */
import t, { type Test } from 'tap';
import { archiveOf, PROJECT, token } from '../support/dss-builder.ts';
import { assertProblem, post, put, send } from '../support/http.ts';
import { assertQueued, ended } from '../support/jobs.ts';
import { sendRaw } from '../support/raw-http.ts';
import { type Service, serviceFor } from '../support/service.ts';

const ID = '018f3b60-0000-7000-8000-00000000dead';

async function start(t: Test): Promise<{ service: Service; project: string; job: string }> {
	const service = await serviceFor(t);
	await put(`${service.url}/api/projects/import`, archiveOf(30), 'application/zip');
	const project = `/api/projects/${PROJECT}`;
	await post(`${service.url}${project}/changes`, { delete: [token(2).uuid] });
	const queued = await send(`${service.url}${project}/export?background=true`, { method: 'POST' });
	const { job_id } = await ended(service, assertQueued(t, queued));
	return { service, project, job: `/api/jobs/${job_id}` };
}

t.test('every read is answered 304 where nothing changed', async (t) => {
	const { service, project, job } = await start(t);
	for (const path of [
		'/openapi.json',
		'/api/projects',
		project,
		`${project}/tokens`,
		`${project}/tokens?limit=3&type=number`,
		`${project}/tokens?revision=1`,
		`${project}/tokens/${token(1).uuid}`,
		`${project}/revisions`,
		`${project}/diff?from=1&to=2`,
		'/api/jobs',
		job,
		`${job}/result`,
	])
		for (const coding of ['identity', 'gzip', 'br']) {
			const read = (headers = {}, method = 'GET') =>
				sendRaw(service.url, { path, method, headers: { 'accept-encoding': coding, ...headers } });
			const { status, headers } = await read();
			t.equal(status, 200, path);
			const tag = headers.get('etag') ?? '';
			t.match(tag, /^(?:W\/)?"[^"]+"$/, path);
			const head = await read({}, 'HEAD');
			t.equal(head.headers.get('etag'), tag, `${path}: HEAD has the tag of GET`);
			for (const condition of [tag, `W/"x", ${tag}`, `W/${tag.replace('W/', '')}`, '*'])
				for (const method of ['GET', 'HEAD']) {
					const again = await read({ 'if-none-match': condition }, method);
					t.equal(again.status, 304, `${method} ${path} ${condition}`);
					t.equal(again.body.length, 0);
					t.ok(again.headers.get('etag'));
					for (const name of ['content-type', 'content-length', 'content-encoding'])
						t.equal(again.headers.get(name), null, name);
					t.equal(again.headers.get('vary'), headers.get('vary'), `${path}: Vary is that of 200`);
				}
			t.equal((await read({ 'if-none-match': '"other"' })).status, 200);
		}
});

t.test('a tag is that of its revision, and another revision has another', async (t) => {
	const { service, project } = await start(t);
	const at = (path: string, tag?: string) =>
		send(`${service.url}${project}${path}`, tag === undefined ? {} : { headers: { 'if-none-match': tag } });
	t.equal((await at('')).headers.get('etag'), '"rev-2"');
	t.equal((await at('/tokens?limit=1')).headers.get('etag'), '"rev-2"');
	t.equal((await at('/tokens?limit=1&revision=1')).headers.get('etag'), '"rev-1"');
	t.equal((await at('/tokens', '"rev-1"')).status, 200);
	await post(`${service.url}${project}/changes`, { delete: [token(3).uuid] });
	for (const path of ['', '/tokens', `/tokens/${token(1).uuid}`, '/revisions'])
		t.equal((await at(path, '"rev-2"')).status, 200, path);
	t.equal((await at('/tokens?revision=2', '"rev-2"')).status, 304);
	const { body } = await at('/tokens?limit=5&revision=2');
	const next = `/tokens?limit=5&revision=2&cursor=${body.next_cursor}`;
	t.equal((await at(next, '"rev-2"')).status, 304, 'a cursor stays');
});

t.test('a condition makes no answer of what is none', async (t) => {
	const { service, project, job } = await start(t);
	const read = (path: string) =>
		send(`${service.url}${path}`, { headers: { 'if-none-match': '*, "rev-2"' } });
	assertProblem(t, await read(`/api/projects/${ID}`), 404, 'project_unknown');
	assertProblem(t, await read(`${project}/tokens/${ID}`), 404, 'record_unknown');
	assertProblem(t, await read(`${project}/tokens?revision=9`), 404, 'revision_unknown');
	assertProblem(t, await read(`${project}/diff?from=1&to=9`), 404, 'revision_unknown');
	assertProblem(t, await read(`${project}/tokens?limit=x`), 400, 'malformed_request');
	assertProblem(t, await read(job.replace(/[0-9a-f]{12}$/, '00000000dead')), 404, 'job_unknown');
	const made = await post(`${service.url}/api/projects`, { name: 'x' }, { 'if-none-match': '*' });
	t.equal(made.status, 201, 'it is a condition of reads');
	const { headers } = await send(`${service.url}/healthz`);
	t.equal(headers.get('etag'), null, 'what is asked for a moment has no tag');
});

t.test(
	'what was read compressed is written with its tag; a tag that never matches says what to send',
	async (t) => {
		const { service, project } = await start(t);
		const changes = (tag: string) => post(`${service.url}${project}/changes`, {}, { 'if-match': tag });
		const list = await sendRaw(service.url, {
			path: `${project}/tokens`,
			headers: { 'accept-encoding': 'gzip' },
		});
		t.equal(list.headers.get('content-encoding'), 'gzip');
		const tag = list.headers.get('etag') ?? '';
		t.equal(tag, '"rev-2"', 'the tag names the revision, in whichever coding');
		for (const good of [tag, '"rev-2-gzip"', '"rev-2-br"', 'W/"rev-2", "rev-2"'])
			t.equal((await changes(good)).status, 200, good);
		const weak = await changes('W/"rev-2"');
		assertProblem(t, weak, 412, 'revision_stale');
		t.match(weak.body.detail, /W\/"rev-2".*never matches.*send "rev-2"/);
		assertProblem(t, await changes('"rev-1"'), 412, 'revision_stale');
		for (const bad of ['rev-2', '2', '']) {
			const refused = await changes(bad);
			assertProblem(t, refused, 400, 'malformed_request');
			t.match(refused.body.detail, /in quotes, such as "rev-3"/, bad);
		}
	},
);

t.test('Range means something for GET only', async (t) => {
	const { service, job } = await start(t);
	const headers = { range: 'bytes=0-9' };
	t.equal((await send(`${service.url}${job}/result`, { headers })).status, 206);
	const head = await send(`${service.url}${job}/result`, { method: 'HEAD', headers });
	const whole = await send(`${service.url}${job}/result`);
	t.equal(head.status, 200);
	t.equal(head.headers.get('content-range'), null);
	t.equal(head.headers.get('content-length'), String(whole.body.length));
	t.equal(head.headers.get('accept-ranges'), 'bytes');
});
