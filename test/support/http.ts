/** Requests to the service, and what is asserted of every answer. */
import type { Test } from 'tap';

export interface Answer {
	readonly status: number;
	readonly headers: Headers;
	// biome-ignore lint/suspicious/noExplicitAny: the tests look into answers of every shape
	readonly body: any;
}

/** Sends a request and reads its answer as JSON, or as bytes where it is none. */
export async function send(url: string, init: RequestInit = {}): Promise<Answer> {
	const response = await fetch(url, init);
	const bytes = Buffer.from(await response.arrayBuffer());
	const isJson = /json/.test(response.headers.get('content-type') ?? '');
	return {
		status: response.status,
		headers: response.headers,
		// The answer to HEAD has the type of JSON and no body.
		body: isJson && bytes.length > 0 ? JSON.parse(bytes.toString()) : bytes,
	};
}

export function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
	const init = { method: 'POST', body: JSON.stringify(body) };
	return send(url, { ...init, headers: { 'content-type': 'application/json', ...headers } });
}

/** Uploads a file as a browser's form does. */
export function upload(
	url: string,
	content: Uint8Array | string,
	name: string,
	fields: Record<string, string> = {},
): Promise<Answer> {
	const form = new FormData();
	for (const [field, value] of Object.entries(fields)) form.append(field, value);
	form.append('file', new Blob([typeof content === 'string' ? content : new Uint8Array(content)]), name);
	return send(url, { method: 'POST', body: form });
}

/** Uploads bare bytes. */
export function put(
	url: string,
	content: Uint8Array | string,
	type: string,
	headers: Record<string, string> = {},
): Promise<Answer> {
	const body = typeof content === 'string' ? content : new Uint8Array(content);
	return send(url, { method: 'POST', body, headers: { 'content-type': type, ...headers } });
}

/** Asserts a problem document (RFC 9457) with a status and a code. */
export function assertProblem(t: Test, answer: Answer, status: number, code: string): void {
	const received = `${answer.status} ${JSON.stringify(answer.body).slice(0, 600)}`;
	t.equal(answer.status, status, `the status is ${status}`, { received });
	t.equal(answer.headers.get('content-type'), 'application/problem+json; charset=utf-8');
	t.equal(answer.body.code, code, `the code is ${code}`, { received });
	t.equal(answer.body.status, status, 'the document repeats the status');
	for (const member of ['type', 'title', 'detail', 'instance'])
		t.ok(answer.body[member], `the document has ${member}`);
}

/** All records of a kind, page by page; throws where a page is not answered with 200. */
// biome-ignore lint/suspicious/noExplicitAny: the tests look into records of every kind
export async function allRecords(url: string, projectId: string, kind: string, query = ''): Promise<any[]> {
	const items = [];
	let cursor: string | null = null;
	do {
		const at: string = `${url}/api/projects/${projectId}/${kind}?limit=1000${query}${cursor === null ? '' : `&cursor=${cursor}`}`;
		const { status, body } = await send(at);
		if (status !== 200) throw new Error(`${at}: ${status} ${JSON.stringify(body)}`);
		items.push(...body.items);
		cursor = body.next_cursor;
	} while (cursor !== null);
	return items;
}
