import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import openapiTS, { astToString } from 'openapi-typescript';
import { test } from 'tap';
import { send } from '../support/http.ts';
import { serviceFor } from '../support/service.ts';

/** Does not block: sockets that the service closes in the meantime are not used again. */
const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');

/** The main job as a front end would write it, upload included; type-checked against the generated client. */
const MAIN_JOB = `
import createClient from 'openapi-fetch';
import { readFile } from 'node:fs/promises';
import type { paths } from './api.ts';

const [here, there, file] = process.argv.slice(2) as [string, string, string];
const form = (body: unknown) => {
	const data = new FormData();
	for (const [name, value] of Object.entries(body as object)) data.append(name, value instanceof Blob ? value : String(value));
	return data;
};
const client = (baseUrl: string) => createClient<paths>({ baseUrl });
const content = new Blob([await readFile(file)]);

const imported = await client(here).POST('/api/projects/import', {
	params: { query: { name: 'From a client' } },
	body: { file: content as unknown as string },
	bodySerializer: form,
});
if (imported.error) throw new Error(imported.error.detail);
// 202: the work became a job.
if (!('project_id' in imported.data)) throw new Error('the import became job ' + imported.data.job_id);
const project_id = imported.data.project_id;

const tokens = await client(here).GET('/api/projects/{project_id}/{kind}', {
	params: { path: { project_id, kind: 'tokens' }, query: { type: 'color', limit: 5 } },
});
if (tokens.error) throw new Error(tokens.error.detail);

const archive = await client(here).POST('/api/projects/{project_id}/export', {
	params: { path: { project_id } },
	body: {},
	parseAs: 'blob',
});
if (archive.error) throw new Error(archive.error.detail);

const moved = await client(there).POST('/api/projects/import', {
	body: { file: archive.data as unknown as string },
	bodySerializer: form,
});
if (moved.error) throw new Error(moved.error.detail);

const missing = await client(there).GET('/api/projects/{project_id}', {
	params: { path: { project_id: '018f3b60-0000-7000-8000-00000000dead' } },
});
console.log(JSON.stringify({ moved: moved.data, listed: tokens.data.total, missing: missing.error?.code }));
`;

test('a client generated from the OpenAPI document', async (t) => {
	const [here, there] = await Promise.all([serviceFor(t), serviceFor(t)]);
	const folder = t.testdir({ 'package.json': '{"type":"module"}' });

	t.test('the served document is the kept one', async (t) => {
		const { body } = await send(`${here.url}/openapi.json`);
		t.strictSame(body, JSON.parse(readFileSync(join(ROOT, 'openapi/openapi.json'), 'utf8')));
	});

	t.test('does the main job, type-checked and for real', async (t) => {
		const document = new URL('../../openapi/openapi.json', import.meta.url);
		writeFileSync(join(folder, 'api.ts'), astToString(await openapiTS(document)));
		writeFileSync(join(folder, 'main.ts'), MAIN_JOB);
		const options = [
			'--noEmit',
			'--strict',
			'--module',
			'nodenext',
			'--target',
			'es2024',
			'--types',
			'node',
			'--allowImportingTsExtensions',
			'--skipLibCheck',
			'--ignoreConfig',
		];
		const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
		await t.resolves(
			run(process.execPath, [compiler, ...options, 'main.ts'], { cwd: folder }),
			'it compiles',
		);

		const sample = join(ROOT, 'examples/aurora.tokens.json');
		const job = ['main.ts', here.url, there.url, sample];
		const { stdout } = await run(process.execPath, job, { cwd: folder });
		const { moved, listed, missing } = JSON.parse(stdout);
		t.equal(moved.project_name, 'From a client');
		t.ok(moved.item_counts.tokens >= listed && listed > 5);
		t.equal(missing, 'project_unknown');
	});

	t.test('the documentation page is served', async (t) => {
		const { status, body } = await send(`${here.url}/docs/`);
		t.equal(status, 200);
		t.match(body.toString(), /swagger-ui/);
	});
});
