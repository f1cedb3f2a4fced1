/** Jobs and the processes that run them: one that dies, one that stops, one whose disk lost the input. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { archiveOf } from '../support/dss-builder.ts';
import { put, send } from '../support/http.ts';
import { assertQueued, ended, eventsOf } from '../support/jobs.ts';
import { serviceFor, startService } from '../support/service.ts';
import { spoolFiles } from '../support/spool.ts';

const ZIP = 'application/zip';
const LIMITS = { DSS_MAX_TOKENS: '1000000' };

test('jobs across processes', async (t) => {
	t.test(
		'a job whose work cannot be done is tried again, then given up with the reason; nothing is left',
		async (t) => {
			const dataDir = t.testdir();
			const first = await serviceFor(t, { dataDir, env: LIMITS });
			const id = assertQueued(
				t,
				await put(`${first.url}/api/projects/import/background`, archiveOf(60_000), ZIP),
			);
			await first.stop('SIGKILL');
			for (const name of spoolFiles(first)) await rm(join(dataDir, 'spool', name));
			await using service = await startService({ dataDir, env: LIMITS });
			const job = await ended(service, id);
			t.equal(job.status, 'failed');
			t.strictSame([job.error.code, job.error.status], ['job_given_up', 500]);
			t.ok(job.attempts >= 5, `tried ${job.attempts} times`);
			t.equal((await send(`${service.url}/api/projects`)).body.total, 0);
		},
	);
	t.test(
		'SIGTERM ends streams of events and hands the job back; the next process ends the job',
		async (t) => {
			const dataDir = t.testdir();
			const first = await serviceFor(t, { dataDir, env: LIMITS });
			const id = assertQueued(
				t,
				await put(`${first.url}/api/projects/import/background`, archiveOf(60_000), ZIP),
			);
			const seen: string[] = [];
			let stopped: Promise<number | null> | null = null;
			for await (const { event, job } of eventsOf(first, id)) {
				seen.push(event);
				if (job.progress.stage === 'structure') stopped ??= first.stop('SIGTERM');
			}
			t.equal(await stopped, 0);
			t.ok(!seen.includes('end'), 'the stream ended, the job did not');
			await using service = await startService({ dataDir, env: LIMITS });
			const job = await ended(service, id);
			t.strictSame([job.status, job.attempts, job.result.revision], ['succeeded', 2, 1]);
		},
	);
	t.test('SIGTERM as soon as a job has begun is orderly: the job waits again', async (t) => {
		const dataDir = t.testdir();
		const first = await serviceFor(t, { dataDir, env: LIMITS });
		const id = assertQueued(
			t,
			await put(`${first.url}/api/projects/import/background`, archiveOf(60_000), ZIP),
		);
		let stopped: Promise<number | null> | null = null;
		for await (const { job } of eventsOf(first, id)) if (job.status === 'running') stopped ??= first.stop();
		t.equal(await stopped, 0);
		t.match(first.log.at(-1), { msg: 'stopped', orderly: true });
		await using service = await startService({ dataDir, env: LIMITS });
		t.match(await ended(service, id), { status: 'succeeded', attempts: 2 });
	});
});
