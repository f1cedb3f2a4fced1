/** A replayed export gives what the first answer was: the same file, or the same job. */
import { join } from 'node:path';
import t from 'tap';
import { buildDss, PROJECT, token } from '../support/dss-builder.ts';
import { type Answer, put, send } from '../support/http.ts';
import { ended } from '../support/jobs.ts';
import { type Service, startService } from '../support/service.ts';

const exportOf = ({ url }: Service, headers: Record<string, string>): Promise<Answer> =>
	send(`${url}/api/projects/${PROJECT}/export`, { method: 'POST', headers });
const jobsOf = async ({ url }: Service): Promise<number> => (await send(`${url}/api/jobs`)).body.total;

t.test('a file is made again within the request, whatever is asked for or estimated by then', async (t) => {
	const dataDir = join(t.testdir(), 'data');
	const key = { 'idempotency-key': 'a file' };
	let first: Answer;
	{
		await using service = await startService({ dataDir });
		const archive = buildDss({ tokens: Array.from({ length: 2_000 }, (_, index) => token(index)) });
		t.equal((await put(`${service.url}/api/projects/import`, archive, 'application/zip')).status, 201);
		first = await exportOf(service, key);
		t.equal(first.status, 200);
		const again = await exportOf(service, { ...key, prefer: 'respond-async' });
		t.equal(again.status, 200);
		t.equal(again.headers.get('idempotent-replayed'), 'true');
		t.equal(again.headers.get('content-type'), 'application/vnd.dss+zip');
		t.ok(again.body.equals(first.body), 'the same bytes');
		t.equal(await jobsOf(service), 0, 'no job was begun');
	}
	// All work is estimated to be too long for a request now.
	await using service = await startService({ dataDir, env: { DSS_REQUEST_TIMEOUT_MS: '1' } });
	const again = await exportOf(service, key);
	t.equal(again.status, 200);
	t.ok(again.body.equals(first.body), 'the same bytes');
	t.equal(await jobsOf(service), 0, 'no job was begun');
	t.equal((await exportOf(service, {})).status, 202, 'without the key it would be one');
});

t.test('a job is given again, whatever is asked for by then', async (t) => {
	await using service = await startService();
	t.equal((await put(`${service.url}/api/projects/import`, buildDss(), 'application/zip')).status, 201);
	const key = { 'idempotency-key': 'a job' };
	const first = await exportOf(service, { ...key, prefer: 'respond-async' });
	t.equal(first.status, 202);
	const again = await exportOf(service, key);
	t.equal(again.status, 202);
	t.strictSame(again.body, first.body);
	t.equal(again.headers.get('location'), first.headers.get('location'));
	await ended(service, first.body.job_id);
	t.equal((await exportOf(service, key)).body.job_id, first.body.job_id, 'also once it has ended');
	t.equal(await jobsOf(service), 1);
});
