/** Work that outlasts a request. */
import { test } from 'tap';
import { archiveOf, buildDss, PROJECT, token } from '../support/dss-builder.ts';
import { type Answer, assertProblem, post, put, send } from '../support/http.ts';
import { assertQueued, ended, eventsOf } from '../support/jobs.ts';
import { metric } from '../support/metrics.ts';
import { serviceFor } from '../support/service.ts';
import { spoolCount, spoolFiles } from '../support/spool.ts';

const ZIP = 'application/zip';
const LIMITS = { DSS_MAX_TOKENS: '1000000' };

test('jobs', async (t) => {
	const service = await serviceFor(t, { env: LIMITS });

	const at = (path: string) => `${service.url}${path}`;

	t.test('an import in the background ends with the answer that the request would have had', async (t) => {
		const answer = await put(at('/api/projects/import/background?project_id=new'), archiveOf(3000), ZIP);
		const id = assertQueued(t, answer);
		t.equal(answer.body.estimated_items, 3001);
		t.ok(answer.body.estimated_duration_seconds > 0);
		const events = [];
		for await (const event of eventsOf(service, id)) events.push(event);
		t.strictSame(
			events.map((event) => event.id),
			events.map(({ event }, index) => `${index + 1}${event === 'end' ? '-end' : ''}`),
		);
		t.equal(events[0]?.event, events.length === 1 ? 'end' : 'progress');
		t.equal(events.at(-1)?.event, 'end');
		const job = events.at(-1)?.job;
		t.strictSame([job.kind, job.status, job.attempts, job.error], ['import', 'succeeded', 1, null]);
		t.equal(job.result.item_counts.tokens, 3000);
		t.equal(job.result.revision, 1);
		t.strictSame((await send(at(`/api/jobs/${id}`))).body, job);
		t.strictSame((await send(at(`/api/import/status/${id}`))).body, job);
		const { body } = await send(at('/api/jobs?status=succeeded&limit=1'));
		t.equal(body.items[0].job_id, id);
		t.equal(await spoolCount(service, 0), 0);
	});

	t.test(
		'Prefer: respond-async and background=true ask for a job, on import, merge and export',
		async (t) => {
			const archive = archiveOf(2);
			const prefers = { prefer: 'respond-async, wait=10' };
			const first = await put(at('/api/projects/import'), archive, ZIP, prefers);
			t.equal(first.headers.get('preference-applied'), 'respond-async');
			const { result } = await ended(service, assertQueued(t, first));
			t.equal(result.project_id, PROJECT);
			const merge = await put(at(`/api/projects/${PROJECT}/merge?background=true`), archive, ZIP);
			t.equal(merge.headers.get('preference-applied'), null);
			const merged = await ended(service, assertQueued(t, merge));
			t.strictSame(
				[merged.kind, merged.result.conflicts, merged.result.resolution_strategy],
				['merge', 0, 'manual'],
			);
			const exported = await ended(
				service,
				assertQueued(
					t,
					await send(at(`/api/projects/${PROJECT}/export`), { method: 'POST', headers: prefers }),
				),
			);
			const { body } = await send(at(`/api/projects/${PROJECT}/export`), { method: 'POST' });
			const file = await send(at(exported.result.result_url));
			t.ok(Buffer.compare(file.body, body) === 0, 'the same bytes');
		},
	);

	t.test('a result is fetched whole or in parts', async (t) => {
		const made = await put(at('/api/projects/import?project_id=new'), archiveOf(500), ZIP);
		const url = at(`/api/projects/${made.body.project_id}/export?background=true`);
		const job = await ended(service, assertQueued(t, await send(url, { method: 'POST' })));
		const fetchPart = (headers: Record<string, string>) =>
			send(at(`/api/jobs/${job.job_id}/result`), { headers });
		const whole = await fetchPart({});
		t.equal(whole.status, 200);
		t.equal(whole.body.length, job.result.bytes);
		for (const name of ['etag', 'repr-digest', 'content-disposition', 'accept-ranges'])
			t.ok(whole.headers.get(name), name);
		const etag = whole.headers.get('etag') ?? '';
		for (const [range, from, to] of [
			['bytes=0-99', 0, 100],
			['bytes=100-', 100, undefined],
			['bytes=-7', -7, undefined],
			['bytes=5-999999', 5, undefined],
		] as const) {
			const part = await fetchPart({ range });
			t.equal(part.status, 206, range);
			t.strictSame(part.body, whole.body.subarray(from, to), range);
			t.match(part.headers.get('content-range') ?? '', new RegExp(`/${job.result.bytes}$`));
		}
		t.equal((await fetchPart({ range: 'bytes=0-9', 'if-range': etag })).status, 206);
		t.equal((await fetchPart({ range: 'bytes=0-9', 'if-range': '"other"' })).status, 200);
		t.equal((await fetchPart({ range: 'bytes=9-3' })).status, 200);
		assertProblem(t, await fetchPart({ range: 'bytes=999999-' }), 416, 'range_not_satisfiable');
	});

	t.test('a refused input fails its job with the problem document, once, and leaves nothing', async (t) => {
		const job = await ended(
			service,
			assertQueued(
				t,
				await put(
					at('/api/projects/import?background=true'),
					buildDss({ tokens: [token(1, { value: '{no.where}' })] }),
					ZIP,
				),
			),
		);
		t.strictSame([job.status, job.attempts, job.result], ['failed', 1, null]);
		t.strictSame(
			[job.error.code, job.error.stage, job.error.status],
			['dangling_reference', 'referential', 400],
		);
		const hostile = await ended(
			service,
			assertQueued(t, await put(at('/api/projects/import/background'), 'not a zip', ZIP)),
		);
		t.equal(hostile.error.code, 'not_an_archive');
		assertProblem(t, await send(at(`/api/jobs/${job.job_id}/result`)), 404, 'result_unknown');
		assertProblem(t, await send(at(`/api/jobs/${PROJECT}`)), 404, 'job_unknown');
		assertProblem(t, await send(at(`/api/jobs/${PROJECT}/events`)), 404, 'job_unknown');
		const files = await countFiles();
		t.equal(await spoolCount(service, files), files, 'only results are left');
	});
	const countFiles = async () => {
		const { body } = await send(at('/api/jobs?limit=200'));
		const files = await Promise.all(
			body.items.map(
				async ({ job_id }: { job_id: string }) => (await send(at(`/api/jobs/${job_id}/result`))).status,
			),
		);
		return files.filter((status) => status === 200).length;
	};

	t.test('cancelled while it waits or runs, a job leaves nothing; ended, it answers 409', async (t) => {
		const target = async () => (await post(at('/api/projects'), { name: 'Target' })).body.project_id;
		const id = await target();
		const files = spoolFiles(service).length;
		const url = at(`/api/projects/import/background?project_id=${id}&discard_local_changes=true`);
		const [running, waiting] = [
			assertQueued(t, await put(url, archiveOf(60_000), ZIP)),
			assertQueued(t, await put(url, archiveOf(10), ZIP)),
		];
		for await (const { job } of eventsOf(service, running)) if (job.progress.stage === 'structure') break;
		t.equal((await send(at(`/api/jobs/${waiting}`))).body.status, 'queued', 'one at a time per project');
		const cancel = (job: string) => send(at(`/api/jobs/${job}`), { method: 'DELETE' });
		t.equal((await cancel(waiting)).body.status, 'cancelled');
		const cancelled = await cancel(running);
		t.equal(cancelled.body.status, 'cancelled', { received: cancelled.body });
		assertProblem(t, await cancel(running), 409, 'job_finished');
		t.equal((await send(at(`/api/projects/${id}`))).body.revision, 1);
		t.equal(await spoolCount(service, files), files);
		const after = await ended(service, assertQueued(t, await put(url, archiveOf(10), ZIP)));
		t.equal(after.status, 'succeeded', 'the project is free again');
	});

	t.test(
		'the same Idempotency-Key gives the first answer again; another request with it is refused',
		async (t) => {
			const archive = archiveOf(20, { description: 'by key' });
			const key = { 'idempotency-key': 'order 66' };
			const url = at('/api/projects/import?project_id=new');
			const first = await put(url, archive, ZIP, key);
			t.equal(first.status, 201);
			const again = await put(url, archive, ZIP, key);
			t.strictSame([again.status, again.body], [201, first.body]);
			t.equal(again.headers.get('idempotent-replayed'), 'true');
			t.equal(again.headers.get('location'), first.headers.get('location'));
			assertProblem(t, await put(url, archiveOf(21), ZIP, key), 422, 'idempotency_key_reused');
			assertProblem(
				t,
				await put(at('/api/projects/import'), archive, ZIP, key),
				422,
				'idempotency_key_reused',
			);
			const wrong = { 'idempotency-key': 'after a refusal' };
			t.equal((await put(url, 'x', ZIP, wrong)).status, 400);
			t.equal((await put(url, archive, ZIP, wrong)).status, 201, 'what was refused may be tried again');

			const exportUrl = at(`/api/projects/${first.body.project_id}/export`);
			const exportKey = { method: 'POST', headers: { 'idempotency-key': 'an export' } };
			const before = await send(exportUrl, exportKey);
			await send(at(`/api/projects/${first.body.project_id}`), {
				method: 'PATCH',
				headers: { 'content-type': 'application/json' },
				body: '{"name":"Renamed"}',
			});
			t.strictSame(
				(await send(exportUrl, exportKey)).body,
				before.body,
				'the first answer, not the newest state',
			);
		},
	);

	t.test('twice at once under one key: one is answered, the other asked to try again later', async (t) => {
		const archive = archiveOf(5_000, { description: 'twice at once' });
		const key = { 'idempotency-key': 'twins' };
		const url = at('/api/projects/import?project_id=new');
		const answers = await Promise.all([put(url, archive, ZIP, key), put(url, archive, ZIP, key)]);
		const statuses = answers.map(({ status }) => status).sort();
		const [one, other] = answers.sort((a, b) => a.status - b.status);
		if (statuses[1] === 201) t.strictSame(one?.body, other?.body);
		else assertProblem(t, other as Answer, 409, 'idempotency_key_in_use');
		t.strictSame((await put(url, archive, ZIP, key)).body, one?.body);
	});

	t.test(
		'two hundred imports at once are answered 201, 202 or 503, and what was accepted ends',
		async (t) => {
			const small = archiveOf(50);
			const answers = await Promise.all(
				Array.from({ length: 200 }, (_, index) =>
					put(at(`/api/projects/import?project_id=new&background=${index % 2 === 0}`), small, ZIP),
				),
			);
			for (const { status, headers, body } of answers) {
				t.ok([201, 202, 503].includes(status), { received: body });
				if (status === 503) t.ok(Number(headers.get('retry-after')) > 0);
			}
			const jobs = answers.filter(({ status }) => status === 202).map(({ body }) => body.job_id);
			t.ok(jobs.length > 0);
			for (const id of jobs) t.equal((await ended(service, id)).status, 'succeeded');
			t.equal(await metric(service, 'dss_job_queue_depth'), 0);
			t.equal(await metric(service, 'dss_job_oldest_waiting_seconds'), 0);
			t.equal(await metric(service, 'dss_worker_busy'), 0);
		},
	);
});
