/** JSON bodies are read as strictly as records; what may be large is handed on unread, for a worker to read. */
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { readBody } from '../records/request-body.ts';

declare module 'fastify' {
	interface FastifyContextConfig {
		/** The handler gets the body's bytes: they are not parsed here, and not held against the route's schema. */
		readonly rawBody?: true;
	}
}

/** What is parsed here holds up other requests: 128 KiB of the worst text take some 30 ms, measured. */
const MAX_PARSED_BYTES = 131_072;

/** @param options.maxDepth objects and arrays that may stand within each other, the body itself among them */
export const strictJsonBody = fp(async (app: FastifyInstance, options: { readonly maxDepth: number }) => {
	app.removeContentTypeParser('application/json');
	app.addContentTypeParser(
		'application/json',
		{ parseAs: 'buffer' },
		// With `parseAs: 'buffer'` the body is a Buffer.
		async (request: { routeOptions: { config: { rawBody?: true } } }, body: Buffer) =>
			request.routeOptions.config.rawBody === true ? body : readBody(body, options.maxDepth),
	);
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
