import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import t, { type Test } from 'tap';
import { errors } from '../../src/errors.ts';
import { problems } from '../../src/plugins/problems.ts';

async function start(t: Test, add: (app: FastifyInstance) => void) {
	const app = Fastify({ return503OnClosing: false });
	const failures = { store: 0 };
	const onStoreFailure = () => {
		failures.store++;
	};
	await app.register(problems, { onStoreFailure });
	add(app);
	await app.ready();
	t.teardown(() => app.close());
	return { app, failures };
}

t.test('an unexpected error is a 500 that reveals nothing of its cause', async (t) => {
	const { app } = await start(t, (app) => {
		app.get('/', () => {
			throw new Error('a secret');
		});
	});
	const answer = await app.inject('/');
	t.equal(answer.statusCode, 500);
	t.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
	t.match(answer.json(), { code: 'internal', status: 500, type: 'urn:dss:problem:internal' });
	t.notMatch(answer.body, /secret/);
});

t.test('a failure of the store is reported to health', async (t) => {
	const { app, failures } = await start(t, (app) => {
		app.get('/', () => {
			throw errors.storeFailed({});
		});
		app.get('/busy', () => {
			throw errors.tooBusy({ retry_after: 7 });
		});
	});
	t.equal((await app.inject('/')).statusCode, 500);
	t.equal(failures.store, 1);
	const busy = await app.inject('/busy');
	t.equal(busy.headers['retry-after'], '7');
	t.equal(failures.store, 1);
});

t.test(
	'a body that is not JSON is a malformed request; one that is too large says by how much',
	async (t) => {
		const { app } = await start(t, (app) => {
			app.post('/', { bodyLimit: 10 }, () => 'ok');
		});
		const headers = { 'content-type': 'application/json' };
		const malformed = await app.inject({ method: 'POST', url: '/', headers, body: '{' });
		t.match(malformed.json(), { code: 'malformed_request', status: 400 });
		const large = await app.inject({ method: 'POST', url: '/', headers, body: `"${'x'.repeat(20)}"` });
		t.match(large.json(), { code: 'upload_too_large', status: 413, detail: /over the limit of 10 bytes/ });
	},
);

t.test('a request that comes while the service stops is refused, those before it are answered', async (t) => {
	const begun = Promise.withResolvers<void>();
	const finish = Promise.withResolvers<void>();
	const { app } = await start(t, (app) => {
		app.get('/slow', async () => {
			begun.resolve();
			await finish.promise;
			return 'done';
		});
	});
	await app.listen({ host: '127.0.0.1', port: 0 });
	// A server that listens on a port has such an address.
	const { port } = app.server.address() as AddressInfo;
	const socket = connect(port, '127.0.0.1');
	let text = '';
	socket.on('data', (chunk) => {
		text += chunk;
	});
	const request = 'GET /slow HTTP/1.1\r\nHost: x\r\n\r\n';
	socket.write(request);
	await begun.promise;
	const second = new Promise<void>((resolve) => app.server.once('request', () => resolve()));
	const closed = app.close();
	socket.write(request);
	await second;
	finish.resolve();
	await Promise.all([once(socket, 'close'), closed]);
	t.match(text, /^HTTP\/1\.1 200 .*doneHTTP\/1\.1 503 .*"code":"stopping"/s);
});
