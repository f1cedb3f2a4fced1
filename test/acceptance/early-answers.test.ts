/** Requests that are refused for their headers: no body is asked for, and the answer arrives (RFC 9110 §10.1.1). */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import t from 'tap';
import { buildDss } from '../support/dss-builder.ts';
import { post } from '../support/http.ts';
import { answerOf } from '../support/raw-upload.ts';
import { type Service, serviceFor, startService } from '../support/service.ts';

const ID = '018f3b60-0000-7000-8000-00000000dead';
const ZIP = 'Content-Type: application/zip';
const LARGE = 50_000_000;

/** Opens a connection and sends the head of a POST. */
async function begin({ url }: Service, path: string, ...headers: string[]): Promise<Socket> {
	const { hostname, port, host } = new URL(url);
	const socket = connect(Number(port), hostname);
	await once(socket, 'connect');
	socket.write([`POST ${path} HTTP/1.1`, `Host: ${host}`, ...headers, '', ''].join('\r\n'));
	return socket;
}

/** Writes a body for as long as the connection takes it. */
function pour(socket: Socket, bytes: number): void {
	const chunk = Buffer.alloc(65_536, 'x');
	let left = bytes;
	const more = () => {
		while (left > 0 && socket.writable) {
			left -= chunk.length;
			if (!socket.write(chunk)) return;
		}
	};
	socket.on('drain', more);
	more();
}

t.test('a body is asked for only where it will be read', async (t) => {
	const service = await serviceFor(t);
	const { body: project } = await post(`${service.url}/api/projects`, { name: 'x' });
	const merge = `/api/projects/${project.project_id}/merge`;
	const length = `Content-Length: ${LARGE}`;
	for (const [status, path, ...headers] of [
		[404, `/api/projects/import?project_id=${ID}`, ZIP],
		[404, '/api/nothing', 'Content-Type: application/json'],
		[405, '/api/jobs', ZIP],
		[412, merge, ZIP, 'If-Match: "rev-7"'],
		[415, '/api/projects/import', 'Content-Type: text/plain'],
		[413, '/api/projects', 'Content-Type: application/json'],
		[400, '/api/projects/import?strategy=erase', ZIP],
	] as const) {
		const answer = await answerOf(await begin(service, path, ...headers, length, 'Expect: 100-continue'));
		t.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), `${path}: the refusal comes first`);
		t.match(answer, /\r\nConnection: close\r\n/i);
		t.match(answer, /"instance":"urn:dss:request:.*\}$/, 'the answer is whole');
	}
	const archive = buildDss();
	const taken = [ZIP, `Content-Length: ${archive.length}`, 'Expect: 100-continue', 'Connection: close'];
	const socket = await begin(service, '/api/projects/import', ...taken);
	const [first] = await once(socket, 'data');
	t.equal(String(first), 'HTTP/1.1 100 Continue\r\n\r\n');
	socket.write(archive);
	t.match(await answerOf(socket), /^HTTP\/1\.1 201 /);
	const json = '{"name":"y"}';
	const small = ['Content-Type: application/json', `Content-Length: ${json.length}`, 'Connection: close'];
	const edit = await begin(service, '/api/projects', ...small, 'Expect: 100-continue');
	const [asked] = await once(edit, 'data');
	t.equal(String(asked), 'HTTP/1.1 100 Continue\r\n\r\n');
	edit.write(json);
	t.match(await answerOf(edit), /^HTTP\/1\.1 201 /);
});

t.test('a client that sends on gets its answer, and then the end of the connection', async (t) => {
	const service = await serviceFor(t);
	for (const more of [[], ['Connection: close']])
		for (const [status, path] of [
			[404, `/api/projects/import?project_id=${ID}`],
			[404, '/api/nothing'],
		] as const) {
			const socket = await begin(service, path, ZIP, `Content-Length: ${LARGE}`, ...more);
			const answer = answerOf(socket);
			pour(socket, LARGE);
			t.match(await answer, new RegExp(`^HTTP/1\\.1 ${status} .*\\}$`, 's'), `${path} ${more}`);
		}
});

t.test('a full service refuses before the body', async (t) => {
	await using service = await startService({ env: { DSS_WORKERS: '1', DSS_QUEUE_LIMIT: '1' } });
	const held: Socket[] = [];
	for (let place = 0; place < 2; place++) {
		const socket = await begin(
			service,
			'/api/projects/import',
			ZIP,
			'Content-Length: 9',
			'Expect: 100-continue',
		);
		await once(socket, 'data');
		held.push(socket);
	}
	const headers = [ZIP, `Content-Length: ${LARGE}`, 'Expect: 100-continue'];
	const answer = await answerOf(await begin(service, '/api/projects/import', ...headers));
	t.match(answer, /^HTTP\/1\.1 503 .*\r\nRetry-After: /is);
	for (const socket of held) socket.destroy();
});

t.test('a connection goes on after a refusal whose body was small', async (t) => {
	const service = await serviceFor(t);
	const json = ['Content-Type: application/json', 'Content-Length: 2'];
	const socket = await begin(service, '/api/nothing', ...json);
	const [first] = await once(socket, 'data');
	t.match(String(first), /^HTTP\/1\.1 404 /);
	socket.write('{}GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
	t.match(await answerOf(socket), /^HTTP\/1\.1 200 /);
});
