/** If-Match and If-None-Match: what a tag stands for (RFC 9110 §13.1). */
import t from 'tap';
import { buildDss } from '../support/dss-builder.ts';
import { assertProblem, put, send } from '../support/http.ts';
import { startService } from '../support/service.ts';

t.test('If-Match: * makes no new project, and lets one that exists be written', async (t) => {
	await using service = await startService();
	const url = `${service.url}/api/projects/import`;
	const existing = { 'if-match': '*' };
	const archive = buildDss();
	assertProblem(t, await put(url, archive, 'application/zip', existing), 412, 'revision_stale');
	assertProblem(
		t,
		await put(`${url}?project_id=new`, archive, 'application/zip', existing),
		412,
		'revision_stale',
	);
	t.equal((await put(url, archive, 'application/zip')).status, 201);
	t.equal((await put(url, archive, 'application/zip', existing)).status, 200);
});

t.test(
	'a project that was deleted and is imported again is another: no tag of the old one fits',
	async (t) => {
		await using service = await startService();
		const url = `${service.url}/api/projects/import`;
		const first = await put(url, buildDss(), 'application/zip');
		const project = `${service.url}/api/projects/${first.body.project_id}`;
		const read = (headers: Record<string, string>) => send(project, { headers });
		const tag = (await read({})).headers.get('etag') ?? '';
		t.equal((await read({ 'if-none-match': tag })).status, 304);
		t.equal((await send(project, { method: 'DELETE' })).status, 204);
		const again = await put(url, buildDss(), 'application/zip');
		t.strictSame([again.status, again.body.revision], [201, first.body.revision + 1]);
		t.equal((await read({ 'if-none-match': tag })).status, 200);
		assertProblem(
			t,
			await put(url, buildDss(), 'application/zip', { 'if-match': tag }),
			412,
			'revision_stale',
		);
		assertProblem(
			t,
			await send(`${project}/tokens?revision=${first.body.revision}`),
			404,
			'revision_unknown',
		);
	},
);

t.test('a DELETE that is declared as JSON and has no body is one without a body', async (t) => {
	await using service = await startService();
	const { body } = await put(`${service.url}/api/projects/import`, buildDss(), 'application/zip');
	const headers = { 'content-type': 'application/json' };
	const project = `${service.url}/api/projects/${body.project_id}`;
	t.equal((await send(project, { method: 'DELETE', headers })).status, 204);
	const withBody = await send(project, { method: 'DELETE', body: 'x' });
	assertProblem(t, withBody, 400, 'malformed_request');
	t.match(withBody.body.detail, /takes no body/);
});
