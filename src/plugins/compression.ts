/** Answers in JSON and text are compressed where the caller takes it, on threads of zlib where they are large. */
import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify';
import fp from 'fastify-plugin';
import { addVary } from './vary.ts';

/** Smaller answers fit in a packet or two as they are. */
const THRESHOLD_BYTES = 1_024;
/** Up to here compressing at once costs less than handing over: some 0.2 ms. */
const AT_ONCE_BYTES = 16_384;
/** Archives and event streams are not among them; their routes say `compress: false` besides. */
const TYPES = /^(?:application\/(?:json|problem\+json|openmetrics-text)|text\/(?!event-stream))/;

export const compression = fp(async (app: FastifyInstance) => {
	await app.register(compress, {
		encodings: ['gzip', 'br'],
		globalDecompression: false,
		threshold: THRESHOLD_BYTES,
		syncThreshold: AT_ONCE_BYTES,
		customTypes: (type) => TYPES.test(type),
		zlibOptions: { level: 3 },
		brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } },
	});
	app.addHook('onRoute', (route) => {
		const hooks = [route.onSend ?? []].flat();
		const varying = route.compress === false ? [] : [vary];
		if (route.method !== 'HEAD') {
			route.onSend = [...hooks, ...varying];
			return;
		}
		// Fastify's own hook of HEAD, which drops the body, comes first. It has to come last: HEAD answers what GET would.
		const [drop, ...others] = hooks;
		route.onSend = [...others, ...varying, ...(drop === undefined ? [] : [unlessEmpty(drop)])];
	});
});

/**
 * Any answer that might have been compressed depends on the request. Its tag stays: it names a revision, in whichever
 * coding, and callers compare it as text. (RFC 9110 §8.8.3.3 would have another for other bytes; no part of these
 * answers is ever asked for by Range, where that would matter.)
 */
async function vary(_request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
	const type = reply.getHeader('content-type');
	if (reply.statusCode === 304 || TYPES.test(String(type))) addVary(reply, 'accept-encoding');
	return payload;
}

/** @param drop is Fastify's: it calls back, and cannot take null */
function unlessEmpty(drop: (...given: Parameters<onSendHookHandler>) => unknown): onSendHookHandler {
	return (request, reply, payload, done) => {
		if (payload === null) done(null, payload);
		else drop(request, reply, payload, done);
	};
}
