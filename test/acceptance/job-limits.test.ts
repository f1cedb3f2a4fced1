/** What becomes a job, how many may wait, and how long they are kept. */
import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { archiveOf } from '../support/dss-builder.ts';
import { assertProblem, post, put, send } from '../support/http.ts';
import { assertQueued, ended, eventsOf } from '../support/jobs.ts';
import { eventually } from '../support/poll.ts';
import { startService } from '../support/service.ts';
import { spoolCount } from '../support/spool.ts';

const ZIP = 'application/zip';
const LIMITS = { DSS_MAX_TOKENS: '1000000' };

test('what becomes a job, and how long it is kept', async (t) => {
	t.test('work that is estimated to outlast the request becomes a job', async (t) => {
		await using service = await startService({ env: { ...LIMITS, DSS_REQUEST_TIMEOUT_MS: '150' } });
		const answer = await put(`${service.url}/api/projects/import?project_id=new`, archiveOf(20_000), ZIP);
		const job = await ended(service, assertQueued(t, answer));
		t.ok(
			answer.body.estimated_duration_seconds > 0.15,
			'it was estimated to take longer than the request may',
		);
		t.equal(job.status, 'succeeded');
		t.equal(await spoolCount(service, 0), 0);
	});

	t.test('work that turns out slower than estimated is handed over to a job and done once', async (t) => {
		// Less than ten records are estimated at 0 ms; an import takes longer than the 0.8 ms that are left to it.
		await using service = await startService({ env: { DSS_REQUEST_TIMEOUT_MS: '1' } });
		const file = JSON.stringify({ a: { $type: 'number', $value: 1 }, b: { $type: 'number', $value: 2 } });
		const answer = await put(`${service.url}/api/projects/import?project_id=new`, file, 'application/json');
		const job = await ended(service, assertQueued(t, answer));
		t.equal(answer.body.estimated_duration_seconds, 0, 'it was estimated to fit into the request');
		t.strictSame([job.status, job.attempts, job.result.item_counts.tokens], ['succeeded', 1, 2]);
		const { body } = await send(`${service.url}/api/projects/${job.result.project_id}/revisions`);
		t.equal(body.total, 1);
		t.equal(await spoolCount(service, 0), 0);
	});

	t.test('a full queue takes no more, before a byte of an upload is read', async (t) => {
		await using service = await startService({ env: { ...LIMITS, DSS_QUEUE_LIMIT: '2', DSS_WORKERS: '1' } });
		const { body } = await post(`${service.url}/api/projects`, { name: 'Target' });
		const url = `${service.url}/api/projects/import/background?project_id=${body.project_id}`;
		const first = assertQueued(t, await put(url, archiveOf(60_000), ZIP));
		for await (const { job } of eventsOf(service, first)) if (job.status === 'running') break;
		for (let waiting = 0; waiting < 2; waiting++) assertQueued(t, await put(url, archiveOf(2), ZIP));
		const full = await put(url, archiveOf(2), ZIP);
		assertProblem(t, full, 503, 'too_busy');
		t.ok(Number(full.headers.get('retry-after')) > 0);
		t.equal((await send(`${service.url}/api/jobs/${first}`, { method: 'DELETE' })).body.status, 'cancelled');
	});

	t.test('results and jobs are kept for their time and no longer', async (t) => {
		const [resultSeconds, jobSeconds] = [2, 4];
		await using service = await startService({
			env: { DSS_RESULT_TTL: String(resultSeconds), DSS_JOB_TTL: String(jobSeconds) },
		});
		const made = await put(`${service.url}/api/projects/import`, archiveOf(5), ZIP);
		const url = `${service.url}/api/projects/${made.body.project_id}/export?background=true`;
		const job = await ended(service, assertQueued(t, await send(url, { method: 'POST' })));
		const secondsSinceEnd = () => (Date.now() - Date.parse(job.finished_at)) / 1000;
		const result = () => send(`${service.url}/api/jobs/${job.job_id}/result`);
		const removed = await eventually(result, ({ status }) => status !== 200);
		t.equal(removed.status, 404);
		t.ok(secondsSinceEnd() >= resultSeconds, 'the result was there for its time');
		t.equal(await spoolCount(service, 0), 0);
		const forgotten = await eventually(result, ({ body }) => body.code === 'job_unknown');
		assertProblem(t, forgotten, 404, 'job_unknown');
		t.ok(secondsSinceEnd() >= jobSeconds, 'the job was there for its time');
	});

	t.test('results of jobs leave room for uploads: the oldest give way', async (t) => {
		await using service = await startService({ env: { DSS_SPOOL_QUOTA_BYTES: '200000' } });
		const archive = archiveOf(1_000);
		const made = await put(`${service.url}/api/projects/import`, archive, ZIP);
		const exportUrl = `${service.url}/api/projects/${made.body.project_id}/export`;
		const whole = await send(exportUrl, { method: 'POST' });
		const room = Math.floor(100_000 / whole.body.length);
		const jobs: string[] = [];
		for (let count = 0; count < room + 3; count++) {
			const job = assertQueued(t, await send(`${exportUrl}?background=true`, { method: 'POST' }));
			t.equal((await ended(service, job)).status, 'succeeded');
			jobs.push(job);
		}
		t.equal(await spoolCount(service, room), room, 'as many are kept as half of the quota holds');
		const result = (job: string | undefined) => send(`${service.url}/api/jobs/${job}/result`);
		assertProblem(t, await result(jobs[0]), 404, 'result_unknown');
		t.equal((await result(jobs.at(-1))).status, 200);
		const taken = await put(`${service.url}/api/projects/import?project_id=new`, archive, ZIP);
		t.equal(taken.status, 201, 'an upload is taken');
	});

	t.test('a result that is larger than the room for results is refused, and leaves nothing', async (t) => {
		await using service = await startService({ env: { DSS_SPOOL_QUOTA_BYTES: '200000' } });
		const { body } = await post(`${service.url}/api/projects`, { name: 'Large' });
		const noise = Array.from({ length: 100 }, (_, index) => ({
			name: `Theme ${index}`,
			description: randomBytes(1_000).toString('hex'),
		}));
		const changes = `${service.url}/api/projects/${body.project_id}/changes`;
		t.equal((await post(changes, { upsert: { themes: noise } })).status, 200);
		const url = `${service.url}/api/projects/${body.project_id}/export`;
		assertProblem(t, await send(url, { method: 'POST' }), 413, 'result_too_large');
		const job = await ended(
			service,
			assertQueued(t, await send(`${url}?background=true`, { method: 'POST' })),
		);
		t.strictSame([job.status, job.error.code, job.attempts], ['failed', 'result_too_large', 1]);
		t.equal(await spoolCount(service, 0), 0);
	});
});
