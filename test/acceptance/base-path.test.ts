/** DSS_BASE_PATH behind a real proxy, which strips the path or passes it on. */
import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { archiveOf, PROJECT } from '../support/dss-builder.ts';
import { assertProblem, post, put, send } from '../support/http.ts';
import { serviceFor } from '../support/service.ts';
import { receiver } from '../support/webhook-receiver.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** A proxy that offers a service below /dss; answers its address with that path. */
async function proxyFor(t: Test, target: string, isStripping: boolean): Promise<string> {
	const server = createServer((incoming, answer) => {
		const url = incoming.url ?? '';
		if (!url.startsWith('/dss')) {
			answer.writeHead(404, { 'content-type': 'text/plain' }).end('not below /dss');
			return;
		}
		const path = isStripping ? url.slice('/dss'.length) || '/' : url;
		const { method, headers } = incoming;
		const outgoing = forward(`${target}${path}`, { method, headers, agent: false }, (message) => {
			answer.writeHead(message.statusCode ?? 502, message.headers);
			message.pipe(answer);
		});
		incoming.pipe(outgoing);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.teardown(() => {
		server.close();
		server.closeAllConnections();
	});
	// A server that listens on a port has such an address.
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/dss`;
}

t.test('every address that the service gives works behind its proxy', async (t) => {
	await using hook = await receiver();
	const env = {
		DSS_BASE_PATH: '/dss',
		DSS_WEBHOOK_URL: hook.origin,
		DSS_WEBHOOK_SECRET: SECRET,
		DSS_WEBHOOK_ALLOW_PRIVATE: 'true',
	};
	const service = await serviceFor(t, { env });
	for (const isStripping of [true, false]) {
		const proxy = await proxyFor(t, service.url, isStripping);
		const at = (address: string) => new URL(address, proxy).href;
		const made = await post(`${proxy}/api/projects`, { name: 'x' });
		t.match(made.headers.get('location'), /^\/dss\/api\/projects\/[0-9a-f-]{36}$/);
		t.equal((await send(at(made.headers.get('location') ?? ''))).body.name, 'x');
		await put(`${proxy}/api/projects/import`, archiveOf(3), 'application/zip');
		const queued = await send(`${proxy}/api/projects/${PROJECT}/export?background=true`, { method: 'POST' });
		t.equal(queued.status, 202);
		t.equal(queued.headers.get('location'), queued.body.status_url);
		t.equal(queued.body.status_url, `/dss/api/jobs/${queued.body.job_id}`);
		const events = await fetch(`${at(queued.body.status_url)}/events`);
		t.match(await events.text(), /event: end\n/);
		const { body: job } = await send(at(queued.body.status_url));
		t.equal(job.result.result_url, `${queued.body.status_url}/result`);
		t.equal((await send(at(job.result.result_url))).status, 200);

		const { body: document } = await send(`${proxy}/openapi.json`);
		t.equal(document.servers[0].url, '/dss');
		const { body: listed } = await send(at(`${document.servers[0].url}/api/projects`));
		t.ok(listed.total > 0);
		for (const page of [`${proxy}/docs`, `${proxy}/docs/`]) {
			const html = String((await send(page)).body);
			const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file);
			t.ok(files.length > 3);
			for (const file of files)
				t.equal((await send(new URL(file, page).href)).status, 200, `${page} ${file}`);
		}
		t.equal((await send(`${proxy}/docs/static/index.html`)).status, 200, 'redirects stay below the path');
		const unknown = await send(`${proxy}/api/nothing`);
		assertProblem(t, unknown, 404, 'route_unknown');
		t.match(unknown.body.detail, / \/dss\/docs lists all addresses/);
	}
	assertProblem(t, await send(`${service.url}/dssx/api/projects`), 404, 'route_unknown');
	await hook.until(2);
	for (const { body } of hook.received) {
		const { data } = JSON.parse(body);
		t.equal(data.result.result_url, `/dss/api/jobs/${data.job_id}/result`);
	}
});
