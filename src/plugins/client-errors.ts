/** Errors that no route sees: broken addresses, and bytes that are not HTTP. They are problem documents too. */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type DssError, errors } from '../errors.ts';
import { toProblem } from '../service/problem-presenter.ts';
import { PROBLEM_TYPE, sendProblem } from './problems.ts';
import { REQUEST_ID } from './request-id.ts';
import { logWhenOver } from './request-log.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** Answers an address that the router cannot read. */
export function answerBadAddress(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
	logWhenOver(request, reply);
	const reason = 'the address is not well-formed: it is percent-encoded wrongly';
	reply.headers({ ...SECURITY_HEADERS, [REQUEST_ID]: request.id });
	sendProblem(errors.malformedRequest({ reason }, error), request, reply);
}

/** Answers on a connection whose bytes Node could not read as a request, and ends it (RFC 9112 §9.6). */
export function answerClientError(
	this: FastifyInstance,
	error: Error & { readonly code?: string },
	socket: Socket,
): void {
	if (error.code === 'ECONNRESET' || socket.destroyed) return;
	const requestId = randomUUID();
	const known = toDssError(error);
	this.log.info({ reqId: requestId, code: known.code, cause: error.code }, 'a request could not be read');
	if (socket.writable) socket.write(responseOf(known, requestId));
	socket.destroy();
}

/** What is wrong with the bytes, by the code of Node's parser. */
const REASONS: Readonly<Record<string, string>> = {
	HPE_INVALID_METHOD: 'the method is not one of HTTP',
	HPE_INVALID_CONTENT_LENGTH: 'the Content-Length is not a length',
	HPE_UNEXPECTED_CONTENT_LENGTH: 'the body has two framings',
};

function toDssError(error: Error & { readonly code?: string }): DssError {
	const { code = '' } = error;
	if (code === 'HPE_HEADER_OVERFLOW') return errors.headersTooLarge({}, error);
	if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return errors.requestTimeout({}, error);
	return errors.malformedRequest({ reason: REASONS[code] ?? 'the request is not well-formed HTTP' }, error);
}

function responseOf(error: DssError, requestId: string): string {
	const body = JSON.stringify(toProblem(error, requestId));
	const { status } = error.spec;
	return [
		`HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
		`Content-Type: ${PROBLEM_TYPE}; charset=utf-8`,
		`Content-Length: ${Buffer.byteLength(body)}`,
		'Connection: close',
		`X-Request-Id: ${requestId}`,
		...Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}`),
		'',
		body,
	].join('\r\n');
}
