/** Every error leaves as a problem document (RFC 9457). */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { DssError, errors } from '../errors.ts';
import { toProblem } from '../service/problem-presenter.ts';
import { endUnreadBody } from './unread-bodies.ts';

/** A media type that is repeated in an answer is cut at so many characters. */
const MAX_SHOWN = 200;
export const PROBLEM_TYPE = 'application/problem+json';

/** Installs the answers to errors. */
export const problems = fp(async (app: FastifyInstance, options: { onStoreFailure: () => void }) => {
	refuseWhileStopping(app);

	app.setErrorHandler((error: FastifyError, request, reply) => {
		const known = toDssError(error, request);
		if (known.code === errors.storeFailed.spec.code) options.onStoreFailure();
		return sendProblem(known, request, reply);
	});
});

/** Answers with an error, and notes it for the log. */
export function sendProblem(error: DssError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
	request.problem = error;
	endUnreadBody(request, reply);
	if (error.retryAfter !== undefined) reply.header('retry-after', error.retryAfter);
	return reply.code(error.spec.status).type(PROBLEM_TYPE).send(toProblem(error, request.id));
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

/** Errors of Fastify and its plugins as ours; any other is a fault of the service. */
function toDssError(error: FastifyError, request: FastifyRequest): DssError {
	if (error instanceof DssError) return error;
	switch (error.code) {
		case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
			if (request.routeOptions.schema?.body === undefined)
				return errors.malformedRequest({ reason: 'this address takes no body' });
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
