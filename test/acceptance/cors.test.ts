/** Pages of DSS_CORS_ORIGINS may use the whole API; that they may changes no other answer (Fetch Standard, §3.3). */
import t, { type Test } from 'tap';
import { buildDss, PROJECT } from '../support/dss-builder.ts';
import { assertProblem, put, send } from '../support/http.ts';
import { assertQueued, ended } from '../support/jobs.ts';
import { sendRaw } from '../support/raw-http.ts';
import { type Service, startService } from '../support/service.ts';

const PAGE = 'https://studio.example';

async function start(t: Test, env: Record<string, string> = {}): Promise<Service> {
	const service = await startService({ env });
	t.teardown(() => service[Symbol.asyncDispose]());
	return service;
}

/** The headers of an answer that a page may read. */
function readable(headers: Headers): string[] {
	const always = ['cache-control', 'content-language', 'content-length', 'content-type', 'expires'];
	const exposed = (headers.get('access-control-expose-headers') ?? '').toLowerCase().split(', ');
	return [...always, ...exposed];
}

t.test('a page may read every header that the API uses', async (t) => {
	const service = await start(t, { DSS_CORS_ORIGINS: PAGE, DSS_RATE_LIMIT: '1000' });
	const headers = { origin: PAGE };
	const at = (path: string) => `${service.url}/api/projects${path}`;
	const assertReadable = (answer: { headers: Headers }, ...names: string[]) => {
		for (const name of names) {
			t.ok(answer.headers.get(name), `${name} is sent`);
			t.ok(readable(answer.headers).includes(name), `${name} may be read`);
		}
	};
	const rate = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset'];
	const prefers = { ...headers, prefer: 'respond-async', 'idempotency-key': 'one' };
	const queued = await put(at('/import'), buildDss(), 'application/zip', prefers);
	assertReadable(queued, 'location', 'preference-applied', 'x-request-id');
	await ended(service, assertQueued(t, queued));
	assertReadable(await put(at('/import'), buildDss(), 'application/zip', prefers), 'idempotent-replayed');
	assertReadable(await send(at(`/${PROJECT}`), { headers }), 'etag', ...rate);
	const job = await send(at(`/${PROJECT}/export?background=true`), { method: 'POST', headers });
	const { job_id } = await ended(service, assertQueued(t, job));
	const part = { headers: { ...headers, range: 'bytes=0-9' } };
	const result = await send(`${service.url}/api/jobs/${job_id}/result`, part);
	assertReadable(result, 'accept-ranges', 'content-range', 'content-disposition', 'repr-digest');
	assertReadable(await send(at(`/${PROJECT}/export`), { headers }), 'allow', 'x-request-id');
});

t.test('preflights are answered for all methods and headers', async (t) => {
	const service = await start(t, { DSS_CORS_ORIGINS: PAGE });
	for (const method of ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE']) {
		const asked = 'content-type,if-match,if-none-match,idempotency-key,prefer,range,last-event-id';
		const answer = await sendRaw(service.url, {
			method: 'OPTIONS',
			path: '/api/projects',
			headers: {
				origin: PAGE,
				'access-control-request-method': method,
				'access-control-request-headers': asked,
			},
		});
		t.equal(answer.status, 204, method);
		t.equal(answer.headers.get('access-control-allow-origin'), PAGE);
		t.ok(answer.headers.get('access-control-allow-methods')?.split(', ').includes(method), method);
		t.equal(answer.headers.get('access-control-allow-headers'), asked);
		t.ok(Number(answer.headers.get('access-control-max-age')) > 0);
	}
	const bad = { 'access-control-request-method': 'POST' };
	const answer = await sendRaw(service.url, { method: 'OPTIONS', path: '/api/projects', headers: bad });
	assertProblem(t, answer, 400, 'malformed_request');
});

for (const env of [{}, { DSS_CORS_ORIGINS: PAGE }]) {
	t.test(`with ${JSON.stringify(env)}`, async (t) => {
		const service = await start(t, env);
		for (const path of ['/', '/api/nothing', '/favicon.ico', '/api/projects/'])
			for (const method of ['GET', 'POST', 'OPTIONS'])
				assertProblem(t, await send(`${service.url}${path}`, { method }), 404, 'route_unknown');
		const refused = await send(`${service.url}/api/projects`, { method: 'DELETE' });
		assertProblem(t, refused, 405, 'method_not_allowed');
		t.equal(refused.headers.get('allow'), 'GET, HEAD, OPTIONS, POST');
		for (const headers of [undefined, { origin: PAGE }]) {
			const raw = { method: 'OPTIONS', path: '/api/projects', ...(headers && { headers }) };
			const answer = await sendRaw(service.url, raw);
			t.equal(answer.status, 204);
			t.equal(answer.headers.get('allow'), 'GET, HEAD, OPTIONS, POST');
		}
		t.equal((await sendRaw(service.url, { method: 'OPTIONS', path: '*' })).status, 204);
	});
}

t.test('without DSS_CORS_ORIGINS a preflight allows nothing', async (t) => {
	const service = await start(t);
	const headers = { origin: PAGE, 'access-control-request-method': 'POST' };
	const answer = await sendRaw(service.url, { method: 'OPTIONS', path: '/api/projects', headers });
	t.equal(answer.status, 204);
	t.equal(answer.headers.get('access-control-allow-origin'), null);
});
