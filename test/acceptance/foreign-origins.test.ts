/** Row 48: where nobody has to log in, a page of another site can neither write nor, by rebinding its name, read. */
import t, { type Test } from 'tap';
import { buildDss, PROJECT } from '../support/dss-builder.ts';
import { assertProblem, put } from '../support/http.ts';
import { type RawOptions, sendRaw } from '../support/raw-http.ts';
import { type Service, startService } from '../support/service.ts';

const PAGE = 'https://studio.example';
const portOf = ({ url }: Service) => new URL(url).port;

async function start(t: Test, env: Record<string, string> = {}): Promise<Service> {
	const service = await startService({ env });
	t.teardown(() => service[Symbol.asyncDispose]());
	return service;
}

/** Creates a project as a page would: `headers` tell whose page it is. */
function create({ url }: Service, headers: Record<string, string>) {
	const options: RawOptions = { method: 'POST', path: '/api/projects', body: '{"name":"x"}' };
	return sendRaw(url, { ...options, headers: { 'content-type': 'application/json', ...headers } });
}

t.test('a service on loopback answers to the names of loopback only', async (t) => {
	const service = await start(t);
	const port = portOf(service);
	t.equal((await put(`${service.url}/api/projects/import`, buildDss(), 'application/zip')).status, 201);
	const own = [
		'127.0.0.1',
		`127.0.0.1:${port}`,
		`localhost:${port}`,
		'LOCALHOST',
		`[::1]:${port}`,
		'127.8.8.8:1',
		'localhost.',
		`localhost.:${port}`,
		`127.0.0.1.:${port}`,
	];
	for (const host of own)
		t.equal((await sendRaw(service.url, { path: '/api/projects', headers: { host } })).status, 200, host);
	const foreign = [
		'evil.example',
		`evil.example:${port}`,
		'localhost.evil.example',
		'127.0.0.1.evil.example',
		'evil.example@localhost',
		'evil.example.',
		'localhost..',
		'.',
		'192.168.1.7',
		'[fd00::1]',
		'dss',
	];
	for (const host of foreign)
		for (const path of ['/api/projects', '/api/nothing', '/readyz', '/metrics', '/docs/', '/openapi.json'])
			assertProblem(t, await sendRaw(service.url, { path, headers: { host } }), 403, 'foreign_origin');
	const removal = { method: 'DELETE', path: `/api/projects/${PROJECT}`, headers: { host: 'evil.example' } };
	assertProblem(t, await sendRaw(service.url, removal), 403, 'foreign_origin');
	const health = { path: '/healthz', headers: { host: 'evil.example' } };
	t.equal((await sendRaw(service.url, health)).status, 200, 'liveness is answered to anybody');
	t.equal(
		(await sendRaw(service.url, { path: `/api/projects/${PROJECT}` })).status,
		200,
		'it is still there',
	);
});

t.test('DSS_HOSTS names further hosts, with a port or for any', async (t) => {
	const service = await start(t, { DSS_HOSTS: 'dss, proxy.example:8443,[fd00::1]' });
	for (const [host, status] of [
		['dss', 200],
		['DSS:9090', 200],
		['dss.:9090', 200],
		['proxy.example:8443', 200],
		['proxy.example.:8443', 200],
		['proxy.example.', 403],
		['proxy.example', 403],
		['[fd00::1]:3000', 200],
		['localhost', 200],
		['other', 403],
	] as const)
		t.equal((await sendRaw(service.url, { path: '/metrics', headers: { host } })).status, status, host);
});

t.test('a service on every address is called by any name, unless DSS_HOSTS lists them', async (t) => {
	const open = await start(t, { DSS_HOST: '0.0.0.0', DSS_AUTH: 'none', DSS_RATE_LIMIT: '0' });
	const headers = { host: 'dss.internal:3000' };
	t.equal((await sendRaw(open.url, { path: '/metrics', headers })).status, 200);
	assertProblem(t, await create(open, { ...headers, origin: 'https://evil.example' }), 403, 'foreign_origin');
	t.equal((await create(open, { ...headers, origin: 'http://dss.internal:3000' })).status, 201);

	const listed = await start(t, { DSS_HOST: '0.0.0.0', DSS_AUTH: 'none', DSS_HOSTS: 'dss' });
	for (const [host, status] of [
		['dss', 200],
		['10.0.0.7:3000', 200],
		['localhost', 200],
		['dss.internal', 403],
	] as const)
		t.equal((await sendRaw(listed.url, { path: '/metrics', headers: { host } })).status, status, host);
});

t.test('what is not a browser, and pages of the service itself, may write', async (t) => {
	const service = await start(t);
	const host = `localhost:${portOf(service)}`;
	for (const headers of [
		{},
		{ 'sec-fetch-site': 'none' },
		{ host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' },
		{ origin: service.url },
		{ host: `localhost.:${portOf(service)}`, origin: `http://localhost.:${portOf(service)}` },
	])
		t.equal((await create(service, headers)).status, 201, JSON.stringify(headers));
});

t.test('pages of others may not write, and may still be linked from', async (t) => {
	const service = await start(t);
	const { port } = new URL(service.url);
	for (const headers of [
		{ origin: PAGE },
		{ origin: PAGE, 'sec-fetch-site': 'cross-site' },
		{ origin: 'null' },
		{ origin: `http://localhost:${Number(port) - 1}`, 'sec-fetch-site': 'same-site' },
		{ origin: `http://localhost:${port}` },
		{ 'sec-fetch-site': 'cross-site' },
		{ 'sec-fetch-site': 'same-site' },
	]) {
		const answer = await create(service, headers);
		assertProblem(t, answer, 403, 'foreign_origin');
		t.match(answer.body.detail, /DSS_CORS_ORIGINS/, JSON.stringify(headers));
	}
	const form = 'multipart/form-data; boundary=b';
	const upload = { method: 'POST', path: '/api/projects/import', body: '--b--' };
	const headers = { origin: PAGE, 'content-type': form };
	assertProblem(t, await sendRaw(service.url, { ...upload, headers }), 403, 'foreign_origin');
	const link = { path: '/docs/', headers: { 'sec-fetch-site': 'cross-site' } };
	t.equal((await sendRaw(service.url, link)).status, 200);
	const { body } = await sendRaw(service.url, { path: '/api/projects' });
	t.equal(body.total, 0, 'nothing was written');
});

t.test('pages of DSS_CORS_ORIGINS may write', async (t) => {
	const service = await start(t, { DSS_CORS_ORIGINS: PAGE });
	for (const site of ['cross-site', 'same-site'])
		t.equal((await create(service, { origin: PAGE, 'sec-fetch-site': site })).status, 201, site);
	assertProblem(t, await create(service, { origin: 'https://evil.example' }), 403, 'foreign_origin');
	const preflight = { origin: PAGE, 'access-control-request-method': 'POST' };
	const answer = await sendRaw(service.url, { method: 'OPTIONS', path: '/api/projects', headers: preflight });
	t.equal(answer.status, 204);
	t.equal(answer.headers.get('access-control-allow-origin'), PAGE);
});
