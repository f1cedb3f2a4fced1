/** What can be refused for a project's sake is refused before the records of an upload are read. */
import { test } from 'tap';
import { buildDss, PROJECT, theme } from '../support/dss-builder.ts';
import { put } from '../support/http.ts';
import { startService } from '../support/service.ts';

const UNKNOWN = '018f3b60-0000-7000-8000-0000000000ee';

test('a target that is unknown or stale is reported, not the faulty records', async (t) => {
	const service = await startService();
	t.teardown(() => service[Symbol.asyncDispose]());
	const url = `${service.url}/api/projects/import`;
	const send = (bytes: Uint8Array, query: string, headers: Record<string, string> = {}) =>
		put(`${url}${query}`, bytes, 'application/zip', headers);
	t.equal((await send(buildDss({ themes: [theme()] }), '')).status, 201);
	// Its records would be refused: the line is no JSON.
	const broken = buildDss({ themes: ['{'] });
	t.match(await send(broken, ''), { status: 400, body: { stage: 'structure' } });
	t.match(await send(broken, `?project_id=${UNKNOWN}`), { status: 404, body: { code: 'project_unknown' } });
	for (const query of ['', `?project_id=${PROJECT}`, '?strategy=merge'])
		t.match(await send(broken, query, { 'if-match': '"rev-7"' }), {
			status: 412,
			body: { code: 'revision_stale' },
		});
	t.match(await put(`${service.url}/api/projects/${UNKNOWN}/merge`, broken, 'application/zip'), {
		status: 404,
		body: { code: 'project_unknown' },
	});
});
