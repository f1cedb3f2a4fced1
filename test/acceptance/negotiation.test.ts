/** What callers accept, and in which coding: Accept, Accept-Encoding, Content-Encoding (RFC 9110 §8.4, §12.5). */
import { once } from 'node:events';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { archiveOf, PROJECT } from '../support/dss-builder.ts';
import { assertProblem, post, put, send } from '../support/http.ts';
import { assertQueued, ended } from '../support/jobs.ts';
import { sendBytes, sendRaw } from '../support/raw-http.ts';
import { type Service, serviceFor } from '../support/service.ts';

const JSON_TYPE = 'application/json';
const DSS = 'application/vnd.dss+zip';

async function start(t: Test): Promise<{ service: Service; project: string; job: string }> {
	const service = await serviceFor(t);
	await put(`${service.url}/api/projects/import`, archiveOf(30), 'application/zip');
	const project = `/api/projects/${PROJECT}`;
	const queued = await send(`${service.url}${project}/export?background=true`, { method: 'POST' });
	const { job_id } = await ended(service, assertQueued(t, queued));
	return { service, project, job: `/api/jobs/${job_id}` };
}

t.test('Accept decides what is answered, and whether anything is', async (t) => {
	const { service, project, job } = await start(t);
	const EVENTS = `${job}/events`;
	const RESULT = `${job}/result`;
	for (const [path, accept, type] of [
		['/api/projects', undefined, JSON_TYPE],
		['/api/projects', '', JSON_TYPE],
		['/api/projects', '*/*', JSON_TYPE],
		['/api/projects', 'application/*', JSON_TYPE],
		['/api/projects', 'text/html, application/xhtml+xml, */*;q=0.8', JSON_TYPE],
		['/api/projects', 'application/json; charset=utf-8', JSON_TYPE],
		['/api/projects', 'APPLICATION/JSON;odata="a,b";q=0.3', JSON_TYPE],
		['/api/projects', 'application/problem+json, application/json', JSON_TYPE],
		['/api/projects', 'application/problem+json', null],
		['/api/projects', 'application/xml', null],
		['/api/projects', 'application/json;q=0', null],
		['/api/projects', 'application/json;q=0, */*', null],
		['/api/projects', 'application/json; charset=utf-8; q=0, */*; q=0.5', null],
		['/api/projects', '*/*;q=0', null],
		['/api/projects', 'text/*', null],
		['/openapi.json', 'text/html', null],
		['/metrics', '*/*', 'text/plain'],
		['/metrics', 'text/plain', 'text/plain'],
		[
			'/metrics',
			'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.4',
			'application/openmetrics-text',
		],
		['/metrics', 'application/openmetrics-text;q=0.1,text/plain;version=0.0.4', 'text/plain'],
		[
			'/metrics',
			'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;q=0.3,*/*;q=0.2',
			'application/openmetrics-text',
		],
		['/metrics', JSON_TYPE, null],
		[EVENTS, 'text/event-stream', 'text/event-stream'],
		[EVENTS, undefined, 'text/event-stream'],
		[EVENTS, JSON_TYPE, null],
		[RESULT, '*/*', DSS],
		[RESULT, 'application/zip', 'application/zip'],
		[RESULT, 'application/octet-stream, application/zip;q=0.5', 'application/octet-stream'],
		[RESULT, `${DSS};q=0, */*`, 'application/zip'],
		[RESULT, JSON_TYPE, null],
	] as const) {
		const headers = accept === undefined ? {} : { accept };
		for (const method of ['GET', 'HEAD']) {
			const answer = await sendRaw(service.url, { path, method, headers });
			const what = `${method} ${path} ${accept}`;
			if (type === null) {
				t.equal(answer.status, 406, what);
				if (method === 'HEAD') continue;
				assertProblem(t, answer, 406, 'not_acceptable');
				t.ok(answer.body.details.produced.length > 0, 'it names what there is (RFC 9110 §15.5.7)');
			} else {
				t.equal(answer.status, 200, what);
				t.equal(answer.headers.get('content-type')?.split(';')[0], type, what);
			}
		}
	}
	const exported = (accept: string, query = '', headers = {}) =>
		send(`${service.url}${project}/export${query}`, { method: 'POST', headers: { accept, ...headers } });
	for (const type of [DSS, 'application/zip', 'application/octet-stream'])
		t.equal((await exported(type)).headers.get('content-type'), type);
	assertProblem(t, await exported(JSON_TYPE), 406, 'not_acceptable');
	assertQueued(t, await exported(JSON_TYPE, '?background=true'));
	assertQueued(t, await exported(JSON_TYPE, '', { prefer: 'respond-async' }));
});

t.test('a form that cannot be accepted costs no work, and no body is read', async (t) => {
	const service = await serviceFor(t);
	const { host } = new URL(service.url);
	const head = (path: string, ...headers: string[]) =>
		[`POST ${path} HTTP/1.1`, `Host: ${host}`, 'Content-Length: 90000000', ...headers, '', ''].join('\r\n');
	for (const [path, type] of [
		['/api/projects/import', 'application/zip'],
		['/api/projects', JSON_TYPE],
	] as const) {
		const bytes = head(path, `Content-Type: ${type}`, 'Accept: application/xml');
		assertProblem(t, await sendBytes(service.url, bytes), 406, 'not_acceptable');
	}
	const { body } = await send(`${service.url}/api/projects`);
	t.equal(body.total, 0);
	const long = await sendRaw(service.url, {
		path: '/api/projects',
		headers: { accept: 'a/b;c="d",'.repeat(1_500) },
	});
	assertProblem(t, long, 406, 'not_acceptable');
	for (const odd of [';;;', 'a', ',', '"', 'a/b;c="', '*', 'application/json;q=x', 'application/json;q=-1'])
		t.ok(
			[200, 406].includes(
				(await sendRaw(service.url, { path: '/healthz', headers: { accept: odd } })).status,
			),
			odd,
		);
});

t.test('JSON is compressed where it is taken; archives, events and small answers are not', async (t) => {
	const { service, project, job } = await start(t);
	const read = (path: string, coding: string | null, more = {}) =>
		sendRaw(service.url, {
			path,
			headers: { ...(coding === null ? {} : { 'accept-encoding': coding }), ...more },
		});
	for (const path of [`${project}/tokens?limit=30`, '/openapi.json']) {
		const plain = (await read(path, null)).body;
		for (const [accepted, coding] of [
			['gzip', 'gzip'],
			['br', 'br'],
			['br;q=0.1, gzip', 'gzip'],
			['gzip;q=0, br', 'br'],
			['gzip;q=0', null],
			['identity', null],
			['zstd', null],
			['', null],
		] as const) {
			const bytes = await rawBytes(service, path, accepted);
			t.equal(bytes.headers.get('content-encoding'), coding, `${path} ${accepted}`);
			t.match(bytes.headers.get('vary') ?? '', /\baccept-encoding\b/i);
			const unpack = { gzip: gunzipSync, br: brotliDecompressSync };
			const text = coding === null ? bytes.body : unpack[coding](bytes.body);
			t.strictSame(JSON.parse(text.toString()), plain);
		}
		t.equal((await read(path, null)).headers.get('content-encoding'), null);
		t.match((await read(path, null)).headers.get('vary') ?? '', /accept-encoding/i);
	}
	for (const path of ['/healthz', `${job}/result`, `${job}/events`])
		t.equal((await read(path, 'gzip, br')).headers.get('content-encoding'), null, path);
	const octets = await read(`${job}/result`, 'gzip', { accept: 'application/octet-stream' });
	t.equal(octets.headers.get('content-encoding'), null);
	const faults = { upsert: { tokens: Array.from({ length: 60 }, () => ({ path: 7 })) } };
	const problem = await post(`${service.url}${project}/changes`, faults, { 'accept-encoding': 'gzip' });
	assertProblem(t, problem, 400, 'invalid_record');
	const head = await sendRaw(service.url, {
		method: 'HEAD',
		path: '/openapi.json',
		headers: { 'accept-encoding': 'gzip' },
	});
	t.equal(head.headers.get('content-encoding'), 'gzip');
	t.equal(head.headers.get('content-length'), null, 'its length was not found out');
});

t.test('a body that is compressed is refused before it is read', async (t) => {
	const { service, project } = await start(t);
	const { host } = new URL(service.url);
	for (const [path, type] of [
		['/api/projects/import', 'application/zip'],
		['/api/projects/import/analyze', JSON_TYPE],
		['/api/projects/import/background', 'multipart/form-data; boundary=x'],
		[`${project}/merge`, 'application/zip'],
		[`${project}/merge/analyze`, 'application/zip'],
		[`${project}/export`, JSON_TYPE],
		[`${project}/changes`, JSON_TYPE],
		[`${project}/revert`, JSON_TYPE],
		['/api/projects', JSON_TYPE],
	] as const) {
		const head = [
			`POST ${path} HTTP/1.1`,
			`Host: ${host}`,
			`Content-Type: ${type}`,
			'Content-Length: 90000000',
		];
		const answer = await sendBytes(service.url, [...head, 'Content-Encoding: gzip', '', ''].join('\r\n'));
		assertProblem(t, answer, 415, 'unsupported_content_encoding');
		t.equal(answer.headers.get('accept-encoding'), 'identity', path);
	}
	const body = gzipSync('{"name":"x"}');
	const init = { method: 'POST', body, headers: { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' } };
	assertProblem(t, await send(`${service.url}/api/projects`, init), 415, 'unsupported_content_encoding');
	const identity = { 'content-encoding': 'identity' };
	t.equal((await post(`${service.url}/api/projects`, { name: 'x' }, identity)).status, 201);
});

/** An answer with its bytes as they were sent; HTTP/1.0, so that they are not in chunks. */
async function rawBytes({ url }: Service, path: string, acceptEncoding: string) {
	const { host, hostname, port } = new URL(url);
	const socket = connect(Number(port), hostname);
	await once(socket, 'connect');
	const head = [`GET ${path} HTTP/1.0`, `Host: ${host}`, `Accept-Encoding: ${acceptEncoding}`, '', ''];
	socket.write(head.join('\r\n'));
	const all = await buffer(socket);
	const end = all.indexOf('\r\n\r\n');
	const lines = all.subarray(0, end).toString().split('\r\n').slice(1);
	const headers = new Headers(
		lines.map((line): [string, string] => {
			const colon = line.indexOf(':');
			return [line.slice(0, colon), line.slice(colon + 1).trim()];
		}),
	);
	return { headers, body: all.subarray(end + 4) };
}
