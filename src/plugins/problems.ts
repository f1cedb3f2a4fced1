/** Every error leaves as a problem document (RFC 9457). */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { DssError, errors } from '../errors.ts';
import { toProblem } from '../service/work-presenter.ts';

/** So long may a sender go on after its answer. */
const LINGER_MS = 500;
const MEDIA_TYPE = 'application/problem+json';

/** Installs the answers to errors, to unknown addresses and to unknown methods. */
export const problems = fp(async (app: FastifyInstance, options: { onStoreFailure: () => void }) => {
	const addresses = new AddressBook();
	app.addHook('onRoute', ({ url, method }) => addresses.add(url, method));

	app.setErrorHandler((error: FastifyError, request, reply) => {
		const known = toDssError(error, request);
		if (known.code === errors.storeFailed.spec.code) options.onStoreFailure();
		if (known.spec.status >= 500)
			request.log.error(
				{ err: known.cause instanceof Error ? known.cause : error, code: known.code },
				known.message,
			);
		return send(known, request, reply);
	});

	app.setNotFoundHandler((request, reply) => {
		const path = request.url.split('?')[0] ?? '';
		const { method } = request;
		const allow = addresses.methodsAt(path);
		if (allow === null) return send(errors.routeUnknown({ method, path }), request, reply);
		reply.header('allow', allow);
		return send(errors.methodNotAllowed({ method, path, allow }), request, reply);
	});
});

function send(error: DssError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
	endUnreadBody(request, reply);
	if (error.retryAfter !== undefined) reply.header('retry-after', error.retryAfter);
	return reply.code(error.spec.status).type(MEDIA_TYPE).send(toProblem(error, request.id));
}

/**
 * What was not read of a body is not wanted any more, but its sender must be able to read the answer: closing a
 * connection on bytes that are still coming in takes the answer away too. So they are thrown away for a moment, and
 * the connection ends only if there is no end of them.
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

/** Fastify's and its plugins' errors as ours. What is not known is our fault. */
function toDssError(error: FastifyError, request: FastifyRequest): DssError {
	if (error instanceof DssError) return error;
	switch (error.code) {
		case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
			return errors.unsupportedMediaType({
				given: request.headers['content-type'] ?? 'nothing',
				expected: expectedTypes(request),
			});
		case 'FST_ERR_CTP_BODY_TOO_LARGE':
			return errors.uploadTooLarge({
				limit: 'the body in bytes',
				value: request.routeOptions.bodyLimit,
				setting: 'no setting: import an archive instead',
			});
		case 'FST_ERR_CTP_EMPTY_JSON_BODY':
			return errors.malformedRequest({ reason: 'the body is empty, though it is said to be JSON' });
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
	const { consumes } = request.routeOptions.schema ?? {};
	return consumes === undefined ? 'application/json' : consumes.join(', ');
}

/** Which methods each address answers to, for 405 and its Allow header (RFC 9110 §15.5.6). */
class AddressBook {
	readonly #entries: { pattern: RegExp; methods: string[] }[] = [];

	add(url: string, method: string | string[]): void {
		const pattern = new RegExp(
			`^${url
				.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
				.replace(/:[^/]+/g, '[^/]+')
				.replaceAll('*', '.*')}/?$`,
		);
		this.#entries.push({ pattern, methods: [method].flat() });
	}

	methodsAt(path: string): string | null {
		const methods = this.#entries
			.filter(({ pattern }) => pattern.test(path))
			.flatMap((entry) => entry.methods);
		return methods.length === 0 ? null : [...new Set(methods)].sort().join(', ');
	}
}
