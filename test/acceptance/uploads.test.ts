import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { buildDss, token } from '../support/dss-builder.ts';
import { assertProblem, post, put, send, upload } from '../support/http.ts';
import { eventually } from '../support/poll.ts';
import { answerOf, leftOfUploads, openUploads, rawUpload } from '../support/raw-upload.ts';
import { type Service, serviceFor, startService } from '../support/service.ts';
import { spoolFiles } from '../support/spool.ts';

const assertNothingLeft = async (t: Test, service: Service) =>
	t.strictSame(await leftOfUploads(service), { open: 0, files: [] }, 'nothing is left of the uploads');

test('uploads', async (t) => {
	const service = await serviceFor(t, { env: { DSS_MAX_TOKENS: '200000' } });
	const projects = async () => (await send(`${service.url}/api/projects`)).body.total;

	t.test(
		'row 37: one over the limit is refused as soon as it passes it, with a true length or without, and closed',
		async (t) => {
			await using service = await startService({ env: { DSS_MAX_ARCHIVE_BYTES: '50000' } });
			for (const length of [10_000_000, 'chunked'] as const) {
				const socket = await rawUpload(service, length);
				const answer = answerOf(socket);
				const piece = Buffer.alloc(60_000, 'x');
				// Far less than was announced: the answer comes without the rest.
				socket.write(
					length === 'chunked'
						? Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')])
						: piece,
				);
				const text = await answer;
				t.match(text, /^HTTP\/1\.1 413 /);
				t.match(text, /"code":"upload_too_large"/);
				t.match(text, /50000.*DSS_MAX_ARCHIVE_BYTES/);
			}
			await assertNothingLeft(t, service);
		},
	);

	t.test('row 38: one cut off at every fiftieth of its length, fifty times, leaves nothing', async (t) => {
		const archive = buildDss({ tokens: Array.from({ length: 2_000 }, (_, index) => token(index)) });
		for (let fiftieth = 0; fiftieth < 50; fiftieth++) {
			const socket = await rawUpload(service, archive.length);
			const end = Math.floor((archive.length * fiftieth) / 50);
			if (end > 0) await new Promise((resolve) => socket.write(archive.subarray(0, end), resolve));
			socket.destroy();
		}
		await assertNothingLeft(t, service);
		t.equal(await projects(), 0);
		t.equal((await put(`${service.url}/api/projects/import`, archive, 'application/zip')).status, 201);
	});

	t.test('row 38: a form cut off leaves nothing either', async (t) => {
		const body = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.dss"\r\n\r\nPK';
		const socket = await rawUpload(service, 10_000, 'multipart/form-data; boundary=b');
		await new Promise((resolve) => socket.write(body, resolve));
		socket.destroy();
		await assertNothingLeft(t, service);
	});

	t.test('row 38: one that sends nothing any more is ended with 408', async (t) => {
		await using service = await startService({ env: { DSS_UPLOAD_IDLE_MS: '200' } });
		for (const type of ['application/zip', 'multipart/form-data; boundary=b']) {
			const socket = await rawUpload(service, 1_000, type);
			const answer = answerOf(socket);
			socket.write(
				type.startsWith('multipart')
					? '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nPK'
					: 'PK',
			);
			const text = await answer;
			t.match(text, /^HTTP\/1\.1 408 /);
			t.match(text, /"code":"upload_timeout"/);
		}
		await assertNothingLeft(t, service);
	});

	t.test('row 38: one that trickles is ended by the total time', async (t) => {
		await using service = await startService({ env: { DSS_UPLOAD_TIMEOUT_MS: '300' } });
		const socket = await rawUpload(service, 1_000_000);
		const answer = answerOf(socket);
		const trickle = setInterval(() => socket.write('x'), 20);
		t.teardown(() => clearInterval(trickle));
		const text = await answer;
		t.match(text, /^HTTP\/1\.1 408 /);
		await assertNothingLeft(t, service);
	});

	t.test('row 38: a form that stops or trickles within a field is ended with 408', async (t) => {
		const field = '--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nA name that';
		const file = '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nPK\r\n';
		for (const [env, everyMs] of [
			[{ DSS_UPLOAD_IDLE_MS: '200' }, null],
			[{ DSS_UPLOAD_TIMEOUT_MS: '300' }, 20],
		] as const) {
			await using service = await startService({ env });
			for (const body of ['', '--b\r\nContent-', field, `${file}${field}`]) {
				const socket = await rawUpload(service, 10_000, 'multipart/form-data; boundary=b');
				const answer = answerOf(socket);
				socket.write(body);
				const trickle = everyMs === null ? undefined : setInterval(() => socket.write('x'), everyMs);
				t.teardown(() => clearInterval(trickle));
				const text = await answer;
				t.match(text, /^HTTP\/1\.1 408 /, body);
				t.match(text, /"code":"upload_timeout"/);
			}
			await assertNothingLeft(t, service);
		}
	});

	t.test('row 42: connections that stop before their file hold no place', async (t) => {
		await using service = await startService({ env: { DSS_WORKERS: '1', DSS_QUEUE_LIMIT: '1' } });
		const stopped = [];
		for (let time = 0; time < 5; time++) {
			const socket = await rawUpload(service, 1_000, 'multipart/form-data; boundary=b');
			socket.write('--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nA name that');
			stopped.push(socket);
		}
		const opened = await eventually(
			() => openUploads(service),
			(open) => open === 5,
		);
		t.equal(opened, 5, 'all count as open uploads');
		const url = `${service.url}/api/projects/import`;
		t.equal((await upload(url, buildDss(), 'a.dss')).status, 201);
		const holding = await Promise.all([rawUpload(service, 1_000), rawUpload(service, 1_000)]);
		await eventually(
			() => openUploads(service),
			(open) => open === 7,
		);
		const rest = ' goes on\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nPK';
		const [late] = stopped;
		if (late === undefined) throw new Error('there are five');
		const answer = answerOf(late);
		late.write(rest);
		t.match(await answer, /^HTTP\/1\.1 503 .*"code":"too_busy"/s, 'a file takes its place when it begins');
		for (const socket of [...stopped, ...holding]) socket.destroy();
		await assertNothingLeft(t, service);
	});

	t.test('row 38: a JSON body that stops, or trickles, is ended with 408 and its connection', async (t) => {
		const paths = ['/api/projects', '/api/projects/018f3b60-0000-7000-8000-0000000000ff/export'];
		for (const [env, everyMs] of [
			[{ DSS_UPLOAD_IDLE_MS: '200' }, null],
			[{ DSS_UPLOAD_TIMEOUT_MS: '300' }, 20],
		] as const) {
			await using service = await startService({ env });
			for (const path of paths) {
				const socket = await rawUpload(service, 1_000, 'application/json', path);
				const answer = answerOf(socket);
				socket.write('{');
				const trickle = everyMs === null ? undefined : setInterval(() => socket.write(' '), everyMs);
				t.teardown(() => clearInterval(trickle));
				const text = await answer;
				t.match(text, /^HTTP\/1\.1 408 /, path);
				t.match(text, /connection: close/i);
				t.match(text, /"code":"upload_timeout"/);
			}
			t.equal((await send(`${service.url}/readyz`)).status, 200);
		}
	});

	t.test('row 38: a JSON body that is cut off leaves nothing', async (t) => {
		const before = await projects();
		for (let time = 0; time < 20; time++) {
			const socket = await rawUpload(service, 1_000, 'application/json', '/api/projects');
			await new Promise((resolve) => socket.write('{"name":"x"}', resolve));
			socket.destroy();
		}
		t.equal(await projects(), before);
		t.equal((await send(`${service.url}/readyz`)).status, 200);
	});

	t.test('row 39: forms that are malformed are refused, and nothing is kept', async (t) => {
		const at = `${service.url}/api/projects/import`;
		const part = (name: string, value: string, file = '') =>
			`--b\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;
		const file = part('file', '{}', '; filename="a.json"');
		const forms: [what: string, body: string, type?: string][] = [
			['no file', `${part('name', 'x')}--b--\r\n`],
			['two files', `${file}${file}--b--\r\n`],
			['a file under another name', `${part('document', '{}', '; filename="a.json"')}--b--\r\n`],
			['a field over 64 KiB', `${part('name', 'x'.repeat(70_000))}${file}--b--\r\n`],
			[
				'more than 20 parts',
				`${file}${Array.from({ length: 21 }, (_, index) => part(`f${index}`, 'x')).join('')}--b--\r\n`,
			],
			['no boundary', file, 'multipart/form-data'],
			['a boundary that does not occur', file, 'multipart/form-data; boundary=other'],
			['no end', file],
			['nothing', ''],
		];
		for (const [what, body, type = 'multipart/form-data; boundary=b'] of forms) {
			const answer = await put(at, body, type);
			assertProblem(t, answer, 400, answer.body.code);
			t.ok(['malformed_upload', 'upload_cut_off'].includes(answer.body.code), `${what}: ${answer.body.code}`);
		}
		await assertNothingLeft(t, service);
	});

	t.test('row 39: a part "file" without a file name is told so, whatever its size and type', async (t) => {
		for (const size of [10, 100_000]) {
			for (const type of ['', '\r\nContent-Type: application/json', '\r\nContent-Type: application/zip']) {
				const head = `--b\r\nContent-Disposition: form-data; name="file"${type}\r\n\r\n`;
				const body = `${head}${'x'.repeat(size)}\r\n--b--\r\n`;
				const at = `${service.url}/api/projects/import`;
				const answer = await put(at, body, 'multipart/form-data; boundary=b');
				assertProblem(t, answer, 400, 'malformed_upload');
				t.match(answer.body.detail, /has no file name/);
			}
		}
		await assertNothingLeft(t, service);
	});

	t.test('row 40: when the client goes away the work stops and rolls back', async (t) => {
		const before = await projects();
		const archive = buildDss({ tokens: Array.from({ length: 100_000 }, (_, index) => token(index)) });
		const socket = await rawUpload(service, archive.length);
		socket.write(archive);
		const received = () =>
			Math.max(0, ...spoolFiles(service).map((name) => statSync(join(service.dataDir, 'spool', name)).size));
		const isWhole = (bytes: number) => bytes === archive.length;
		t.ok(isWhole(await eventually(received, isWhole)), 'the archive is received, its work begins');
		socket.destroy();
		await assertNothingLeft(t, service);
		t.equal(await projects(), before);
		t.equal((await send(`${service.url}/readyz`)).status, 200);
	});

	t.test('row 42: more work than workers and queue take is refused before the body is read', async (t) => {
		await using service = await startService({ env: { DSS_WORKERS: '1', DSS_QUEUE_LIMIT: '1' } });
		const waiting = await Promise.all([rawUpload(service, 1_000), rawUpload(service, 1_000)]);
		const opened = await eventually(
			() => openUploads(service),
			(open) => open === 2,
		);
		t.equal(opened, 2, 'both uploads are open');
		const refused = await rawUpload(service, 100_000_000);
		const text = await answerOf(refused);
		t.match(text, /^HTTP\/1\.1 503 /);
		t.match(text, /retry-after: \d/i);
		t.match(text, /"code":"too_busy"/);
		for (const socket of waiting) socket.destroy();
		await assertNothingLeft(t, service);
		t.equal((await upload(`${service.url}/api/projects/import`, buildDss(), 'a.dss')).status, 201);
	});

	t.test('an empty field of resolutions means none, with a merge too', async (t) => {
		const url = `${service.url}/api/projects/import`;
		const fields = { strategy: 'merge', resolutions: '' };
		t.ok((await upload(url, buildDss(), 'a.dss', fields)).status < 300);
		t.equal((await upload(url, buildDss(), 'a.dss', fields)).status, 200, 'merged with what is there');
	});

	t.test('an export takes an empty body for none, though it is declared as JSON', async (t) => {
		const { body } = await post(`${service.url}/api/projects`, { name: 'Empty' });
		const url = `${service.url}/api/projects/${body.project_id}`;
		const headers = { 'content-type': 'application/json' };
		t.equal((await send(`${url}/export`, { method: 'POST', headers, body: '' })).status, 200);
		t.equal(
			(await send(`${url}/revert`, { method: 'POST', headers, body: '' })).status,
			400,
			'others do not',
		);
	});

	t.test(
		'only the user of the service may read what is spooled, and a start empties the spool',
		async (t) => {
			await using service = await startService();
			const socket = await rawUpload(service, 1_000);
			socket.write('PK');
			const names = await eventually(
				() => spoolFiles(service),
				({ length }) => length > 0,
			);
			t.equal(names.length, 1);
			const folder = join(service.dataDir, 'spool');
			const [name = ''] = names;
			t.match(name, /^[0-9a-f-]{36}$/, 'a name that the service made');
			const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
			t.strictSame([mode(service.dataDir), mode(folder), mode(join(folder, name))], ['700', '700', '600']);
			await service.stop('SIGKILL');
			socket.destroy();
			t.equal(spoolFiles(service).length, 1);
			await using again = await startService({ dataDir: service.dataDir });
			t.strictSame(spoolFiles(again), []);
		},
	);
});
