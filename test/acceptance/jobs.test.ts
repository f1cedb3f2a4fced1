/** Work that outlasts a request. */
import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { buildDss, PROJECT, token } from '../support/dss-builder.ts';
import { type Answer, assertProblem, post, put, send } from '../support/http.ts';
import { ended, eventsOf } from '../support/jobs.ts';
import { makeFolder, type Service, startService } from '../support/service.ts';

const ZIP = 'application/zip';
const many = (count: number, more: object = {}) =>
	buildDss({ tokens: Array.from({ length: count }, (_, index) => token(index, more)) });
const limits = { DSS_MAX_TOKENS: '1000000' };
const spooled = ({ dataDir }: Service) => readdir(join(dataDir, 'spool'));
/** Files go right after the end that they belong to: looked at until they have gone. */
const spoolOf = async (service: Service, count: number) => {
	let names = await spooled(service);
	for (const until = Date.now() + 10_000; names.length !== count && Date.now() < until; )
		names = await spooled(service);
	return names.length;
};
const metric = async ({ url }: Service, name: string) => {
	const { body } = await send(`${url}/metrics`);
	const line = String(body)
		.split('\n')
		.find((one) => one.startsWith(`${name} `));
	return Number(line?.split(' ').at(-1));
};
const assertQueued = ({ status, headers, body }: Answer) => {
	assert.equal(status, 202, JSON.stringify(body));
	assert.equal(body.status, 'queued');
	assert.equal(body.status_url, `/api/jobs/${body.job_id}`);
	assert.equal(headers.get('location'), body.status_url);
	return body.job_id as string;
};

describe('jobs', () => {
	let service: Service;
	before(async () => {
		service = await startService({ env: limits });
	});
	after(() => service[Symbol.asyncDispose]());
	const at = (path: string) => `${service.url}${path}`;

	test('an import in the background ends with the answer that the request would have had', async () => {
		const answer = await put(at('/api/projects/import/background?project_id=new'), many(3000), ZIP);
		const id = assertQueued(answer);
		assert.equal(answer.body.estimated_items, 3001);
		assert.ok(answer.body.estimated_duration_seconds > 0);
		const events = [];
		for await (const event of eventsOf(service, id)) events.push(event);
		assert.deepEqual(
			events.map((event) => event.id),
			events.map((_, index) => String(index + 1)),
		);
		assert.equal(events[0]?.event, events.length === 1 ? 'end' : 'progress');
		assert.equal(events.at(-1)?.event, 'end');
		const job = events.at(-1)?.job;
		assert.deepEqual([job.kind, job.status, job.attempts, job.error], ['import', 'succeeded', 1, null]);
		assert.equal(job.result.item_counts.tokens, 3000);
		assert.equal(job.result.revision, 1);
		assert.deepEqual((await send(at(`/api/jobs/${id}`))).body, job);
		assert.deepEqual((await send(at(`/api/import/status/${id}`))).body, job);
		const { body } = await send(at('/api/jobs?status=succeeded&limit=1'));
		assert.equal(body.items[0].job_id, id);
		assert.equal(await spoolOf(service, 0), 0);
	});

	test('Prefer: respond-async and background=true ask for a job, on import, merge and export', async () => {
		const archive = many(2);
		const prefers = { prefer: 'respond-async, wait=10' };
		const first = await put(at('/api/projects/import'), archive, ZIP, prefers);
		assert.equal(first.headers.get('preference-applied'), 'respond-async');
		const { result } = await ended(service, assertQueued(first));
		assert.equal(result.project_id, PROJECT);
		const merge = await put(at(`/api/projects/${PROJECT}/merge?background=true`), archive, ZIP);
		assert.equal(merge.headers.get('preference-applied'), null);
		const merged = await ended(service, assertQueued(merge));
		assert.deepEqual(
			[merged.kind, merged.result.conflicts, merged.result.resolution_strategy],
			['merge', 0, 'manual'],
		);
		const exported = await ended(
			service,
			assertQueued(await send(at(`/api/projects/${PROJECT}/export`), { method: 'POST', headers: prefers })),
		);
		const { body } = await send(at(`/api/projects/${PROJECT}/export`), { method: 'POST' });
		const file = await send(at(exported.result.result_url));
		assert.ok(Buffer.compare(file.body, body) === 0, 'the same bytes');
	});

	test('a result is fetched whole or in parts', async () => {
		const made = await put(at('/api/projects/import?project_id=new'), many(500), ZIP);
		const url = at(`/api/projects/${made.body.project_id}/export?background=true`);
		const job = await ended(service, assertQueued(await send(url, { method: 'POST' })));
		const fetchPart = (headers: Record<string, string>) =>
			send(at(`/api/jobs/${job.job_id}/result`), { headers });
		const whole = await fetchPart({});
		assert.equal(whole.status, 200);
		assert.equal(whole.body.length, job.result.bytes);
		for (const name of ['etag', 'repr-digest', 'content-disposition', 'accept-ranges'])
			assert.ok(whole.headers.get(name), name);
		const etag = whole.headers.get('etag') ?? '';
		for (const [range, from, to] of [
			['bytes=0-99', 0, 100],
			['bytes=100-', 100, undefined],
			['bytes=-7', -7, undefined],
			['bytes=5-999999', 5, undefined],
		] as const) {
			const part = await fetchPart({ range });
			assert.equal(part.status, 206, range);
			assert.deepEqual(part.body, whole.body.subarray(from, to), range);
			assert.match(part.headers.get('content-range') ?? '', new RegExp(`/${job.result.bytes}$`));
		}
		assert.equal((await fetchPart({ range: 'bytes=0-9', 'if-range': etag })).status, 206);
		assert.equal((await fetchPart({ range: 'bytes=0-9', 'if-range': '"other"' })).status, 200);
		assert.equal((await fetchPart({ range: 'bytes=9-3' })).status, 200);
		assertProblem(await fetchPart({ range: 'bytes=999999-' }), 416, 'range_not_satisfiable');
	});

	test('a refused input fails its job with the problem document, once, and leaves nothing', async () => {
		const job = await ended(
			service,
			assertQueued(
				await put(
					at('/api/projects/import?background=true'),
					buildDss({ tokens: [token(1, { value: '{no.where}' })] }),
					ZIP,
				),
			),
		);
		assert.deepEqual([job.status, job.attempts, job.result], ['failed', 1, null]);
		assert.deepEqual(
			[job.error.code, job.error.stage, job.error.status],
			['dangling_reference', 'referential', 400],
		);
		const hostile = await ended(
			service,
			assertQueued(await put(at('/api/projects/import/background'), 'not a zip', ZIP)),
		);
		assert.equal(hostile.error.code, 'not_an_archive');
		assertProblem(await send(at(`/api/jobs/${job.job_id}/result`)), 404, 'result_unknown');
		assertProblem(await send(at(`/api/jobs/${PROJECT}`)), 404, 'job_unknown');
		assertProblem(await send(at(`/api/jobs/${PROJECT}/events`)), 404, 'job_unknown');
		const files = await countFiles();
		assert.equal(await spoolOf(service, files), files, 'only results are left');
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

	test('cancelled while it waits or runs, a job leaves nothing; ended, it answers 409', async () => {
		const target = async () => (await post(at('/api/projects'), { name: 'Target' })).body.project_id;
		const id = await target();
		const files = (await spooled(service)).length;
		const url = at(`/api/projects/import/background?project_id=${id}&discard_local_changes=true`);
		const [running, waiting] = [
			assertQueued(await put(url, many(60_000), ZIP)),
			assertQueued(await put(url, many(10), ZIP)),
		];
		for await (const { job } of eventsOf(service, running)) if (job.progress.stage === 'structure') break;
		assert.equal((await send(at(`/api/jobs/${waiting}`))).body.status, 'queued', 'one at a time per project');
		const cancel = (job: string) => send(at(`/api/jobs/${job}`), { method: 'DELETE' });
		assert.equal((await cancel(waiting)).body.status, 'cancelled');
		const cancelled = await cancel(running);
		assert.equal(cancelled.body.status, 'cancelled', JSON.stringify(cancelled.body));
		assertProblem(await cancel(running), 409, 'job_finished');
		assert.equal((await send(at(`/api/projects/${id}`))).body.revision, 1);
		assert.equal(await spoolOf(service, files), files);
		const after = await ended(service, assertQueued(await put(url, many(10), ZIP)));
		assert.equal(after.status, 'succeeded', 'the project is free again');
	});

	test('the same Idempotency-Key gives the first answer again; another request with it is refused', async () => {
		const archive = many(20, { description: 'by key' });
		const key = { 'idempotency-key': 'order 66' };
		const url = at('/api/projects/import?project_id=new');
		const first = await put(url, archive, ZIP, key);
		assert.equal(first.status, 201);
		const again = await put(url, archive, ZIP, key);
		assert.deepEqual([again.status, again.body], [201, first.body]);
		assert.equal(again.headers.get('idempotent-replayed'), 'true');
		assert.equal(again.headers.get('location'), first.headers.get('location'));
		assertProblem(await put(url, many(21), ZIP, key), 422, 'idempotency_key_reused');
		assertProblem(await put(at('/api/projects/import'), archive, ZIP, key), 422, 'idempotency_key_reused');
		const wrong = { 'idempotency-key': 'after a refusal' };
		assert.equal((await put(url, 'x', ZIP, wrong)).status, 400);
		assert.equal((await put(url, archive, ZIP, wrong)).status, 201, 'what was refused may be tried again');

		const exportUrl = at(`/api/projects/${first.body.project_id}/export`);
		const exportKey = { method: 'POST', headers: { 'idempotency-key': 'an export' } };
		const before = await send(exportUrl, exportKey);
		await send(at(`/api/projects/${first.body.project_id}`), {
			method: 'PATCH',
			headers: { 'content-type': 'application/json' },
			body: '{"name":"Renamed"}',
		});
		assert.deepEqual(
			(await send(exportUrl, exportKey)).body,
			before.body,
			'the first answer, not the newest state',
		);
	});

	test('twice at once under one key: one is answered, the other told to come again', async () => {
		const archive = many(5_000, { description: 'twice at once' });
		const key = { 'idempotency-key': 'twins' };
		const url = at('/api/projects/import?project_id=new');
		const answers = await Promise.all([put(url, archive, ZIP, key), put(url, archive, ZIP, key)]);
		const statuses = answers.map(({ status }) => status).sort();
		const [one, other] = answers.sort((a, b) => a.status - b.status);
		if (statuses[1] === 201) assert.deepEqual(one?.body, other?.body);
		else assertProblem(other as Answer, 409, 'idempotency_key_in_use');
		assert.deepEqual((await put(url, archive, ZIP, key)).body, one?.body);
	});

	test('two hundred imports at once are answered 201, 202 or 503; what was accepted ends; memory stays flat', async () => {
		const small = many(50);
		const memory = async () => metric(service, 'process_resident_memory_bytes');
		const before = await memory();
		const answers = await Promise.all(
			Array.from({ length: 200 }, (_, index) =>
				put(at(`/api/projects/import?project_id=new&background=${index % 2 === 0}`), small, ZIP),
			),
		);
		for (const { status, headers, body } of answers) {
			assert.ok([201, 202, 503].includes(status), JSON.stringify(body));
			if (status === 503) assert.ok(Number(headers.get('retry-after')) > 0);
		}
		const jobs = answers.filter(({ status }) => status === 202).map(({ body }) => body.job_id);
		assert.ok(jobs.length > 0);
		for (const id of jobs) assert.equal((await ended(service, id)).status, 'succeeded');
		assert.equal(await metric(service, 'dss_job_queue_depth'), 0);
		assert.equal(await metric(service, 'dss_job_oldest_waiting_seconds'), 0);
		assert.equal(await metric(service, 'dss_worker_busy'), 0);
		assert.ok((await memory()) - before < 150e6, 'memory stays flat');
	});
});

describe('a machine that fails', () => {
	test('a job whose work cannot be done is tried again, then given up with the reason; nothing is left', async () => {
		const dataDir = await makeFolder();
		try {
			const first = await startService({ dataDir, env: limits });
			const id = assertQueued(await put(`${first.url}/api/projects/import/background`, many(60_000), ZIP));
			await first.stop('SIGKILL');
			for (const name of await spooled(first)) await rm(join(dataDir, 'spool', name));
			await using service = await startService({ dataDir, env: limits });
			const job = await ended(service, id);
			assert.equal(job.status, 'failed');
			assert.deepEqual([job.error.code, job.error.status], ['job_given_up', 500]);
			assert.ok(job.attempts >= 5, `tried ${job.attempts} times`);
			assert.equal((await send(`${service.url}/api/projects`)).body.total, 0);
		} finally {
			await rm(dataDir, { recursive: true });
		}
	});
});

describe('the end of the process', () => {
	test('in order, it ends streams of events and hands the job back; the next process ends it', async () => {
		const dataDir = await makeFolder();
		try {
			const first = await startService({ dataDir, env: limits });
			const id = assertQueued(await put(`${first.url}/api/projects/import/background`, many(60_000), ZIP));
			const seen: string[] = [];
			let stopped: Promise<number | null> | null = null;
			for await (const { event, job } of eventsOf(first, id)) {
				seen.push(event);
				if (job.progress.stage === 'structure') stopped ??= first.stop('SIGTERM');
			}
			assert.equal(await stopped, 0);
			assert.ok(!seen.includes('end'), 'the stream ended, the job did not');
			await using service = await startService({ dataDir, env: limits });
			const job = await ended(service, id);
			assert.deepEqual([job.status, job.attempts, job.result.revision], ['succeeded', 2, 1]);
		} finally {
			await rm(dataDir, { recursive: true });
		}
	});
});

describe('the decision', () => {
	test('work that is estimated to outlast the request becomes a job; what turns out slower is handed over', async () => {
		await using service = await startService({ env: { ...limits, DSS_REQUEST_TIMEOUT_MS: '150' } });
		const estimated = await put(`${service.url}/api/projects/import?project_id=new`, many(20_000), ZIP);
		const job = await ended(service, assertQueued(estimated));
		assert.equal(job.status, 'succeeded');
		// Small enough not to be looked at first, and too slow all the same: a long text to compare in each of few.
		const slow = many(4_000, { description: 'x'.repeat(4_000) });
		assert.ok(slow.length < 65_536 * 8);
		const handedOver = await put(`${service.url}/api/projects/import?project_id=new`, slow, ZIP);
		const after = await ended(service, assertQueued(handedOver));
		assert.deepEqual([after.status, after.result.item_counts.tokens], ['succeeded', 4_000]);
		assert.equal(await spoolOf(service, 0), 0);
		const { body } = await send(`${service.url}/api/projects/${after.result.project_id}/revisions`);
		assert.equal(body.total, 1);
	});

	test('a full queue takes no more, before a byte of an upload is read', async () => {
		await using service = await startService({ env: { ...limits, DSS_QUEUE_LIMIT: '2', DSS_WORKERS: '1' } });
		const { body } = await post(`${service.url}/api/projects`, { name: 'Target' });
		const url = `${service.url}/api/projects/import/background?project_id=${body.project_id}`;
		const first = assertQueued(await put(url, many(60_000), ZIP));
		for await (const { job } of eventsOf(service, first)) if (job.status === 'running') break;
		for (let waiting = 0; waiting < 2; waiting++) assertQueued(await put(url, many(2), ZIP));
		const full = await put(url, many(2), ZIP);
		assertProblem(full, 503, 'too_busy');
		assert.ok(Number(full.headers.get('retry-after')) > 0);
		assert.equal(
			(await send(`${service.url}/api/jobs/${first}`, { method: 'DELETE' })).body.status,
			'cancelled',
		);
	});

	test('results and jobs are kept for their time', async () => {
		await using service = await startService({ env: { DSS_RESULT_TTL: '1', DSS_JOB_TTL: '2' } });
		const made = await put(`${service.url}/api/projects/import`, many(5), ZIP);
		const url = `${service.url}/api/projects/${made.body.project_id}/export?background=true`;
		const job = await ended(service, assertQueued(await send(url, { method: 'POST' })));
		const result = `${service.url}/api/jobs/${job.job_id}/result`;
		assert.equal((await send(result)).status, 200);
		let answer = await send(result);
		for (const until = Date.now() + 20_000; answer.status === 200 && Date.now() < until; )
			answer = await send(result);
		assert.equal(answer.status, 404);
		assert.equal(await spoolOf(service, 0), 0);
		for (const until = Date.now() + 20_000; answer.body.code !== 'job_unknown' && Date.now() < until; )
			answer = await send(result);
		assertProblem(answer, 404, 'job_unknown');
	});
});

describe('webhooks', () => {
	const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

	interface Heard {
		readonly headers: IncomingMessage['headers'];
		readonly body: string;
	}

	/** A receiver that answers with the statuses given, one a message, then 204. */
	async function receiver(...statuses: number[]) {
		const heard: Heard[] = [];
		const waiting: (() => void)[] = [];
		const server = createServer((request, response) => {
			let body = '';
			request.on('data', (chunk) => {
				body += chunk;
			});
			request.on('end', () => {
				heard.push({ headers: request.headers, body });
				response.writeHead(statuses.shift() ?? 204, { location: 'http://127.0.0.1:1/' }).end();
				for (const wake of waiting.splice(0)) wake();
			});
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return {
			origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
			heard,
			async until(count: number) {
				while (heard.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
			},
			[Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
		};
	}

	test('a job’s end is told, signed, again until it is heard, and no redirect is followed', async () => {
		await using ear = await receiver(500, 302);
		const env = {
			DSS_WEBHOOK_URL: `${ear.origin}/hook`,
			DSS_WEBHOOK_SECRET: secret,
			DSS_WEBHOOK_ALLOW_PRIVATE: 'true',
		};
		await using service = await startService({ env });
		const id = assertQueued(await put(`${service.url}/api/projects/import/background`, many(3), ZIP));
		await ear.until(3);
		const messages = ear.heard.map(({ headers, body }) => {
			const signed = Object.fromEntries(
				['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, String(headers[name])]),
			);
			// biome-ignore lint/suspicious/noExplicitAny: the message as a receiver sees it
			return new Webhook(secret).verify(body, signed) as any;
		});
		assert.equal(new Set(ear.heard.map(({ headers }) => headers['webhook-id'])).size, 1);
		for (const { type, data } of messages) {
			assert.deepEqual([type, data.job_id, data.status], ['job.succeeded', id, 'succeeded']);
			assert.equal(data.result.project_id, PROJECT);
		}
		const bent = ear.heard[0]?.body.replace('succeeded', 'failed') ?? '';
		assert.throws(() => new Webhook(secret).verify(bent, ear.heard[0]?.headers as Record<string, string>));
		const retried = `dss_webhook_deliveries_total{outcome="retried"}`;
		assert.equal(await metric(service, retried), 2);
	});

	test('a request may name its own address, of an allowed origin only', async () => {
		await using ear = await receiver();
		const env = {
			DSS_WEBHOOK_ORIGINS: ear.origin,
			DSS_WEBHOOK_SECRET: secret,
			DSS_WEBHOOK_ALLOW_PRIVATE: 'true',
		};
		await using service = await startService({ env });
		const url = (callback: string) =>
			`${service.url}/api/projects/import/background?callback_url=${encodeURIComponent(callback)}`;
		assertProblem(await put(url('https://elsewhere.example/x'), many(2), ZIP), 403, 'callback_not_allowed');
		assertQueued(
			await put(url(`${ear.origin}/mine`), buildDss({ tokens: [token(1, { value: '{gone}' })] }), ZIP),
		);
		await ear.until(1);
		assert.match(ear.heard[0]?.body ?? '', /"type":"job.failed"/);
	});

	test('nothing is sent to a private address unless that is allowed', async () => {
		await using ear = await receiver();
		const name = ear.origin.replace('127.0.0.1', 'localhost');
		for (const address of [ear.origin, name]) {
			await using service = await startService({
				env: { DSS_WEBHOOK_URL: address, DSS_WEBHOOK_SECRET: secret },
			});
			await ended(
				service,
				assertQueued(await put(`${service.url}/api/projects/import/background`, many(2), ZIP)),
			);
			const retried = `dss_webhook_deliveries_total{outcome="retried"}`;
			for (const until = Date.now() + 20_000; (await metric(service, retried)) < 1 && Date.now() < until; );
			assert.equal(await metric(service, retried), 1);
			assert.ok(service.log.some(({ err }) => /private address/.test(JSON.stringify(err))));
		}
		assert.equal(ear.heard.length, 0);
	});
});
