/**
 * Answers that are given before the request's body was read: the client is not asked for the body, gets its answer
 * whole, and the connection ends in order (RFC 9110 §10.1.1, RFC 9112 §9.6).
 */
import type { Server } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** How long a sender may go on after its answer. */
const LINGER_MS = 500;
/** What is left of a body of this size is awaited, so that its connection can be used again. */
const MAX_AWAITED_BYTES = 65_536;

/**
 * Sends `100 Continue` when a body is first read, and not before: a request that is refused for its headers is refused
 * without its body (RFC 9110 §10.1.1). Without this, Node sends it before the request is looked at.
 */
export function continueWhenRead(server: Server): void {
	server.on('checkContinue', (request, response) => {
		// `_read` is what a stream calls when it is read for the first time; the own property hides the class's once.
		const { _read: read } = request;
		request._read = function (size) {
			request._read = read;
			if (!response.headersSent) response.writeContinue();
			read.call(this, size);
		};
		server.emit('request', request, response);
	});
}

/** Prepares the end of a request that is answered while its body is still to come. */
export function endUnreadBody({ raw }: FastifyRequest, reply: FastifyReply): void {
	const length = raw.headers['content-length'];
	const hasBody = raw.headers['transfer-encoding'] !== undefined || Number(length ?? 0) > 0;
	if (!hasBody || raw.complete) return;
	const isAwaited = Number(length ?? Number.POSITIVE_INFINITY) <= MAX_AWAITED_BYTES;
	if (!isAwaited || raw.headers.expect !== undefined) reply.header('connection', 'close');
	const { socket } = raw;
	// Node calls this when the answer to the last request of a connection is written. It would close the socket at
	// once: where bytes still come in, that resets the connection, and the sender cannot read the answer.
	socket.destroySoon = () => {
		socket.end();
		const timer = setTimeout(() => socket.destroy(), LINGER_MS);
		socket.once('close', () => clearTimeout(timer));
	};
	reply.raw.once('finish', () => {
		const timer = setTimeout(() => raw.destroy(), LINGER_MS);
		raw.once('close', () => clearTimeout(timer));
		raw.resume();
	});
}
