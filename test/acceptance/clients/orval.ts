/** The main job through a client of orval, which gives an answer by its status and throws nothing. */
import { openAsBlob } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
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
} from './generated/api.ts';

const [here = '', there = '', file = ''] = process.argv.slice(2);
/** The client reads its service's address when it is called. */
function on<Answer>(url: string, call: () => Answer): Answer {
	process.env['API_URL'] = url;
	return call();
}
const design = await openAsBlob(file);

const made = await on(here, () => createProject({ name: 'By hand' }));
if (made.status !== 201) throw new Error(made.data.detail);

// A design tokens file becomes a project.
const imported = await on(here, () => importArchive({ file: design }, { name: 'From a client' }));
if (imported.status === 202) throw new Error(`a small import became job ${imported.data.job_id}`);
if (imported.status !== 200 && imported.status !== 201) throw new Error(imported.data.detail);
const { project_id } = imported.data;

const themes = await on(here, () => listThemes(project_id));
if (themes.status !== 200) throw new Error(`the list answered ${themes.status}`);
const tokens = await on(here, () => listTokens(project_id, { type: ['color'], limit: 5 }));
if (tokens.status !== 200) throw new Error(`the list answered ${tokens.status}`);
const [token] = tokens.data.items;
if (token === undefined) throw new Error('there is no token');

const button = { name: 'Button', tokens: [token.path] };
const edited = await on(here, () => changeRecords(project_id, { upsert: { components: [button] } }));
if (edited.status !== 200) throw new Error(edited.data.detail);
const components = await on(here, () => listComponents(project_id));
if (components.status !== 200) throw new Error(`the list answered ${components.status}`);

// An archive moves to another service: planned, then done.
const archive = await on(here, () => exportProject(project_id));
if (archive.status !== 200) throw new Error(`the export answered ${archive.status}`);
const bytes = await archive.data.bytes();
const plan = await on(there, () => analyzeImport({ file: archive.data }));
if (plan.status !== 200) throw new Error(plan.data.detail);
const moved = await on(there, () => importArchive({ file: archive.data }));
if (moved.status !== 201) throw new Error(`the import answered ${moved.status}`);

// Both go on; what was done there is merged here.
const changed = { ...token, description: 'Changed there' };
const there2 = await on(there, () => changeRecords(project_id, { upsert: { tokens: [changed] } }));
if (there2.status !== 200) throw new Error(there2.data.detail);
const theirs = await on(there, () => exportProject(project_id));
if (theirs.status !== 200) throw new Error(`the export answered ${theirs.status}`);
const merged = await on(here, () =>
	mergeArchive(project_id, { file: theirs.data, resolutions: '{}' }, { strategy: 'newest' }),
);
if (merged.status !== 200) throw new Error(`the merge answered ${merged.status}`);

// Work that becomes a job.
const queued = await on(here, () =>
	importArchive({ file: theirs.data }, { background: true, project_id: 'new' }),
);
if (queued.status !== 202) throw new Error(`the import answered ${queued.status}`);
const job = await ended(queued.data.job_id);
if (job.status === 'failed') throw new Error(job.error.detail);
if (job.status !== 'succeeded' || job.kind !== 'import') throw new Error(`the job is ${job.status}`);
const result = await on(here, () => getJobResult(job.job_id));

const missing = await on(here, () => getProject('018f3b60-0000-7000-8000-00000000dead'));

console.log(
	JSON.stringify({
		made: made.data.name,
		themes: themes.data.items.map(({ name }) => name),
		path: token.path,
		listed: tokens.data.total,
		uses: components.data.items[0]?.tokens,
		bytes: bytes.byteLength,
		plan: plan.data.item_counts?.tokens,
		moved: moved.data.project_id === project_id,
		merged: merged.data.updated_items,
		copied: job.result?.project_name,
		result: result.status,
		missing: missing.status === 404 ? missing.data.code : missing.status,
	}),
);

async function ended(jobId: string): Promise<Job> {
	for (;;) {
		const { status, data } = await on(here, () => getJob(jobId));
		if (status !== 200) throw new Error(`the job answered ${status}`);
		if (data.status !== 'queued' && data.status !== 'running') return data;
		await delay(50);
	}
}
