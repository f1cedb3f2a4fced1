/** Every error is a problem document, also where no route was reached. */
import t from 'tap';
import { assertProblem, post, put, send } from '../support/http.ts';
import { sendBytes, sendRaw } from '../support/raw-http.ts';
import { type Service, startService } from '../support/service.ts';

const ID = '018f3b60-0000-7000-8000-00000000dead';
const ZIP = 'application/zip';

t.test('requests that no route sees', async (t) => {
	await using service = await startService();
	const { host } = new URL(service.url);
	assertProblem(t, await sendRaw(service.url, { path: '/api/projects/%zz' }), 400, 'malformed_request');
	const long = 'a'.repeat(210);
	assertProblem(t, await send(`${service.url}/api/projects/${long}`), 400, 'malformed_request');
	assertProblem(t, await send(`${service.url}/${long}`), 404, 'route_unknown');
	const unknown = await send(`${service.url}/${'b'.repeat(5_000)}`);
	assertProblem(t, unknown, 404, 'route_unknown');
	t.ok(JSON.stringify(unknown.body).length < 1_000, 'a long path is not repeated in full');
	const head = (line: string, more = '') => `${line}\r\nHost: ${host}\r\n${more}\r\n`;
	for (const [what, bytes, status, code] of [
		['an unknown method', head('BREW /api/projects HTTP/1.1'), 400, 'malformed_request'],
		[
			'a method of HTTP that is not used',
			head('PROPFIND /api/projects HTTP/1.1', 'Connection: close\r\n'),
			405,
			'method_not_allowed',
		],
		['no HTTP', 'hello\r\n\r\n', 400, 'malformed_request'],
		[
			'large headers',
			head('GET /healthz HTTP/1.1', `X: ${'x'.repeat(20_000)}\r\n`),
			431,
			'headers_too_large',
		],
		[
			'a bad Content-Length',
			head('POST /api/projects HTTP/1.1', 'Content-Length: ten\r\n'),
			400,
			'malformed_request',
		],
		[
			'two framings',
			head('POST /api/projects HTTP/1.1', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n'),
			400,
			'malformed_request',
		],
		[
			'a bad chunk',
			head(
				'POST /api/projects HTTP/1.1',
				'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n',
			).concat('zz\r\n'),
			400,
			'malformed_request',
		],
		['no Host', 'GET /api/projects HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'malformed_request'],
	] as const) {
		const answer = await sendBytes(service.url, bytes);
		assertProblem(t, answer, status, code);
		t.equal(answer.headers.get('connection'), 'close', what);
		t.match(answer.body.instance, /^urn:dss:request:[0-9a-f-]{36}$/);
	}
	const old = await sendBytes(service.url, 'GET /healthz HTTP/1.0\r\n\r\n');
	t.equal(old.status, 200, 'HTTP/1.0 may leave out the Host');
	t.equal((await send(`${service.url}/healthz`)).status, 200, 'the service lives');
});

t.test('an address that other methods answer to is 405 with those methods', async (t) => {
	await using service = await startService();
	const project = `/api/projects/${ID}`;
	for (const [method, path, allow] of [
		['GET', '/api/projects/import/analyze', 'POST'],
		['GET', '/api/projects/import/background', 'POST'],
		['GET', '/api/projects/import', 'POST'],
		['PUT', '/api/projects/import', 'POST'],
		['DELETE', '/api/projects/import', 'POST'],
		['GET', `${project}/export`, 'POST'],
		['GET', `${project}/changes`, 'POST'],
		['GET', `${project}/merge`, 'POST'],
		['GET', `${project}/merge/analyze`, 'POST'],
		['GET', `${project}/revert`, 'POST'],
		['POST', `${project}/diff`, 'GET, HEAD'],
		['PUT', project, 'DELETE, GET, HEAD, PATCH'],
		['PUT', `${project}/tokens`, 'GET, HEAD'],
		['DELETE', '/api/jobs', 'GET, HEAD'],
	] as const) {
		const answer = await send(`${service.url}${path}`, { method });
		assertProblem(t, answer, 405, 'method_not_allowed');
		const listed = [...allow.split(', '), 'OPTIONS'].sort().join(', ');
		t.equal(answer.headers.get('allow'), listed, `${method} ${path}`);
	}
	assertProblem(t, await send(`${service.url}${project}/fonts`), 404, 'route_unknown');
});

t.test('an address that ends with a slash, or lacks a part, is no address', async (t) => {
	await using service = await startService();
	for (const [method, path] of [
		['GET', '/api/projects/'],
		['PUT', '/api/projects/'],
		['GET', `/api/projects/${ID}/`],
		['GET', `/api/projects//tokens`],
		['GET', '/api/jobs/'],
		['GET', '/'],
		['GET', '/favicon.ico'],
		['OPTIONS', '/api/nothing'],
	] as const)
		assertProblem(t, await send(`${service.url}${path}`, { method }), 404, 'route_unknown');
});

t.test('a refused setting names the place and what is allowed', async (t) => {
	await using service = await startService();
	const url = `${service.url}/api/projects/import`;
	const byQuery = await put(`${url}?strategy=erase`, 'x', ZIP);
	assertProblem(t, byQuery, 400, 'malformed_request');
	t.match(byQuery.body.detail, /the query at \/strategy .*: replace, merge/i);
	const form = new FormData();
	form.append('colour', 'red');
	form.append('file', new Blob(['x']), 'a.dss');
	const byField = await send(url, { method: 'POST', body: form });
	assertProblem(t, byField, 400, 'malformed_request');
	t.match(byField.body.detail, /^The fields must not have additional properties: colour\.$/);
	const detail = async (path: string) => {
		const answer = await send(`${service.url}/api/${path}`);
		assertProblem(t, answer, 400, 'malformed_request');
		return answer.body.detail;
	};
	t.match(
		await detail('projects/ACME'),
		/at \/project_id must be a UUID in lower case, such as [0-9a-f-]{36}\.$/,
	);
	t.match(await detail(`projects/${ID}/tokens?theme=light`), /at \/theme\/0 must be a UUID in lower case/);
	t.match(await detail('projects?limit=0'), /at \/limit must be at least 1\.$/);
	t.match(await detail('projects?limit=201'), /at \/limit must be at most 200\.$/);
	t.match(await detail('projects?sort=age'), /at \/sort must be one of: name, -name, created_at, /);
	t.match(await detail('jobs?status=done'), /at \/status\/0 must be one of: queued, running, /);
	const named = await post(`${service.url}/api/projects`, { name: '  ' });
	t.match(named.body.detail, /at \/name must not be blank/);
});

/** Requests beyond those that run and wait: two uploads that never end take both places. */
async function fill({ url }: Service): Promise<AbortController> {
	const held = new AbortController();
	const endless = () => {
		const body = new ReadableStream({
			pull: () => new Promise(() => undefined),
			start: (c) => c.enqueue('P'),
		});
		const init = { method: 'POST', body, duplex: 'half', signal: held.signal } as const;
		fetch(`${url}/api/projects/import`, { ...init, headers: { 'content-type': ZIP } }).catch(() => undefined);
	};
	endless();
	endless();
	for (let ask = 0; ask < 5_000; ask++) {
		const { body } = await send(`${url}/metrics`);
		if (/^dss_open_uploads 2$/m.test(String(body))) return held;
	}
	throw new Error('the uploads did not begin');
}

t.test('row 42: edits and reverts are admitted like imports', async (t) => {
	await using service = await startService({ env: { DSS_WORKERS: '1', DSS_QUEUE_LIMIT: '1' } });
	const { body } = await post(`${service.url}/api/projects`, { name: 'x' });
	const at = `${service.url}/api/projects/${body.project_id}`;
	const held = await fill(service);
	for (const [path, input] of [
		['changes', {}],
		['revert', { to: 1 }],
	] as const) {
		const refused = await post(`${at}/${path}`, input);
		assertProblem(t, refused, 503, 'too_busy');
		t.ok(Number(refused.headers.get('retry-after')) >= 1, path);
	}
	held.abort();
	for (let ask = 0; ask < 5_000; ask++) if ((await post(`${at}/changes`, {})).status === 200) return;
	t.fail('edits are still refused');
});

t.test('an upload to a project that is unknown or has moved on is refused before it is sent', async (t) => {
	await using service = await startService();
	const { host } = new URL(service.url);
	const head = (path: string, more = '') =>
		`POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: ${ZIP}\r\n${more}Content-Length: 1000000\r\n\r\n`;
	for (const path of [
		`/api/projects/${ID}/merge`,
		`/api/projects/${ID}/merge/analyze`,
		`/api/projects/import?project_id=${ID}`,
	])
		assertProblem(t, await sendBytes(service.url, head(path)), 404, 'project_unknown');
	const { status, body } = await post(`${service.url}/api/projects`, { name: 'x' });
	t.equal(status, 201, JSON.stringify(body));
	const merge = `/api/projects/${body.project_id}/merge`;
	const stale = await sendBytes(service.url, head(merge, 'If-Match: "rev-7"\r\n'));
	assertProblem(t, stale, 412, 'revision_stale');
});

t.test('an upload of a type that is not read lists the types that are', async (t) => {
	await using service = await startService();
	const refused = await put(`${service.url}/api/projects/import`, 'x', 'text/plain');
	assertProblem(t, refused, 415, 'unsupported_media_type');
	for (const type of ['multipart/form-data', 'application/vnd.dss+zip', 'application/json']) {
		t.ok(refused.body.detail.includes(type), type);
	}
	const edit = await put(`${service.url}/api/projects/${ID}/changes`, 'x', 'text/plain');
	t.match(edit.body.detail, /takes application\/json\./);
});
