/** Requests of the operations that the OpenAPI document names, such as "get /api/projects". */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { PROJECT } from './dss-builder.ts';
import { type Answer, send } from './http.ts';
import { sendRaw } from './raw-http.ts';
import type { Service } from './service.ts';

export interface RequestSpec {
	/** Parameters of the path; the project is the one of dss-builder. */
	readonly params?: Readonly<Record<string, string>>;
	readonly query?: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** An object is sent as JSON, bytes and texts as an archive. */
	readonly body?: object | Buffer | string | undefined;
}

function addressOf({ url }: Service, name: string, params: Readonly<Record<string, string>> = {}) {
	const [method = '', path = ''] = name.split(' ');
	const known: Record<string, string> = { project_id: PROJECT, ...params };
	const at = path.replace(/\{(\w+)\}/g, (_, parameter: string) => known[parameter] ?? 'missing');
	return { method: method.toUpperCase(), url: `${url}${at}` };
}

export function operationRequest(
	service: Service,
	name: string,
	{ params, query = '', headers = {}, body }: RequestSpec = {},
): Promise<Answer> {
	const { method, url } = addressOf(service, name, params);
	const at = `${url}?${query}`;
	if (body === undefined) return send(at, { method, headers });
	const isJson = typeof body === 'object' && !Buffer.isBuffer(body);
	return send(at, {
		method,
		headers: { 'content-type': isJson ? 'application/json' : 'application/zip', ...headers },
		body: isJson ? JSON.stringify(body) : new Uint8Array(Buffer.from(body)),
	});
}

/** The same operation under a Host that is not the service's. */
export function foreignHostRequest(service: Service, name: string): Promise<Answer> {
	const { method, url } = addressOf(service, name);
	return sendRaw(service.url, { method, path: new URL(url).pathname, headers: { host: 'nobody.example' } });
}

/** Announces a body, sends only its beginning, and reads the answer, which is JSON. */
export async function unfinishedRequest(
	service: Service,
	name: string,
	type: string,
	length: number,
	beginning = '',
): Promise<Answer> {
	const { method, url } = addressOf(service, name);
	const headers = { 'content-type': type, 'content-length': length };
	const sent = request(url, { method, headers, agent: false });
	sent.flushHeaders();
	sent.write(beginning);
	const [response]: IncomingMessage[] = await once(sent, 'response');
	// The service closes the connection, while the body is still expected to come.
	sent.on('error', () => undefined);
	const body = response === undefined ? null : await json(response);
	sent.destroy();
	return {
		status: response?.statusCode ?? 0,
		headers: new Headers({ 'content-type': response?.headers['content-type'] ?? '' }),
		body,
	};
}
