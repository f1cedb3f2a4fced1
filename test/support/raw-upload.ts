/** Uploads written by hand on a socket, so that they can be cut off, stalled and lied about. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { metric } from './metrics.ts';
import { eventually } from './poll.ts';
import type { Service } from './service.ts';
import { spoolFiles } from './spool.ts';

/** Sends the head of an import, or of another POST; the caller writes the body. */
export async function rawUpload(
	service: Service,
	length: number | 'chunked',
	type = 'application/zip',
	path = '/api/projects/import',
): Promise<Socket> {
	const { port, hostname, host } = new URL(service.url);
	const socket = connect(Number(port), hostname);
	await once(socket, 'connect');
	const framing = length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
	socket.write(`POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: ${type}\r\n${framing}\r\n\r\n`);
	return socket;
}

/** All that the service sends on a socket until it closes it. */
export async function answerOf(socket: Socket): Promise<string> {
	let text = '';
	socket.on('data', (chunk) => {
		text += chunk;
	});
	// A service that answers early closes the socket, while the caller may still write: what was received counts.
	socket.on('error', () => undefined);
	await new Promise((resolve) => socket.once('close', resolve));
	return text;
}

/** The uploads that the service is receiving or working on. */
export const openUploads = (service: Service) => metric(service, 'dss_open_uploads');

/** What uploads have left, once the service has noticed that they are over: `{ open: 0, files: [] }`. */
export const leftOfUploads = (service: Service) =>
	eventually(
		async () => ({ open: await openUploads(service), files: spoolFiles(service) }),
		({ open, files }) => open === 0 && files.length === 0,
	);
