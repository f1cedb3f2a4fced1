import { connect } from 'node:net';
import { test } from 'tap';
import { buildDss } from '../support/dss-builder.ts';
import { post, put, send } from '../support/http.ts';
import { assertQueued, ended as endOfJob } from '../support/jobs.ts';
import { rawUpload } from '../support/raw-upload.ts';
import { serviceFor } from '../support/service.ts';

const INFO = 30;

test('what the log tells of requests and jobs', async (t) => {
	const service = await serviceFor(t);
	const lines = (holds: (line: Record<string, unknown>) => boolean) => service.log.filter(holds);

	t.test('a request is one line, with what refused it and without its query', async (t) => {
		const ended = service.nextLine(({ code }) => code === 'callback_not_allowed');
		const secret = 'SECRET123';
		const callback = encodeURIComponent(`http://example.com/?token=${secret}`);
		const { body } = await put(
			`${service.url}/api/projects/import?callback_url=${callback}`,
			buildDss(),
			'application/zip',
		);
		const line = await ended;
		t.match(line, {
			level: INFO,
			method: 'POST',
			path: '/api/projects/import',
			route: '/api/projects/import',
			status: 403,
			msg: 'request answered',
		});
		t.type(line['duration_ms'], 'number');
		t.equal(`urn:dss:request:${line['reqId']}`, body.instance);
		t.equal(lines(({ reqId }) => reqId === line['reqId']).length, 1);
		t.notMatch(JSON.stringify(service.log), secret);
	});

	t.test('a refused archive is told with its stage and the number of its faults', async (t) => {
		const ended = service.nextLine(({ stage }) => stage === 'archive');
		await put(`${service.url}/api/projects/import`, 'rubbish', 'application/zip');
		t.match(await ended, { status: 400, code: 'not_an_archive', errors_total: 1 });
	});

	t.test('a request that its client ends is told as such', async (t) => {
		const aborted = service.nextLine(({ msg }) => msg === 'request aborted by its client');
		const socket = await rawUpload(service, 1_000);
		socket.destroy();
		t.match(await aborted, { path: '/api/projects/import', status: null });
	});

	t.test('a client that leaves when it has all of a file has been answered', async (t) => {
		const { body } = await put(`${service.url}/api/projects/import`, buildDss(), 'application/zip');
		const { hostname, port, host } = new URL(service.url);
		for (let round = 0; round < 10; round++) {
			const over = service.nextLine(({ route }) => route === '/api/projects/:project_id/export');
			const socket = connect(Number(port), hostname);
			socket.write(`POST /api/projects/${body.project_id}/export HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
			let text = '';
			for await (const chunk of socket) {
				text += chunk.toString('latin1');
				const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.POSITIVE_INFINITY);
				if (text.length - text.indexOf('\r\n\r\n') - 4 >= length) break;
			}
			socket.destroy();
			t.match(await over, { msg: 'request answered', status: 200 });
		}
	});

	t.test('an address that cannot be read is a line as well', async (t) => {
		const ended = service.nextLine(({ path }) => path === '/api/projects/%zz');
		await send(`${service.url}/api/projects/%zz`);
		t.match(await ended, { status: 400, code: 'malformed_request' });
	});

	t.test('probes and scrapes have no line at the level info', async (t) => {
		const ended = service.nextLine(({ path }) => path === '/api/nothing');
		for (const probe of ['healthz', 'readyz', 'metrics']) await send(`${service.url}/${probe}`);
		await send(`${service.url}/api/nothing`);
		await ended;
		t.strictSame(
			lines(({ path }) => ['/healthz', '/readyz', '/metrics'].includes(String(path))),
			[],
		);
	});

	t.test(
		'a job is a line when it begins and one when it ends, with the request that asked for it',
		async (t) => {
			const begun = service.nextLine(({ msg }) => msg === 'job begun');
			const ended = service.nextLine(({ msg }) => msg === 'job ended');
			const asked = await put(
				`${service.url}/api/projects/import?background=true`,
				buildDss(),
				'application/zip',
			);
			const job = assertQueued(t, asked);
			await endOfJob(service, job);
			t.match(await begun, { level: INFO, job, kind: 'import', attempt: 1 });
			const line = await ended;
			t.match(line, { level: INFO, job, kind: 'import', status: 'succeeded', code: null, attempts: 1 });
			const asking = lines(({ reqId }) => reqId === line['request_id']);
			t.match(asking, [{ path: '/api/projects/import', status: 202 }]);
		},
	);

	t.test('a job that is refused is told with its code', async (t) => {
		const ended = service.nextLine(({ msg, status }) => msg === 'job ended' && status === 'failed');
		const url = `${service.url}/api/projects/import?background=true`;
		const asked = await post(url, { $: 1 });
		const job = assertQueued(t, asked);
		await endOfJob(service, job);
		t.match(await ended, { job, code: 'no_records' });
	});
});
