import t from 'tap';
import { RouteTable } from '../../src/plugins/route-table.ts';

function table(): RouteTable {
	const routes = new RouteTable();
	for (const [url, methods] of [
		['/projects', ['GET']],
		['/projects', 'POST'],
		['/projects/:id', ['GET', 'DELETE']],
		['/projects/:id/:kind', 'GET'],
		['/projects/:id/export', 'POST'],
		['/projects/import/analyze', 'POST'],
		['/docs/*', 'GET'],
		['*', 'OPTIONS'],
	] as const)
		routes.add(url, methods);
	return routes;
}

t.test('an address answers to the methods of its most exact routes', async (t) => {
	const routes = table();
	t.equal(routes.methodsAt('/projects'), 'GET, OPTIONS, POST');
	t.equal(routes.methodsAt('/projects/7'), 'DELETE, GET, OPTIONS');
	t.equal(routes.methodsAt('/projects/7/tokens'), 'GET, OPTIONS');
	t.equal(routes.methodsAt('/projects/7/export'), 'OPTIONS, POST');
	t.equal(routes.methodsAt('/projects/import/analyze'), 'OPTIONS, POST');
	t.equal(routes.methodsAt('/docs/static/a.css'), 'GET, OPTIONS');
});

t.test('what no route names is not an address, also where OPTIONS is answered everywhere', async (t) => {
	const routes = table();
	for (const path of ['/', '/nothing', '/projects/', '/projects/7/tokens/8', '/projectsx'])
		t.equal(routes.methodsAt(path), null);
});

t.test('a route with parameters does not take the address of another', async (t) => {
	const routes = table();
	t.equal(routes.methodsMeantAt('/projects/7/export', '/projects/:id/:kind'), 'OPTIONS, POST');
	t.equal(routes.methodsMeantAt('/projects/import/analyze', '/projects/:id/:kind'), 'OPTIONS, POST');
	t.equal(routes.methodsMeantAt('/projects/7/tokens', '/projects/:id/:kind'), null);
	t.equal(routes.methodsMeantAt('/projects', '/projects'), null);
});

t.test('a path as long as HTTP lets it be is looked up at once', async (t) => {
	const routes = table();
	t.equal(routes.methodsAt(`/docs/${'*'.repeat(15_000)}`), 'GET, OPTIONS');
	t.equal(routes.methodsAt(`/projects${'/'.repeat(15_000)}`), null);
});
