/** Requests that fetch cannot make: any Host header, any bytes. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { Answer } from './http.ts';

export interface RawOptions {
	readonly method?: string;
	readonly path?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
}

/** Sends a request with just these headers; `host` among them replaces the real one. */
export async function sendRaw(url: string, options: RawOptions = {}): Promise<Answer> {
	const { method = 'GET', path = '/', headers = {}, body } = options;
	const { hostname, port } = new URL(url);
	const sent = request({ hostname: hostname.replace(/^\[|\]$/g, ''), port, method, path, headers });
	sent.end(body);
	// once() answers the event's arguments; that of `response` is the message.
	const [message] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
	const chunks: Buffer[] = [];
	for await (const chunk of message) chunks.push(chunk);
	return toAnswer(message.statusCode ?? 0, new Headers(flat(message.headers)), Buffer.concat(chunks));
}

/** Writes bytes on a connection and reads all that comes back until the service closes it. */
export async function sendBytes(url: string, bytes: string): Promise<Answer> {
	const { hostname, port } = new URL(url);
	const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ''));
	await once(socket, 'connect');
	socket.write(bytes);
	let text = '';
	socket.on('data', (chunk) => {
		text += chunk;
	});
	socket.on('error', () => undefined);
	await once(socket, 'close');
	const end = text.indexOf('\r\n\r\n');
	const [first = '', ...lines] = text.slice(0, end).split('\r\n');
	const headers = new Headers(
		lines.map((line): [string, string] => {
			const colon = line.indexOf(':');
			return [line.slice(0, colon), line.slice(colon + 1).trim()];
		}),
	);
	return toAnswer(Number(first.split(' ')[1]), headers, Buffer.from(text.slice(end + 4)));
}

function flat(headers: NodeJS.Dict<string | string[]>): [string, string][] {
	return Object.entries(headers).flatMap(([name, value]): [string, string][] =>
		value === undefined ? [] : [[name, String(value)]],
	);
}

const DECODERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
	gzip: gunzipSync,
	br: brotliDecompressSync,
};

function toAnswer(status: number, headers: Headers, bytes: Buffer): Answer {
	const coding = headers.get('content-encoding');
	const content = coding === null || bytes.length === 0 ? bytes : DECODERS[coding]?.(bytes);
	if (content === undefined) throw new Error(`an answer in ${coding}`);
	const isJson = /json/.test(headers.get('content-type') ?? '') && bytes.length > 0;
	return { status, headers, body: isJson ? JSON.parse(content.toString()) : content };
}
