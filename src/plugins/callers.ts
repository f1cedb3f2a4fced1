/** What pages of other origins may do, and how often anybody may call. */
import cors from '@fastify/cors';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import type { Config } from '../../schemas/config.ts';
import { errors } from '../errors.ts';

/** Headers that pages of other origins may read of an answer. */
const EXPOSED = ['ETag', 'Location', 'Retry-After', 'Content-Disposition', 'Repr-Digest'];

export const callers = fp(async (app: FastifyInstance, { config }: { config: Config }) => {
	if (config.corsOrigins.length > 0) {
		refuseBadPreflights(app);
		await app.register(cors, {
			origin: [...config.corsOrigins],
			methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
			exposedHeaders: EXPOSED,
		});
	}
	if (config.rateLimit > 0) {
		await app.register(rateLimit, {
			max: config.rateLimit,
			timeWindow: '1 minute',
			allowList: (request) => ['/healthz', '/readyz', '/metrics'].includes(request.url),
			errorResponseBuilder: (_request, { ttl }) =>
				errors.rateLimited({ retry_after: Math.max(1, Math.ceil(ttl / 1000)), value: config.rateLimit }),
		});
	}
});

/** The CORS plugin itself would answer them in plain text (Fetch Standard, "CORS-preflight request"). */
function refuseBadPreflights(app: FastifyInstance): void {
	app.addHook('onRequest', async ({ method, headers }) => {
		if (method !== 'OPTIONS') return;
		for (const name of ['Origin', 'Access-Control-Request-Method'])
			if (!headers[name.toLowerCase()])
				throw errors.malformedRequest({ reason: `the preflight has no ${name}` });
	});
}
