/** A server that receives webhooks. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
	readonly headers: IncomingMessage['headers'];
	readonly body: string;
}

/** A receiver that answers with the statuses given, one a message, then 204. */
export async function receiver(...statuses: number[]) {
	const received: Received[] = [];
	const waiting: (() => void)[] = [];
	const server = createServer((request, response) => {
		let body = '';
		request.on('data', (chunk) => {
			body += chunk;
		});
		request.on('end', () => {
			received.push({ headers: request.headers, body });
			response.writeHead(statuses.shift() ?? 204, { location: 'http://127.0.0.1:1/' }).end();
			for (const wake of waiting.splice(0)) wake();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		received,
		async until(count: number) {
			while (received.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
		},
		[Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
	};
}
