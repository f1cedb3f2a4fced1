/** A project that came in with references that lead nowhere can leave again, and come in again, by the same rule. */
import JSZip from 'jszip';
import { type Test, test } from 'tap';
import { post, send, upload } from '../support/http.ts';
import { startService } from '../support/service.ts';

const FILE = JSON.stringify({
	space: {
		small: { $type: 'dimension', $value: { value: 4, unit: 'px' } },
		lost: { $type: 'dimension', $value: '{space.nowhere}' },
	},
});
const SOUND = JSON.stringify({ space: { $type: 'dimension', small: { $value: { value: 4, unit: 'px' } } } });

async function start(t: Test) {
	const service = await startService();
	t.teardown(() => service[Symbol.asyncDispose]());
	return `${service.url}/api/projects`;
}

async function exported(project: string) {
	const { status, body } = await send(`${project}/export`, { method: 'POST' });
	if (status !== 200) throw new Error(JSON.stringify(body));
	const zip = await JSZip.loadAsync(body);
	const manifest = JSON.parse((await zip.file('manifest.json')?.async('string')) ?? 'null');
	return { archive: body as Buffer, manifest };
}

test('an archive of a project with faulty references says so, and re-enters by default', async (t) => {
	const [here, there] = [await start(t), await start(t)];
	const made = await upload(`${here}/import`, FILE, 'tokens.json');
	const { warnings } = made.body;
	t.match(warnings, [{ code: 'dangling_reference', count: 1 }]);
	const { archive, manifest } = await exported(`${here}/${made.body.project_id}`);
	t.equal(manifest.references, 'warn');

	const analysis = await upload(`${there}/import/analyze`, archive, 'x.dss');
	t.match(analysis.body, { is_valid: true, warnings });
	const moved = await upload(`${there}/import`, archive, 'x.dss');
	t.equal(moved.status, 201, JSON.stringify(moved.body));
	t.strictSame(moved.body.warnings, warnings);
	const copied = await upload(`${there}/import?project_id=new`, archive, 'x.dss');
	t.equal(copied.status, 201, JSON.stringify(copied.body));
	t.strictSame(copied.body.warnings, warnings);
	const merged = await upload(`${there}/${made.body.project_id}/merge`, archive, 'x.dss');
	t.equal(merged.status, 200, JSON.stringify(merged.body));
	const predicted = await upload(`${there}/${made.body.project_id}/merge/analyze`, archive, 'x.dss');
	t.equal(predicted.status, 200, JSON.stringify(predicted.body));
	t.strictSame((await exported(`${there}/${made.body.project_id}`)).manifest.references, 'warn');

	const strict = await upload(`${there}/import?references=strict&project_id=new`, archive, 'x.dss');
	t.equal(strict.status, 400);
	t.equal(strict.body.code, 'dangling_reference');
});

test('the manifest speaks for the revision that is exported, through edits and reverts', async (t) => {
	const here = await start(t);
	const { body } = await upload(`${here}/import`, FILE, 'tokens.json');
	const project = `${here}/${body.project_id}`;
	const { items } = (await send(`${project}/tokens`)).body;
	const lost = items.find(({ path }: { path: string }) => path === 'space.lost');
	const mended = await post(`${project}/changes`, {
		upsert: { tokens: [{ ...lost, value: { value: 8, unit: 'px' } }] },
	});
	t.equal(mended.status, 200, JSON.stringify(mended.body));
	t.notOk('references' in (await exported(project)).manifest);
	t.equal((await post(`${project}/revert`, { to: 1 })).status, 200);
	t.equal((await exported(project)).manifest.references, 'warn');
	const renamed = await send(project, {
		method: 'PATCH',
		body: JSON.stringify({ name: 'Renamed' }),
		headers: { 'content-type': 'application/json' },
	});
	t.equal(renamed.status, 200);
	t.equal((await exported(project)).manifest.references, 'warn');
});

test('an archive of a sound project has no such member', async (t) => {
	const here = await start(t);
	const { body } = await upload(`${here}/import?references=warn`, SOUND, 'tokens.json');
	t.notOk('references' in (await exported(`${here}/${body.project_id}`)).manifest);
});

test('If-Match: * asks that the project be there (RFC 9110 §13.1.1)', async (t) => {
	const [here, there] = [await start(t), await start(t)];
	const { body } = await upload(`${here}/import`, SOUND, 'tokens.json');
	const { archive } = await exported(`${here}/${body.project_id}`);
	const put = (url: string) =>
		send(url, {
			method: 'POST',
			body: new Uint8Array(archive),
			headers: { 'content-type': 'application/zip', 'if-match': '*' },
		});
	const refused = await put(`${there}/import`);
	t.equal(refused.status, 412);
	t.equal(refused.body.code, 'revision_stale');
	t.equal((await put(`${here}/import`)).status, 200);
});
