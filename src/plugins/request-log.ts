/** One line in the log for each request, when it is over; what it was refused for is named by its code. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { DssError } from '../errors.ts';

/** Called every few seconds by machines: their lines would hide all others. */
const PROBES: readonly string[] = ['/healthz', '/readyz', '/metrics'];
const MAX_SHOWN = 200;
/** Service Unavailable: it passes by itself. */
const BUSY = 503;

declare module 'fastify' {
	interface FastifyRequest {
		/** The error that the request is answered with. */
		problem: DssError | null;
	}
}

/** Logs requests. To be registered before whatever may refuse one. */
export const requestLog = fp(async (app: FastifyInstance) => {
	app.decorateRequest('problem', null);
	app.addHook('onRequest', async (request, reply) => logWhenOver(request, reply));
});

/**
 * Logs a request when its connection has taken the answer, or has closed before.
 *
 * Neither the query nor any text of an error is logged: both may hold secrets or content of callers.
 */
export function logWhenOver(request: FastifyRequest, reply: FastifyReply): void {
	const { raw } = reply;
	const { method } = request;
	const path = pathOf(request.url).slice(0, MAX_SHOWN);
	request.log.debug({ method, path }, 'request received');
	const { socket } = request.raw;
	const before = socket.bytesWritten;
	raw.once('close', () => {
		// A client that has all of Content-Length may leave before the end of a file is noticed here.
		const bytes = Number(raw.getHeader('content-length') ?? Number.POSITIVE_INFINITY);
		const answered = raw.writableFinished || (raw.headersSent && socket.bytesWritten - before > bytes);
		const { problem } = request;
		const line = {
			method,
			path,
			route: request.routeOptions.url ?? null,
			status: answered ? raw.statusCode : null,
			duration_ms: Math.round(reply.elapsedTime),
			...(problem === null ? {} : aboutProblem(problem)),
		};
		const message = answered ? 'request answered' : 'request aborted by its client';
		request.log[levelOf(request, problem)](line, message);
	});
}

/** The path alone: a target in absolute form (RFC 9112 §3.2.2) may hold a password before it. */
function pathOf(target: string): string {
	return /^(?:[a-z][a-z\d+.-]*:\/\/[^/?#]*)?([^?#]*)/i.exec(target)?.[1] ?? '';
}

function aboutProblem(problem: DssError): object {
	const { code, stage, faultsTotal, spec, cause } = problem;
	const isFault = spec.status >= 500 && spec.status !== BUSY;
	return {
		code,
		...(stage === undefined ? {} : { stage, errors_total: faultsTotal ?? 1 }),
		...(isFault ? { err: cause instanceof Error ? cause : problem } : {}),
	};
}

function levelOf(
	{ routeOptions }: FastifyRequest,
	problem: DssError | null,
): 'debug' | 'info' | 'warn' | 'error' {
	const status = problem?.spec.status ?? 200;
	if (status === BUSY) return 'warn';
	if (status >= 500) return 'error';
	return PROBES.includes(routeOptions.url ?? '') ? 'debug' : 'info';
}
