/** Work that outlasts a request. */
import { readdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { type Test, test } from 'tap';
import { buildDss, PROJECT, token } from '../support/dss-builder.ts';
import { type Answer, assertProblem, post, put, send } from '../support/http.ts';
import { ended, eventsOf } from '../support/jobs.ts';
import { makeFolder, type Service, serviceFor, startService } from '../support/service.ts';

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
const assertQueued = (t: Test, { status, headers, body }: Answer) => {
	t.equal(status, 202, { received: body });
	t.equal(body.status, 'queued');
	t.equal(body.status_url, `/api/jobs/${body.job_id}`);
	t.equal(headers.get('location'), body.status_url);
	return body.job_id as string;
};

test('jobs', async (t) => {
	const service = await serviceFor(t, { env: limits });

	const at = (path: string) => `${service.url}${path}`;

	t.test('an import in the background ends with the answer that the request would have had', async (t) => {
		const answer = await put(at('/api/projects/import/background?project_id=new'), many(3000), ZIP);
		const id = assertQueued(t, answer);
		t.equal(answer.body.estimated_items, 3001);
		t.ok(answer.body.estimated_duration_seconds > 0);
		const events = [];
		for await (const event of eventsOf(service, id)) events.push(event);
		t.strictSame(
			events.map((event) => event.id),
			events.map((_, index) => String(index + 1)),
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
		t.equal(await spoolOf(service, 0), 0);
	});

	t.test(
		'Prefer: respond-async and background=true ask for a job, on import, merge and export',
		async (t) => {
			const archive = many(2);
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
		const made = await put(at('/api/projects/import?project_id=new'), many(500), ZIP);
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
		t.equal(await spoolOf(service, files), files, 'only results are left');
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
		const files = (await spooled(service)).length;
		const url = at(`/api/projects/import/background?project_id=${id}&discard_local_changes=true`);
		const [running, waiting] = [
			assertQueued(t, await put(url, many(60_000), ZIP)),
			assertQueued(t, await put(url, many(10), ZIP)),
		];
		for await (const { job } of eventsOf(service, running)) if (job.progress.stage === 'structure') break;
		t.equal((await send(at(`/api/jobs/${waiting}`))).body.status, 'queued', 'one at a time per project');
		const cancel = (job: string) => send(at(`/api/jobs/${job}`), { method: 'DELETE' });
		t.equal((await cancel(waiting)).body.status, 'cancelled');
		const cancelled = await cancel(running);
		t.equal(cancelled.body.status, 'cancelled', { received: cancelled.body });
		assertProblem(t, await cancel(running), 409, 'job_finished');
		t.equal((await send(at(`/api/projects/${id}`))).body.revision, 1);
		t.equal(await spoolOf(service, files), files);
		const after = await ended(service, assertQueued(t, await put(url, many(10), ZIP)));
		t.equal(after.status, 'succeeded', 'the project is free again');
	});

	t.test(
		'the same Idempotency-Key gives the first answer again; another request with it is refused',
		async (t) => {
			const archive = many(20, { description: 'by key' });
			const key = { 'idempotency-key': 'order 66' };
			const url = at('/api/projects/import?project_id=new');
			const first = await put(url, archive, ZIP, key);
			t.equal(first.status, 201);
			const again = await put(url, archive, ZIP, key);
			t.strictSame([again.status, again.body], [201, first.body]);
			t.equal(again.headers.get('idempotent-replayed'), 'true');
			t.equal(again.headers.get('location'), first.headers.get('location'));
			assertProblem(t, await put(url, many(21), ZIP, key), 422, 'idempotency_key_reused');
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

	t.test('twice at once under one key: one is answered, the other told to come again', async (t) => {
		const archive = many(5_000, { description: 'twice at once' });
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
		'two hundred imports at once are answered 201, 202 or 503; what was accepted ends; memory stays flat',
		async (t) => {
			const small = many(50);
			const memory = async () => metric(service, 'process_resident_memory_bytes');
			const before = await memory();
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
			t.ok((await memory()) - before < 150e6, 'memory stays flat');
		},
	);
});

test('a machine that fails', async (t) => {
	t.test(
		'a job whose work cannot be done is tried again, then given up with the reason; nothing is left',
		async (t) => {
			const dataDir = await makeFolder();
			try {
				const first = await startService({ dataDir, env: limits });
				const id = assertQueued(
					t,
					await put(`${first.url}/api/projects/import/background`, many(60_000), ZIP),
				);
				await first.stop('SIGKILL');
				for (const name of await spooled(first)) await rm(join(dataDir, 'spool', name));
				await using service = await startService({ dataDir, env: limits });
				const job = await ended(service, id);
				t.equal(job.status, 'failed');
				t.strictSame([job.error.code, job.error.status], ['job_given_up', 500]);
				t.ok(job.attempts >= 5, `tried ${job.attempts} times`);
				t.equal((await send(`${service.url}/api/projects`)).body.total, 0);
			} finally {
				await rm(dataDir, { recursive: true });
			}
		},
	);
});

test('the end of the process', async (t) => {
	t.test(
		'in order, it ends streams of events and hands the job back; the next process ends it',
		async (t) => {
			const dataDir = await makeFolder();
			try {
				const first = await startService({ dataDir, env: limits });
				const id = assertQueued(
					t,
					await put(`${first.url}/api/projects/import/background`, many(60_000), ZIP),
				);
				const seen: string[] = [];
				let stopped: Promise<number | null> | null = null;
				for await (const { event, job } of eventsOf(first, id)) {
					seen.push(event);
					if (job.progress.stage === 'structure') stopped ??= first.stop('SIGTERM');
				}
				t.equal(await stopped, 0);
				t.ok(!seen.includes('end'), 'the stream ended, the job did not');
				await using service = await startService({ dataDir, env: limits });
				const job = await ended(service, id);
				t.strictSame([job.status, job.attempts, job.result.revision], ['succeeded', 2, 1]);
			} finally {
				await rm(dataDir, { recursive: true });
			}
		},
	);
});

test('the decision', async (t) => {
	t.test(
		'work that is estimated to outlast the request becomes a job; what turns out slower is handed over',
		async (t) => {
			await using service = await startService({ env: { ...limits, DSS_REQUEST_TIMEOUT_MS: '150' } });
			const estimated = await put(`${service.url}/api/projects/import?project_id=new`, many(20_000), ZIP);
			const job = await ended(service, assertQueued(t, estimated));
			t.equal(job.status, 'succeeded');
			// Small enough not to be looked at first, and too slow all the same: a long text to compare in each of few.
			const slow = many(4_000, { description: 'x'.repeat(4_000) });
			t.ok(slow.length < 65_536 * 8);
			const handedOver = await put(`${service.url}/api/projects/import?project_id=new`, slow, ZIP);
			const after = await ended(service, assertQueued(t, handedOver));
			t.strictSame([after.status, after.result.item_counts.tokens], ['succeeded', 4_000]);
			t.equal(await spoolOf(service, 0), 0);
			const { body } = await send(`${service.url}/api/projects/${after.result.project_id}/revisions`);
			t.equal(body.total, 1);
		},
	);

	t.test('a full queue takes no more, before a byte of an upload is read', async (t) => {
		await using service = await startService({ env: { ...limits, DSS_QUEUE_LIMIT: '2', DSS_WORKERS: '1' } });
		const { body } = await post(`${service.url}/api/projects`, { name: 'Target' });
		const url = `${service.url}/api/projects/import/background?project_id=${body.project_id}`;
		const first = assertQueued(t, await put(url, many(60_000), ZIP));
		for await (const { job } of eventsOf(service, first)) if (job.status === 'running') break;
		for (let waiting = 0; waiting < 2; waiting++) assertQueued(t, await put(url, many(2), ZIP));
		const full = await put(url, many(2), ZIP);
		assertProblem(t, full, 503, 'too_busy');
		t.ok(Number(full.headers.get('retry-after')) > 0);
		t.equal((await send(`${service.url}/api/jobs/${first}`, { method: 'DELETE' })).body.status, 'cancelled');
	});

	t.test('results and jobs are kept for their time', async (t) => {
		await using service = await startService({ env: { DSS_RESULT_TTL: '1', DSS_JOB_TTL: '2' } });
		const made = await put(`${service.url}/api/projects/import`, many(5), ZIP);
		const url = `${service.url}/api/projects/${made.body.project_id}/export?background=true`;
		const job = await ended(service, assertQueued(t, await send(url, { method: 'POST' })));
		const result = `${service.url}/api/jobs/${job.job_id}/result`;
		t.equal((await send(result)).status, 200);
		let answer = await send(result);
		for (const until = Date.now() + 20_000; answer.status === 200 && Date.now() < until; )
			answer = await send(result);
		t.equal(answer.status, 404);
		t.equal(await spoolOf(service, 0), 0);
		for (const until = Date.now() + 20_000; answer.body.code !== 'job_unknown' && Date.now() < until; )
			answer = await send(result);
		assertProblem(t, answer, 404, 'job_unknown');
	});
});

test('webhooks', async (t) => {
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

	t.test('a job’s end is told, signed, again until it is heard, and no redirect is followed', async (t) => {
		await using ear = await receiver(500, 302);
		const env = {
			DSS_WEBHOOK_URL: `${ear.origin}/hook`,
			DSS_WEBHOOK_SECRET: secret,
			DSS_WEBHOOK_ALLOW_PRIVATE: 'true',
		};
		await using service = await startService({ env });
		const id = assertQueued(t, await put(`${service.url}/api/projects/import/background`, many(3), ZIP));
		await ear.until(3);
		const messages = ear.heard.map(({ headers, body }) => {
			const signed = Object.fromEntries(
				['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, String(headers[name])]),
			);
			// biome-ignore lint/suspicious/noExplicitAny: the message as a receiver sees it
			return new Webhook(secret).verify(body, signed) as any;
		});
		t.equal(new Set(ear.heard.map(({ headers }) => headers['webhook-id'])).size, 1);
		for (const { type, data } of messages) {
			t.strictSame([type, data.job_id, data.status], ['job.succeeded', id, 'succeeded']);
			t.equal(data.result.project_id, PROJECT);
		}
		const bent = ear.heard[0]?.body.replace('succeeded', 'failed') ?? '';
		t.throws(() => new Webhook(secret).verify(bent, ear.heard[0]?.headers as Record<string, string>));
		const retried = `dss_webhook_deliveries_total{outcome="retried"}`;
		t.equal(await metric(service, retried), 2);
	});

	t.test('a request may name its own address, of an allowed origin only', async (t) => {
		await using ear = await receiver();
		const env = {
			DSS_WEBHOOK_ORIGINS: ear.origin,
			DSS_WEBHOOK_SECRET: secret,
			DSS_WEBHOOK_ALLOW_PRIVATE: 'true',
		};
		await using service = await startService({ env });
		const url = (callback: string) =>
			`${service.url}/api/projects/import/background?callback_url=${encodeURIComponent(callback)}`;
		assertProblem(
			t,
			await put(url('https://elsewhere.example/x'), many(2), ZIP),
			403,
			'callback_not_allowed',
		);
		assertQueued(
			t,
			await put(url(`${ear.origin}/mine`), buildDss({ tokens: [token(1, { value: '{gone}' })] }), ZIP),
		);
		await ear.until(1);
		t.match(ear.heard[0]?.body ?? '', /"type":"job.failed"/);
	});

	t.test('nothing is sent to a private address unless that is allowed', async (t) => {
		await using ear = await receiver();
		const name = ear.origin.replace('127.0.0.1', 'localhost');
		for (const address of [ear.origin, name]) {
			await using service = await startService({
				env: { DSS_WEBHOOK_URL: address, DSS_WEBHOOK_SECRET: secret },
			});
			await ended(
				service,
				assertQueued(t, await put(`${service.url}/api/projects/import/background`, many(2), ZIP)),
			);
			const retried = `dss_webhook_deliveries_total{outcome="retried"}`;
			for (const until = Date.now() + 20_000; (await metric(service, retried)) < 1 && Date.now() < until; );
			t.equal(await metric(service, retried), 1);
			t.ok(service.log.some(({ err }) => /private address/.test(JSON.stringify(err))));
		}
		t.equal(ear.heard.length, 0);
	});
});
