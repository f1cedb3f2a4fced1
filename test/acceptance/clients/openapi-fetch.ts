/** The main job through openapi-fetch, with types of openapi-typescript. */
import { openAsBlob } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import createClient from 'openapi-fetch';
import type { components, paths } from './generated/api.ts';

const [here = '', there = '', file = ''] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl: here });
const other = createClient<paths>({ baseUrl: there });
const design = await openAsBlob(file);

/** openapi-fetch leaves it to its caller how a form is written. */
function bodySerializer(body: components['schemas']['MergeUpload']): FormData {
	const form = new FormData();
	form.append('file', body.file);
	if (body.resolutions !== undefined) form.append('resolutions', body.resolutions);
	return form;
}

const made = await client.POST('/api/projects', { body: { name: 'By hand' } });
if (made.error) throw new Error(made.error.detail);

// A design tokens file becomes a project.
const imported = await client.POST('/api/projects/import', {
	params: { query: { name: 'From a client' } },
	body: { file: design },
	bodySerializer,
});
if (imported.error) throw new Error(imported.error.detail);
if ('job_id' in imported.data) throw new Error('a small import became a job');
const { project_id } = imported.data;
const path = { project_id };

const themes = await client.GET('/api/projects/{project_id}/themes', { params: { path } });
if (themes.error) throw new Error(themes.error.detail);
const tokens = await client.GET('/api/projects/{project_id}/tokens', {
	params: { path, query: { type: ['color'], limit: 5 } },
});
if (tokens.error) throw new Error(tokens.error.detail);
const [token] = tokens.data.items;
if (token === undefined) throw new Error('there is no token');

const edited = await client.POST('/api/projects/{project_id}/changes', {
	params: { path },
	body: { message: 'A button', upsert: { components: [{ name: 'Button', tokens: [token.path] }] } },
});
if (edited.error) throw new Error(edited.error.detail);
const listed = await client.GET('/api/projects/{project_id}/components', { params: { path } });
if (listed.error) throw new Error(listed.error.detail);

// An archive moves to another service: planned, then done.
const EXPORT = '/api/projects/{project_id}/export';
const archive = await client.POST(EXPORT, { params: { path }, parseAs: 'blob' });
if (archive.error) throw new Error(archive.error.detail);
const bytes = await archive.data.bytes();
const upload = { body: { file: archive.data }, bodySerializer };
const plan = await other.POST('/api/projects/import/analyze', upload);
if (plan.error) throw new Error(plan.error.detail);
const moved = await other.POST('/api/projects/import', upload);
if (moved.error) throw new Error(moved.error.detail);
if ('job_id' in moved.data) throw new Error('a small import became a job');

// Both go on; what was done there is merged here.
const elsewhere = await other.POST('/api/projects/{project_id}/changes', {
	params: { path },
	body: { upsert: { tokens: [{ ...token, description: 'Changed there' }] } },
});
if (elsewhere.error) throw new Error(elsewhere.error.detail);
const theirs = await other.POST(EXPORT, { params: { path }, parseAs: 'blob' });
if (theirs.error) throw new Error(theirs.error.detail);
const merged = await client.POST('/api/projects/{project_id}/merge', {
	params: { path, query: { strategy: 'newest' } },
	body: { file: theirs.data, resolutions: '{}' },
	bodySerializer,
});
if (merged.error) throw new Error(merged.error.detail);
if ('job_id' in merged.data) throw new Error('a small merge became a job');

// Work that becomes a job.
const queued = await client.POST('/api/projects/import/background', {
	params: { query: { project_id: 'new' } },
	body: { file: theirs.data },
	bodySerializer,
});
if (queued.error) throw new Error(queued.error.detail);
const job = await ended(queued.data.job_id);
if (job.status === 'failed') throw new Error(job.error.detail);
if (job.status !== 'succeeded' || job.kind !== 'import') throw new Error(`the job is ${job.status}`);

const missing = await client.GET('/api/projects/{project_id}', {
	params: { path: { project_id: '018f3b60-0000-7000-8000-00000000dead' } },
});

console.log(
	JSON.stringify({
		made: made.data.name,
		themes: themes.data.items.map(({ name }) => name),
		path: token.path,
		listed: tokens.data.total,
		uses: listed.data.items[0]?.tokens,
		bytes: bytes.byteLength,
		plan: plan.data.item_counts?.tokens,
		moved: moved.data.project_id === project_id,
		merged: merged.data.updated_items,
		copied: job.result?.project_name,
		missing: missing.error?.code,
	}),
);

async function ended(job_id: string) {
	for (;;) {
		const { data: job, error } = await client.GET('/api/jobs/{job_id}', { params: { path: { job_id } } });
		if (error) throw new Error(error.detail);
		if (job.status !== 'queued' && job.status !== 'running') return job;
		await delay(50);
	}
}
