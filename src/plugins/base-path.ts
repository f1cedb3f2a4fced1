/** DSS_BASE_PATH: the service below a path of a proxy, whether the proxy strips that path or passes it on. */
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';

/** @param path empty, or such as `/dss` */
export const basePath = fp(async (app: FastifyInstance, { path }: { path: string }) => {
	if (path === '') return;
	// Not `rewriteUrl`: it logs addresses with their queries.
	app.server.prependListener('request', (request) => {
		request.url = withoutBase(request.url ?? '/', path);
	});
	app.addHook('onSend', async (_request, reply, payload) => {
		const location = reply.getHeader('location');
		if (typeof location === 'string' && location.startsWith('/')) reply.header('location', path + location);
		return payload;
	});
});

/** An address as the routes know it; one that is not below the path is left as it is: a proxy has stripped it. */
function withoutBase(url: string, path: string): string {
	if (!url.startsWith(path)) return url;
	const rest = url.slice(path.length);
	if (rest === '' || rest.startsWith('?')) return `/${rest}`;
	return rest.startsWith('/') ? rest : url;
}
