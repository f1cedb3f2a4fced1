/** Accept (RFC 9110 §12.5.1): what a caller cannot take is refused before work is done for it. */
import type { FastifyInstance, RouteOptions } from 'fastify';
import fp from 'fastify-plugin';
import Negotiator from 'negotiator';
import { errors } from '../errors.ts';
import { addVary } from './vary.ts';

declare module 'fastify' {
	interface FastifyContextConfig {
		/** The media types that the route can answer with, by preference. By default those of its schema's 2xx answers. */
		readonly produces?: (request: FastifyRequest) => readonly string[];
	}
	interface FastifyRequest {
		/** What to answer with, of the types that the route produces; null where it produces none. */
		preferredType: string | null;
	}
}

const JSON_TYPE = 'application/json';

export const negotiation = fp(async (app: FastifyInstance) => {
	app.decorateRequest('preferredType', null);
	app.addHook('onRoute', (route) => {
		const types = typesOf(route);
		if (types.length > 0) route.config = { produces: () => types, ...route.config };
	});
	app.addHook('onRequest', async (request, reply) => {
		const produced = request.routeOptions.config.produces?.(request) ?? [];
		if (produced.length === 0) return;
		if (produced.length > 1) addVary(reply, 'accept');
		const { accept } = request.headers;
		request.preferredType = preferred(accept, produced);
		if (request.preferredType === null)
			throw errors.notAcceptable({ given: accept?.slice(0, 200) ?? '', produced: [...produced] });
	});
});

/** The media types of a route's 2xx answers, as its schema documents them. */
function typesOf({ schema }: RouteOptions): string[] {
	const answers = Object.entries(
		(schema?.response ?? {}) as Record<string, { content?: object; type?: unknown }>,
	);
	const types = answers
		.filter(([status]) => status.startsWith('2'))
		.flatMap(([, { content, type }]) => {
			if (content !== undefined) return Object.keys(content);
			return type === 'null' ? [] : [JSON_TYPE];
		});
	return [...new Set(types)];
}

/**
 * Parameters other than `q` are passed over: Prometheus and many clients name versions and charsets that say nothing
 * about what they can read. An empty header is treated as a missing one.
 */
function preferred(accept: string | undefined, produced: readonly string[]): string | null {
	if (accept === undefined || accept.trim() === '') return produced[0] ?? null;
	const ranges = accept.replace(/;(?!\s*q=)[^;,="]+(?:=(?:"[^"]*"|[^;,"]*))?/gi, '');
	return new Negotiator({ headers: { accept: ranges } }).mediaType([...produced]) ?? null;
}
