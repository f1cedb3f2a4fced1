import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import openapiTS, { astToString } from 'openapi-typescript';
import { send } from '../support/http.ts';
import { type Service, startService } from '../support/service.ts';

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
// 202: so much that it became a job.
if (!('project_id' in imported.data)) throw new Error('it became job ' + imported.data.job_id);
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

describe('a client generated from the OpenAPI document', () => {
	let here: Service;
	let there: Service;
	let folder: string;
	before(async () => {
		[here, there] = await Promise.all([startService(), startService()]);
		folder = mkdtempSync(join(tmpdir(), 'dss-client-'));
		symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
		writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
	});
	after(async () => {
		await here[Symbol.asyncDispose]();
		await there[Symbol.asyncDispose]();
		rmSync(folder, { recursive: true });
	});

	test('the served document is the kept one', async () => {
		const { body } = await send(`${here.url}/openapi.json`);
		assert.deepEqual(body, JSON.parse(readFileSync(join(ROOT, 'openapi/openapi.json'), 'utf8')));
	});

	test('does the main job, type-checked and for real', async () => {
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
		];
		execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), ...options, 'main.ts'], {
			cwd: folder,
			stdio: 'pipe',
		});

		const sample = join(ROOT, 'examples/aurora.tokens.json');
		const said = execFileSync(process.execPath, ['main.ts', here.url, there.url, sample], {
			cwd: folder,
		}).toString();
		const { moved, listed, missing } = JSON.parse(said);
		assert.equal(moved.project_name, 'From a client');
		assert.ok(moved.item_counts.tokens >= listed && listed > 5);
		assert.equal(missing, 'project_unknown');
	});

	test('the documentation page is served', async () => {
		const { status, body } = await send(`${here.url}/docs/`);
		assert.equal(status, 200);
		assert.match(body.toString(), /swagger-ui/);
	});
});
