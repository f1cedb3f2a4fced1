/** How often anybody may call. */
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { errors } from '../errors.ts';

/** Asked by machines, at times of their own. */
const NOT_COUNTED = ['/healthz', '/readyz', '/metrics'];

/** @param max requests a minute and caller; 0: no limit */
export const requestRate = fp(async (app: FastifyInstance, { max }: { max: number }) => {
	if (max === 0) return;
	await app.register(rateLimit, {
		max,
		timeWindow: '1 minute',
		allowList: (request) => NOT_COUNTED.includes(request.url),
		errorResponseBuilder: (_request, { ttl }) =>
			errors.rateLimited({ retry_after: Math.max(1, Math.ceil(ttl / 1000)), value: max }),
	});
});
