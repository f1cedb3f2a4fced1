/** If-None-Match (RFC 9110 §13.1.2): a caller that has an answer already is not sent it again. */
import { hash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { isUnchanged } from '../../routes/entity-tags.ts';

/**
 * Tags the answers of routes that document 304. A route that knows the tag beforehand, such as that of a revision, has
 * set it, and has answered 304 without reading anything; here it is a digest of what was read, which one page bounds.
 */
export const conditionalReads = fp(async (app: FastifyInstance) => {
	app.addHook('onSend', async (request, reply, payload) => {
		if (reply.statusCode === 200 && typeof payload === 'string' && documents304(request)) {
			// Weak: it is the same for the compressed answer.
			if (!reply.hasHeader('etag'))
				isUnchanged(request, reply, `W/"${hash('sha256', payload, 'base64url')}"`);
		}
		return reply.statusCode === 304 ? withoutContent(reply) : payload;
	});
});

function documents304({ routeOptions: { method, schema } }: FastifyRequest): boolean {
	if (method !== 'GET' && method !== 'HEAD') return false;
	return Object.hasOwn((schema?.response ?? {}) as object, 304);
}

/** RFC 9110 §15.4.5. */
function withoutContent(reply: FastifyReply): null {
	reply.removeHeader('content-type').removeHeader('content-length');
	return null;
}
