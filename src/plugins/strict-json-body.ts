/** JSON bodies are read as strictly as records; what may be large is handed on unread, for a worker to read. */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { errors } from '../errors.ts';
import { readBody } from '../records/request-body.ts';
import { type BodyLimits, BodyMemory, type WholeBody } from './whole-body.ts';

declare module 'fastify' {
	interface FastifyContextConfig {
		/** The handler gets the body's bytes: they are not parsed here, and not held against the route's schema. */
		readonly rawBody?: true;
		/** The route does without a body: an empty one is none, though some clients declare it as JSON. */
		readonly bodyIsOptional?: true;
	}
	interface FastifyRequest {
		/** The body in memory, until the request is over. */
		heldBody: WholeBody | null;
	}
}

/** What is parsed here holds up other requests: 128 KiB of the worst text take some 30 ms, measured. */
const MAX_PARSED_BYTES = 131_072;
/** All bodies together, those that wait for a worker included: 16 of the largest edits. */
const MAX_HELD_BYTES = 16 * 16 * 1024 * 1024;

export interface JsonBodyOptions extends Omit<BodyLimits, 'maxBytes'> {
	/** Objects and arrays that may stand within each other, the body itself among them. */
	readonly maxDepth: number;
}

export const strictJsonBody = fp(async (app: FastifyInstance, options: JsonBodyOptions) => {
	const { maxDepth, idleMs, totalMs } = options;
	const memory = new BodyMemory(MAX_HELD_BYTES);
	app.decorateRequest('heldBody', null);
	app.addHook('onRequest', async (request, reply) => {
		reply.raw.once('close', () => request.heldBody?.release());
	});
	app.removeContentTypeParser('application/json');
	// Not `parseAs`: Fastify waits for the rest of a body for ever.
	app.addContentTypeParser('application/json', async (request: FastifyRequest, payload: IncomingMessage) => {
		const { bodyLimit, config, schema } = request.routeOptions;
		if (Number(request.headers['content-length']) > bodyLimit)
			throw errors.bodyTooLarge({ value: bodyLimit });
		const held = await memory.read(payload, { maxBytes: bodyLimit, idleMs, totalMs });
		request.heldBody = held;
		// Its client has gone in the meantime, and the answer has been closed.
		if (request.raw.socket.destroyed) held.release();
		const { content: body } = held;
		if (body.length === 0 && (config.bodyIsOptional === true || schema?.body === undefined)) return undefined;
		return config.rawBody === true ? body : readBody(body, maxDepth);
	});
	app.addHook('onRoute', (route) => {
		if (route.config?.rawBody !== true) {
			route.bodyLimit ??= MAX_PARSED_BYTES;
			return;
		}
		const compile = route.validatorCompiler ?? app.validatorCompiler;
		route.validatorCompiler = (part) =>
			part.httpPart === 'body' || compile === undefined ? () => true : compile(part);
	});
});
