/** Bodies are read as they are: one that is compressed is refused before it is read. */
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { errors } from '../errors.ts';

/** What stands for no coding (RFC 9110 §12.5.3). */
const NONE: readonly string[] = ['', 'identity'];

export const requestCodings = fp(async (app: FastifyInstance) => {
	app.addHook('onRequest', async (request, reply) => {
		if (request.routeOptions.schema?.body === undefined) return;
		const given = request.headers['content-encoding'];
		if (given === undefined || given.split(',').every((coding) => NONE.includes(coding.trim().toLowerCase())))
			return;
		// RFC 9110 §12.5.3: so a client learns what it may send.
		reply.header('accept-encoding', 'identity');
		throw errors.unsupportedContentEncoding({ given: given.slice(0, 200) });
	});
});
