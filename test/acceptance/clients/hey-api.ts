/** The main job through a client of @hey-api/openapi-ts. */
import { openAsBlob } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from './generated/client/index.ts';
import {
	analyzeImport,
	changeRecords,
	createProject,
	exportProject,
	getJob,
	getJobResult,
	getProject,
	importArchive,
	type Job,
	listComponents,
	listThemes,
	listTokens,
	mergeArchive,
} from './generated/index.ts';

const [here = '', there = '', file = ''] = process.argv.slice(2);
const [client, other] = [here, there].map((baseUrl) => createClient({ baseUrl, throwOnError: true }));
const design = await openAsBlob(file);

const { data: made } = await createProject({ client, throwOnError: true, body: { name: 'By hand' } });

// A design tokens file becomes a project.
const { data: imported } = await importArchive({
	client,
	throwOnError: true,
	query: { name: 'From a client' },
	body: { file: design },
});
if ('job_id' in imported) throw new Error('a small import became a job');
const { project_id } = imported;

const { data: themes } = await listThemes({ client, throwOnError: true, path: { project_id } });
const { data: tokens } = await listTokens({
	client,
	throwOnError: true,
	path: { project_id },
	query: { type: ['color'], limit: 5 },
});
const [token] = tokens.items;
if (token === undefined) throw new Error('there is no token');

await changeRecords({
	client,
	throwOnError: true,
	path: { project_id },
	body: { message: 'A button', upsert: { components: [{ name: 'Button', tokens: [token.path] }] } },
});
const { data: components } = await listComponents({ client, throwOnError: true, path: { project_id } });

// An archive moves to another service: planned, then done.
const { data: archive } = await exportProject({ client, throwOnError: true, path: { project_id } });
if ('job_id' in archive) throw new Error('a small export became a job');
const bytes = await archive.bytes();
const { data: plan } = await analyzeImport({ client: other, throwOnError: true, body: { file: archive } });
const { data: moved } = await importArchive({ client: other, throwOnError: true, body: { file: archive } });
if ('job_id' in moved) throw new Error('a small import became a job');

// Both go on; what was done there is merged here.
await changeRecords({
	client: other,
	throwOnError: true,
	path: { project_id },
	body: { upsert: { tokens: [{ ...token, description: 'Changed there' }] } },
});
const { data: theirs } = await exportProject({ client: other, throwOnError: true, path: { project_id } });
if ('job_id' in theirs) throw new Error('a small export became a job');
const { data: merged } = await mergeArchive({
	client,
	throwOnError: true,
	path: { project_id },
	query: { strategy: 'newest' },
	body: { file: theirs, resolutions: '{}' },
});
if ('job_id' in merged) throw new Error('a small merge became a job');

// Work that becomes a job.
const { data: queued } = await exportProject({
	client,
	throwOnError: true,
	path: { project_id },
	query: { background: true },
	parseAs: 'json',
});
if (queued instanceof Blob) throw new Error('an export in the background was done at once');
const job = await ended(queued.job_id);
if (job.status === 'failed') throw new Error(job.error.detail);
if (job.status !== 'succeeded' || job.kind !== 'export') throw new Error(`the job is ${job.status}`);
const result = await getJobResult({ client, throwOnError: true, path: { job_id: job.job_id } });

const missing = await getProject({
	client: createClient({ baseUrl: here }),
	path: { project_id: '018f3b60-0000-7000-8000-00000000dead' },
});

console.log(
	JSON.stringify({
		made: made.name,
		themes: themes.items.map(({ name }) => name),
		path: token.path,
		listed: tokens.total,
		uses: components.items[0]?.tokens,
		bytes: bytes.byteLength,
		plan: plan.item_counts?.tokens,
		moved: moved.project_id === project_id,
		merged: merged.updated_items,
		summary: job.result?.bytes,
		result: result.data.size,
		missing: missing.error?.code,
	}),
);

async function ended(job_id: string): Promise<Job> {
	for (;;) {
		const { data: job } = await getJob({ client, throwOnError: true, path: { job_id } });
		if (job.status !== 'queued' && job.status !== 'running') return job;
		await delay(50);
	}
}
