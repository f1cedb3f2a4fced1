/** If-Match: `*` asks for a project that exists (RFC 9110 §13.1.1). */
import t from 'tap';
import { buildDss } from '../support/dss-builder.ts';
import { assertProblem, put } from '../support/http.ts';
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
