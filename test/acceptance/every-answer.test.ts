/** What every answer carries: the id of its request, and what browsers may do with it. */
import t from 'tap';
import { buildDss, PROJECT } from '../support/dss-builder.ts';
import { type Answer, post, put, send } from '../support/http.ts';
import { assertQueued, ended } from '../support/jobs.ts';
import { sendBytes, sendRaw } from '../support/raw-http.ts';
import { SECURITY_HEADERS } from '../support/security-headers.ts';
import { serviceFor } from '../support/service.ts';

const PAGE = 'https://studio.example';

t.test('every answer has security headers and its request id', async (t) => {
	const service = await serviceFor(t, { env: { DSS_CORS_ORIGINS: PAGE } });
	const { host } = new URL(service.url);
	const at = (path: string) => `${service.url}${path}`;
	const made = await put(at('/api/projects/import'), buildDss(), 'application/zip');
	const exported = await post(at(`/api/projects/${PROJECT}/export?background=true`), {});
	const { job_id } = await ended(service, assertQueued(t, exported));
	const preflight = { origin: PAGE, 'access-control-request-method': 'POST' };
	const answers: Readonly<Record<string, Answer | Promise<Answer>>> = {
		'an import': made,
		'a job': exported,
		health: send(at('/healthz')),
		figures: send(at('/metrics')),
		'the OpenAPI document': send(at('/openapi.json')),
		'a list': send(at(`/api/projects/${PROJECT}/tokens`)),
		'an archive': post(at(`/api/projects/${PROJECT}/export`), {}),
		'a file': send(at(`/api/jobs/${job_id}/result`)),
		'a part of a file': send(at(`/api/jobs/${job_id}/result`), { headers: { range: 'bytes=0-3' } }),
		events: send(at(`/api/jobs/${job_id}/events`)),
		HEAD: send(at('/api/projects'), { method: 'HEAD' }),
		'a deletion': send(
			at(`/api/projects/${(await post(at('/api/projects'), { name: 'x' })).body.project_id}`),
			{
				method: 'DELETE',
			},
		),
		'a malformed request': send(at('/api/projects?limit=x')),
		'an unknown address': send(at('/nothing')),
		'a method that is not allowed': send(at('/api/projects'), { method: 'DELETE' }),
		OPTIONS: send(at('/api/projects'), { method: 'OPTIONS' }),
		'a preflight': sendRaw(service.url, { method: 'OPTIONS', path: '/api/projects', headers: preflight }),
		'a foreign host': sendRaw(service.url, { path: '/api/projects', headers: { host: 'evil.example' } }),
		'a bad address': sendRaw(service.url, { path: '/api/projects/%zz' }),
		'no HTTP': sendBytes(service.url, 'hello\r\n\r\n'),
		'large headers': sendBytes(
			service.url,
			`GET / HTTP/1.1\r\nHost: ${host}\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
		),
	};
	const ids = new Set<string>();
	for (const [name, answer] of Object.entries(answers)) {
		const { headers, body, status } = await answer;
		const found = Object.fromEntries(Object.keys(SECURITY_HEADERS).map((key) => [key, headers.get(key)]));
		t.strictSame(found, SECURITY_HEADERS, `${name}: ${status}`);
		t.equal(headers.get('strict-transport-security'), null, 'this is HTTP');
		const id = headers.get('x-request-id') ?? '';
		t.match(id, /^[0-9a-f-]{36}$/, name);
		ids.add(id);
		if (status >= 400) t.equal(body.instance, `urn:dss:request:${id}`, name);
	}
	t.equal(ids.size, Object.keys(answers).length, 'each request has an id of its own');
	t.ok(
		service.log.some(({ reqId }) => reqId === made.headers.get('x-request-id')),
		'the log has the id',
	);
});

t.test('Swagger UI has a policy that lets it work, and nothing else', async (t) => {
	const service = await serviceFor(t);
	for (const path of [
		'/docs',
		'/docs/',
		'/docs/static/swagger-initializer.js',
		'/docs/static/swagger-ui.css',
	]) {
		const { status, headers } = await send(`${service.url}${path}`);
		t.equal(status, 200, path);
		const policy = headers.get('content-security-policy') ?? '';
		t.match(policy, /default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; /);
		t.match(policy, /connect-src 'self'; /);
		t.notMatch(policy, /upgrade-insecure-requests|https:|validator/);
		t.equal(headers.get('x-content-type-options'), 'nosniff');
	}
});
