/** Jobs that the release before wrote, with its schema (migrations 0001 to 0003), are read and run after an upgrade. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { type Connection, connect } from '../../src/sqlite/connection.ts';
import { AT, buildDss, PROJECT, token } from '../support/dss-builder.ts';
import { allRecords, send } from '../support/http.ts';
import { ended } from '../support/jobs.ts';
import { serviceFor } from '../support/service.ts';

const MIGRATIONS = new URL('../../src/store/sqlite/migrations/', import.meta.url);
const OLD_SCHEMA = ['0001-projects.sql', '0002-merges.sql', '0003-jobs.sql'];
const TOKEN = token(1).uuid;

const ADD_JOB = `
  INSERT INTO jobs (uuid, kind, status, project_uuid, takes, caller, items, seconds, attempts, faults, not_before,
    done, total, outcome, input, input_bytes, input_sha256, result, result_bytes, result_sha256, webhooks, created_at,
    started_at, finished_at)
  VALUES (:uuid, :kind, :status, :project, :takes, '{"requestId":"r","address":"::1"}', 3, 0.1, 1, 0, 0,
    0, 0, :outcome, :input, 0, 'aa', :result, 2, 'aa', '[]', :at, :at, :finished)`;

interface OldJob {
	readonly kind: 'import' | 'merge' | 'export';
	readonly takes: object;
	readonly outcome?: object;
	readonly input?: Buffer;
	/** The content of the file that an export made. */
	readonly result?: string;
}

/** A data folder of the release before, with jobs in the order given. */
async function oldFolder(t: Test, jobs: readonly OldJob[]) {
	const dataDir = t.testdir({ spool: {} });
	const db: Connection = connect(join(dataDir, 'dss.db'), { busyTimeoutMs: 1000 });
	for (const name of OLD_SCHEMA) db.exec(await readFile(new URL(name, MIGRATIONS), 'utf8'));
	db.pragma(`user_version = ${OLD_SCHEMA.length}`);
	const file = async (uuid: string, content: Buffer | string | undefined) => {
		if (content === undefined) return null;
		await writeFile(join(dataDir, 'spool', uuid), content);
		return uuid;
	};
	const ids: string[] = [];
	for (const [index, { kind, takes, outcome, input, result }] of jobs.entries()) {
		const uuid = `018f3b60-0000-7000-8000-3${index.toString().padStart(11, '0')}`;
		ids.push(uuid);
		db.prepare(ADD_JOB).run({
			uuid,
			kind,
			status: outcome === undefined ? 'queued' : 'succeeded',
			// The project of a job that ended is that of its outcome.
			project: outcome === undefined ? PROJECT : null,
			takes: JSON.stringify(takes),
			outcome: outcome === undefined ? null : JSON.stringify(outcome),
			input: await file(uuid, input),
			result: await file(uuid, result),
			at: new Date().toISOString(),
			finished: outcome === undefined ? null : new Date().toISOString(),
		});
	}
	db.close();
	return { dataDir, ids };
}

const upload = (projectId: string | null) => ({
	mediaType: 'archive',
	fileName: null,
	projectId,
	freshUuid: '018f3b60-0000-7000-8000-0000000000bb',
	name: null,
	references: null,
	values: 'keep',
});
const settings = (resolutions: object, strategy = 'manual') => ({
	strategy,
	deletions: 'keep',
	resolutions,
	clock: { toleranceMs: 5000, driftMs: 3_600_000 },
	page: { after: null, limit: 100 },
});
const takesMerge = (resolutions: object) => ({
	upload: upload(PROJECT),
	settings: settings(resolutions),
	precondition: null,
});
const takesImport = (merge: object | null) => ({
	upload: upload(null),
	discardLocalChanges: false,
	merge,
	precondition: null,
});
const takesExport = { projectUuid: PROJECT, selection: null, revision: null, generator: 'dss/0.1.0' };

const revision = {
	projectUuid: PROJECT,
	number: 7,
	cause: 'import',
	message: null,
	author: null,
	at: AT,
	facts: { name: 'Old', description: null, metadata: '{"a":1}', createdAt: AT, updatedAt: AT },
	counts: { themes: 1, tokens: 2, components: 0 },
	added: 3,
	changed: 0,
	removed: 0,
	lamport: 1,
	sync: {},
	origin: null,
};
const counts = { new: 0, updated: 0, deleted: 0, unchanged: 3, autoMerged: 0, conflicts: 0 };

test('jobs that had ended are listed with their results', async (t) => {
	const common = { revision, migrations: [], warnings: [] };
	const { dataDir, ids } = await oldFolder(t, [
		{
			kind: 'import',
			takes: takesImport(null),
			outcome: { ...common, existed: false, changed: true, merged: null },
		},
		{ kind: 'merge', takes: takesMerge({}), outcome: { ...common, counts, clockSkews: 0 } },
		{ kind: 'export', takes: takesExport, outcome: { revision, bytes: 2, sha256: 'aa' }, result: 'PK' },
		{ kind: 'export', takes: takesExport, outcome: { unknown: true }, result: 'PK' },
	]);
	const service = await serviceFor(t, { dataDir });
	const { status, body } = await send(`${service.url}/api/jobs`);
	t.equal(status, 200, JSON.stringify(body));
	const results = new Map(
		body.items.map((job: { job_id: string; result: object }) => [job.job_id, job.result]),
	);
	const { body: ofProject } = await send(`${service.url}/api/jobs?project_id=${PROJECT}`);
	t.equal(ofProject.total, 3, 'jobs are of the project of their revision');
	t.match(
		ids.map((id) => results.get(id)),
		[
			{
				success: true,
				project_name: 'Old',
				revision: 7,
				changes: { added: 3, changed: 0, removed: 0, unchanged: 0 },
				item_counts: { tokens: 2 },
			},
			{ success: true, revision: 7, resolution_strategy: 'manual', unchanged_items: 3 },
			{ success: true, project_name: 'Old', revision: 7, bytes: 2 },
			null,
		],
		'what has an unknown shape is listed without its result',
	);
	t.ok(service.log.some(({ msg }) => msg === `the result of job ${ids[3]} could not be presented`));
	const file = await send(`${service.url}/api/jobs/${ids[2]}/result`);
	t.equal(file.status, 200);
	t.match(file.headers.get('content-disposition'), /Old/);
});

test('jobs that were waiting run, with the resolutions that they were given', async (t) => {
	/** A copy of another instance: what differs is in conflict. */
	const theirs = (value: number) =>
		buildDss({
			tokens: [token(1, { value }), token(2)],
			manifest: (manifest) => ({
				...manifest,
				origin: {
					...Object(manifest['origin']),
					instance: `018f3b60-0000-7000-8000-0000000000c${value % 10}`,
				},
			}),
		});
	const { dataDir, ids } = await oldFolder(t, [
		{ kind: 'import', takes: takesImport(null), input: buildDss() },
		{ kind: 'merge', takes: takesMerge({}), input: buildDss() },
		{ kind: 'merge', takes: takesMerge({ [TOKEN]: 'imported' }), input: theirs(51) },
		{ kind: 'import', takes: takesImport(settings({ [TOKEN]: 'local' })), input: theirs(52) },
		{ kind: 'import', takes: takesImport(settings({})), input: theirs(53) },
		{ kind: 'export', takes: takesExport },
	]);
	const service = await serviceFor(t, { dataDir });
	const jobs = [];
	for (const id of ids) jobs.push(await ended(service, id));
	t.strictSame(
		jobs.map(({ status, error }) => [status, error?.code ?? null]),
		[
			['succeeded', null],
			['succeeded', null],
			['succeeded', null],
			['succeeded', null],
			['failed', 'merge_conflicts'],
			['succeeded', null],
		],
	);
	t.equal(jobs[2].result.conflicts, 1);
	const tokens = await allRecords(service.url, PROJECT, 'tokens');
	t.equal(tokens.find(({ uuid }) => uuid === TOKEN).value, 51);
});
