/** Every error leaves as a problem document (RFC 9457). */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { DssError, errors } from '../errors.ts';
import { toProblem } from '../service/problem-presenter.ts';
import { RouteTable } from './route-table.ts';

/** How long a sender may go on after its answer. */
const LINGER_MS = 500;
/** A path that is repeated in an answer is cut at so many characters. */
const MAX_SHOWN = 200;
export const PROBLEM_TYPE = 'application/problem+json';

/** Installs the answers to errors, to unknown addresses and to unknown methods. */
export const problems = fp(async (app: FastifyInstance, options: { onStoreFailure: () => void }) => {
	const table = new RouteTable();
	app.addHook('onRoute', ({ url, method }) => table.add(url, method));
	refuseWhileStopping(app);

	app.setErrorHandler((error: FastifyError, request, reply) => {
		const known = toDssError(error, request);
		if (known.code === errors.storeFailed.spec.code) options.onStoreFailure();
		return sendProblem(known, request, reply);
	});

	app.addHook('onRequest', async (request, reply) => {
		const { url } = request.routeOptions;
		const allow = url === undefined ? null : table.methodsMeantAt(pathOf(request), url);
		if (allow === null) return;
		reply.header('allow', allow);
		throw methodNotAllowed(request, allow);
	});

	app.setNotFoundHandler((request, reply) => {
		const allow = table.methodsAt(pathOf(request));
		if (allow === null) {
			const address = { method: request.method, path: pathOf(request).slice(0, MAX_SHOWN) };
			return sendProblem(errors.routeUnknown(address), request, reply);
		}
		reply.header('allow', allow);
		return sendProblem(methodNotAllowed(request, allow), request, reply);
	});
});

/** Answers with an error, and notes it for the log. */
export function sendProblem(error: DssError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
	request.problem = error;
	endUnreadBody(request, reply);
	if (error.retryAfter !== undefined) reply.header('retry-after', error.retryAfter);
	return reply.code(error.spec.status).type(PROBLEM_TYPE).send(toProblem(error, request.id));
}

function pathOf({ url }: FastifyRequest): string {
	return url.split('?')[0] ?? '';
}

function methodNotAllowed(request: FastifyRequest, allow: string): DssError {
	const path = pathOf(request).slice(0, MAX_SHOWN);
	return errors.methodNotAllowed({ method: request.method, path, allow });
}

/** Connections that are open when the service stops may bring further requests. */
function refuseWhileStopping(app: FastifyInstance): void {
	let stopping = false;
	app.addHook('preClose', async () => {
		stopping = true;
	});
	app.addHook('onRequest', async () => {
		if (stopping) throw errors.stopping({ retry_after: 5 });
	});
}

/**
 * The rest of a body that was refused is discarded for a moment before the connection is closed: closing it while
 * bytes still come in resets it, and the sender cannot read the answer (RFC 9112 §9.6).
 */
function endUnreadBody(request: FastifyRequest, reply: FastifyReply): void {
	const { raw } = request;
	const hasBody =
		raw.headers['transfer-encoding'] !== undefined || Number(raw.headers['content-length'] ?? 0) > 0;
	if (!hasBody || raw.complete) return;
	reply.raw.once('finish', () => {
		const timer = setTimeout(() => raw.destroy(), LINGER_MS);
		raw.once('close', () => clearTimeout(timer));
		raw.resume();
	});
}

/** Errors of Fastify and its plugins as ours; any other is a fault of the service. */
function toDssError(error: FastifyError, request: FastifyRequest): DssError {
	if (error instanceof DssError) return error;
	switch (error.code) {
		case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
			return errors.unsupportedMediaType({
				given: (request.headers['content-type'] ?? 'nothing').slice(0, MAX_SHOWN),
				expected: expectedTypes(request),
			});
		case 'FST_ERR_CTP_BODY_TOO_LARGE':
			return errors.bodyTooLarge({ value: request.routeOptions.bodyLimit });
		case 'FST_ERR_CTP_EMPTY_JSON_BODY':
			return errors.malformedRequest({ reason: 'the body is empty, though it is declared as JSON' });
		case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
			return errors.malformedRequest({ reason: 'the body is not as long as Content-Length says' });
		default:
	}
	if (error.code?.startsWith('FST_') && (error.statusCode ?? 500) < 500) {
		return errors.malformedRequest({ reason: error.message }, error);
	}
	if (error.statusCode === 400)
		return errors.malformedRequest({ reason: `the body is not JSON: ${error.message}` }, error);
	return errors.internal({}, error);
}

function expectedTypes(request: FastifyRequest): string {
	return request.routeOptions.config.mediaTypes?.join(', ') ?? 'application/json';
}
