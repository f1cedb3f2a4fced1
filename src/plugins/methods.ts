/** What an address answers to: 404 where it is none, 405 with Allow for other methods, and OPTIONS. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { type DssError, errors } from '../errors.ts';
import { sendProblem } from './problems.ts';
import { RouteTable } from './route-table.ts';

/** A path that is repeated in an answer is cut at so many characters. */
const MAX_SHOWN = 200;

export const methods = fp(async (app: FastifyInstance) => {
	const table = new RouteTable();
	app.addHook('onRoute', ({ url, method }) => table.add(url, method));

	const refusal = (request: FastifyRequest, reply: FastifyReply): DssError => {
		const allow = table.methodsAt(pathOf(request));
		return allow === null ? routeUnknown(request) : methodNotAllowed(request, reply, allow);
	};

	app.addHook('onRequest', async (request, reply) => {
		if (request.method === 'OPTIONS') return answerOptions(table, request, reply);
		// Here, and not in the handler below, which is called when the body has been read.
		if (request.is404) throw refusal(request, reply);
		// The router takes `/api/projects/` for the project with the empty name.
		if (Object.values(request.params as object).includes('')) throw routeUnknown(request);
		const allow = table.methodsMeantAt(pathOf(request), request.routeOptions.url ?? '');
		if (allow !== null) throw methodNotAllowed(request, reply, allow);
	});

	// A route may find that it has no such file.
	app.setNotFoundHandler((request, reply) => sendProblem(refusal(request, reply), request, reply));
});

/**
 * RFC 9110 §9.3.7: what the address answers to; `*` asks for the service as a whole. Where pages may call, the CORS
 * plugin has set its headers. A preflight for an unknown address is answered, so that its page is told 404.
 */
function answerOptions(table: RouteTable, request: FastifyRequest, reply: FastifyReply): FastifyReply {
	const path = pathOf(request);
	const allow = table.methodsAt(path);
	if (allow !== null) reply.header('allow', allow);
	else if (path !== '*' && request.headers['access-control-request-method'] === undefined)
		throw routeUnknown(request);
	return reply.code(204).send();
}

function pathOf({ url }: FastifyRequest): string {
	return url.split('?')[0] ?? '';
}

function routeUnknown(request: FastifyRequest): DssError {
	return errors.routeUnknown({ method: request.method, path: pathOf(request).slice(0, MAX_SHOWN) });
}

function methodNotAllowed(request: FastifyRequest, reply: FastifyReply, allow: string): DssError {
	reply.header('allow', allow);
	const path = pathOf(request).slice(0, MAX_SHOWN);
	return errors.methodNotAllowed({ method: request.method, path, allow });
}
