/** What pages of the origins in DSS_CORS_ORIGINS may do (Fetch Standard, §3.3). */
import fastifyCors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { errors } from '../errors.ts';

/** Headers that pages of other origins may read of an answer. */
const EXPOSED_HEADERS = [
	'Accept-Encoding',
	'Accept-Ranges',
	'Allow',
	'Content-Disposition',
	'Content-Encoding',
	'Content-Range',
	'ETag',
	'Idempotent-Replayed',
	'Location',
	'Preference-Applied',
	'Repr-Digest',
	'Retry-After',
	'X-RateLimit-Limit',
	'X-RateLimit-Remaining',
	'X-RateLimit-Reset',
	'X-Request-Id',
];
/** How long a browser may remember a preflight, in seconds: Chromium keeps none for longer. */
const PREFLIGHT_SECONDS = 7_200;

/** Registered before what refuses requests: a page may read refusals too. */
export const cors = fp(async (app: FastifyInstance, { origins }: { origins: readonly string[] }) => {
	if (origins.length === 0) return;
	refuseBadPreflights(app);
	await app.register(fastifyCors, {
		origin: [...origins],
		methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
		exposedHeaders: EXPOSED_HEADERS,
		maxAge: PREFLIGHT_SECONDS,
		// `methods.ts` answers OPTIONS, also where it is no preflight.
		preflightContinue: true,
		strictPreflight: false,
	});
});

/** Fetch Standard, "CORS-preflight request". */
function refuseBadPreflights(app: FastifyInstance): void {
	app.addHook('onRequest', async ({ method, headers }) => {
		if (method === 'OPTIONS' && headers['access-control-request-method'] && !headers.origin)
			throw errors.malformedRequest({ reason: 'the preflight has no Origin' });
	});
}
