/** Every answer names its request: the log holds the same id, and a problem document has it in `instance`. */
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';

export const REQUEST_ID = 'x-request-id';

export const requestId = fp(async (app: FastifyInstance) => {
	app.addHook('onRequest', async (request, reply) => {
		reply.header(REQUEST_ID, request.id);
	});
});
