/** Headers and cursors: whatever a client writes there is answered, and never with 5xx. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { buildDss, PROJECT, token } from '../support/dss-builder.ts';
import { put, send } from '../support/http.ts';
import { mutate, mutation } from './mutations.ts';
import { hostileText } from './texts.ts';

/** Longer than any answer to so small a request takes, however busy the machine is. */
const PATIENCE_MS = 60_000;

const LISTS = [
	'/api/projects',
	`/api/projects/${PROJECT}/tokens`,
	`/api/projects/${PROJECT}/themes`,
	`/api/projects/${PROJECT}/revisions`,
	`/api/projects/${PROJECT}/diff?FROM_TO`,
	'/api/jobs',
];

interface Prepared {
	readonly cursors: readonly string[];
	/** The address of a list: the project was here before, so its revisions begin anywhere. */
	at(list: string): string;
}

/** A project with two revisions, each list of it longer than a page of one. */
async function prepare(url: string): Promise<Prepared> {
	let revision = 0;
	for (const value of [1, 2]) {
		const tokens = [token(1, { value }), token(2, { value }), token(3, { value })];
		const archive = buildDss({ tokens });
		const at = `${url}/api/projects/import?discard_local_changes=true&confirm_removal=true`;
		const imported = await put(at, archive, 'application/zip');
		assert.ok(imported.status <= 201);
		revision = imported.body.revision;
		await put(`${url}/api/projects/import?project_id=new&background=true`, archive, 'application/zip');
	}
	const address = (list: string) => `${url}${list.replace('FROM_TO', `from=${revision - 1}&to=${revision}`)}`;
	const cursors = [];
	for (const list of LISTS) {
		const { status, body } = await send(`${address(list)}${list.includes('?') ? '&' : '?'}limit=1`);
		assert.equal(status, 200, JSON.stringify(body));
		if (typeof body.next_cursor === 'string') cursors.push(body.next_cursor);
	}
	assert.ok(cursors.length >= 4, 'lists have further pages');
	return { cursors, at: address };
}

/** Cursors of other lists, changed ones, and what looks like one. */
export function cursors(url: string): fc.IAsyncProperty<unknown> {
	let prepared: Prepared | null = null;
	const given = fc.record({
		list: fc.constantFrom(...LISTS),
		which: fc.nat(),
		mutations: fc.array(mutation, { maxLength: 2 }),
		form: fc.constantFrom('as it is', 'decoded', 'made up'),
		text: hostileText,
	});
	return fc.asyncProperty(given, async ({ list, which, mutations, form, text }) => {
		prepared ??= await prepare(url);
		const { cursors: real } = prepared;
		const cursor = real[which % real.length] ?? '';
		const encode = (bytes: Buffer) => bytes.toString('base64url');
		const sent =
			form === 'made up'
				? encode(Buffer.from(text)).slice(0, 4_000)
				: form === 'decoded'
					? encode(mutate(Buffer.from(cursor, 'base64url'), Buffer.from('[0]'), mutations))
					: String(mutate(Buffer.from(cursor), Buffer.from('x'), mutations));
		const at = `${prepared.at(list)}${list.includes('?') ? '&' : '?'}limit=1&cursor=${encodeURIComponent(sent)}`;
		const { status, body } = await send(at, { signal: AbortSignal.timeout(PATIENCE_MS) });
		assert.ok(status === 200 || (status >= 400 && status < 500), `${at}: ${status} ${JSON.stringify(body)}`);
		if (status === 200) assert.ok(Array.isArray(body.items));
	});
}

const NAMES = [
	'if-match',
	'if-none-match',
	'if-range',
	'range',
	'prefer',
	'idempotency-key',
	'content-type',
	'content-encoding',
	'content-length',
	'transfer-encoding',
	'accept',
	'accept-encoding',
	'origin',
	'sec-fetch-site',
	'last-event-id',
	'expect',
	'connection',
	'upgrade',
	'cookie',
	'forwarded',
	'x-forwarded-for',
	'x-request-id',
	'x-http-method-override',
	'access-control-request-method',
	'__proto__',
	'constructor',
];
const VALUES = [
	'',
	'*',
	'"rev-1"',
	'W/"rev-1"',
	'"rev-99999999999999999999"',
	'"rev-1", "rev-2", *',
	'"',
	'bytes=0-1',
	'bytes=-1,5-',
	'respond-async',
	'respond-async; wait=1e9',
	'multipart/form-data',
	'multipart/form-data; boundary=b',
	`multipart/form-data; boundary=${'b'.repeat(200)}`,
	'application/json; charset=utf-16',
	'application/octet-stream',
	'text/html;q=0.0001',
	'gzip',
	'chunked',
	'100-continue',
	'-1',
	'0',
	'5',
	'1e3',
	'null',
	'http://evil.example',
	'cross-site',
	'x'.repeat(7_000),
];
const header = fc.tuple(
	fc.constantFrom(...NAMES),
	// Latin-1 without line ends: others are no header any more.
	fc.oneof(
		{ weight: 4, arbitrary: fc.constantFrom(...VALUES) },
		fc
			.string({ unit: 'binary', maxLength: 50 })
			.map((text) => text.replace(/[^\t\u0020-\u007e\u0080-\u00ff]/g, '')),
	),
);
const TARGETS = [
	...['/', '/healthz', '/metrics', '/openapi.json', ...LISTS].map((path) => ['GET', path] as const),
	['HEAD', `/api/projects/${PROJECT}`],
	['OPTIONS', '/api/projects'],
	['DELETE', '/api/jobs/018f3b60-0000-7000-8000-00000000dead'],
	['GET', '/api/jobs/018f3b60-0000-7000-8000-00000000dead/events'],
	['POST', '/api/projects/import/analyze'],
	['POST', `/api/projects/${PROJECT}/merge/analyze`],
	['POST', `/api/projects/${PROJECT}/export`],
	['POST', `/api/projects/${PROJECT}/changes`],
	['PATCH', `/api/projects/${PROJECT}`],
] as const;
const BODIES = ['', '{}', '5\r\nhello\r\n0\r\n\r\n', 'PK\u0003\u0004', '--b\r\n\r\n--b--\r\n', '[', 'null'];

/** Requests written by hand, with headers that contradict each other and their bodies. */
export function headers(url: string): fc.IAsyncProperty<unknown> {
	let isPrepared = false;
	const request = fc.record({
		target: fc.constantFrom(...TARGETS),
		given: fc.array(header, { maxLength: 5 }),
		body: fc.constantFrom(...BODIES),
	});
	return fc.asyncProperty(request, async ({ target: [method, path], given, body }) => {
		if (!isPrepared) await prepare(url);
		isPrepared = true;
		const lines = given.map(([name, value]) => `${name}: ${value}\r\n`).join('');
		const framing = given.some(([name]) => name === 'content-length' || name === 'transfer-encoding')
			? ''
			: `Content-Length: ${body.length}\r\n`;
		const type = given.some(([name]) => name === 'content-type') ? '' : 'Content-Type: application/json\r\n';
		const { host, hostname, port } = new URL(url);
		const head = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${type}${lines}${framing}\r\n`;
		const socket = connect(Number(port), hostname);
		await once(socket, 'connect');
		const answer = firstLine(socket);
		socket.end(Buffer.from(`${head}${body}`, 'latin1'));
		const line = await answer;
		// Nothing is answered where the request was not complete when its sender ended it.
		const status = /^HTTP\/1\.1 (\d{3}) /.exec(line)?.[1];
		assert.ok(line === '' || (status !== undefined && status < '500'), `${head}: ${line}`);
	});
}

/** The first line of an answer, after interim ones; empty where the connection ends without. */
async function firstLine(socket: ReturnType<typeof connect>): Promise<string> {
	let text = '';
	socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('no answer')));
	// A reset after the answer changes nothing about it.
	socket.on('error', (error) => {
		if (error.message === 'no answer') text = error.message;
	});
	socket.on('data', (chunk) => {
		text += chunk.toString('latin1');
		const line = finalLine(text);
		if (line !== null) socket.destroy();
	});
	await once(socket, 'close');
	return text === 'no answer' ? text : (finalLine(text) ?? '');
}

/** The status line of the final answer, where it has come; RFC 9110 §15.2: interim ones have no body. */
function finalLine(text: string): string | null {
	const rest = text.replace(/^(?:HTTP\/1\.1 1\d\d .*?\r\n\r\n)+/s, '');
	const end = rest.indexOf('\r\n');
	return end === -1 ? null : rest.slice(0, end);
}
