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
	raw.once('close', () => {
		const answered = raw.writableFinished;
		const { problem } = request;
		const line = {
			method: request.method,
			path: request.url.split('?')[0]?.slice(0, MAX_SHOWN),
			route: request.routeOptions.url ?? null,
			status: answered ? raw.statusCode : null,
			duration_ms: Math.round(reply.elapsedTime),
			...(problem === null ? {} : aboutProblem(problem)),
		};
		const message = answered ? 'request answered' : 'request aborted by its client';
		request.log[levelOf(request, problem)](line, message);
	});
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
