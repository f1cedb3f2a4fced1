import { readdirSync } from 'node:fs';
import { test } from 'tap';
import { buildDss } from '../support/dss-builder.ts';
import { assertProblem, post, put, send } from '../support/http.ts';
import { eventually } from '../support/poll.ts';
import { answerOf, openUploads, rawUpload } from '../support/raw-upload.ts';
import { serviceFor, startService } from '../support/service.ts';

const FIGURES = [
	'process_cpu_user_seconds_total',
	'dss_http_request_duration_seconds_count{method="GET",route="/api/projects/:project_id/tokens",status="2xx"}',
	'dss_import_duration_seconds_count{outcome="succeeded"}',
	'dss_import_duration_seconds_count{outcome="refused"}',
	'dss_export_duration_seconds_count{outcome="succeeded"}',
	'dss_validation_errors_total{stage="archive"}',
	'dss_security_alerts_total{type="zip_slip"}',
	'dss_stage_duration_seconds_count{stage="structure"}',
	'dss_open_uploads',
	'dss_spool_bytes',
];

test('running the service', async (t) => {
	const service = await serviceFor(t, { env: { DSS_CORS_ORIGINS: 'https://studio.example' } });

	t.test('Prometheus finds the figures, in its own form and as OpenMetrics', async (t) => {
		const { body } = await put(`${service.url}/api/projects/import`, buildDss(), 'application/zip');
		await put(`${service.url}/api/projects/import`, 'rubbish', 'application/zip');
		await send(`${service.url}/api/projects/${body.project_id}/tokens`);
		await post(`${service.url}/api/projects/${body.project_id}/export`, {});
		const plain = await send(`${service.url}/metrics`);
		t.match(plain.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
		const lines = String(plain.body).split('\n');
		for (const figure of FIGURES) {
			t.ok(
				lines.some((line) => line.startsWith(`${figure} `) || line.startsWith(figure.replace('}', ','))),
				figure,
			);
		}
		for (const line of lines)
			t.match(line, /^$|^# (?:HELP|TYPE) \w+ .+$|^\w+(?:\{[^{}]*\})? [-+.\deE]+$|Nan$/i, line);
		const open = await send(`${service.url}/metrics`, {
			headers: { accept: 'application/openmetrics-text; version=1.0.0' },
		});
		t.match(open.headers.get('content-type') ?? '', /^application\/openmetrics-text/);
		t.match(String(open.body), /# EOF\n?$/);
	});

	t.test(
		'a second process on a data folder is refused with a clear line, and the first goes on',
		async (t) => {
			await t.rejects(startService({ dataDir: service.dataDir }), /another DSS is running on/);
			t.equal((await send(`${service.url}/readyz`)).status, 200);
		},
	);

	t.test('a setting that does not exist stops the start with a line for each fault', async (t) => {
		const failure: Error | null = await startService({ env: { DSS_COLOUR: 'red', DSS_PORT: 'http' } }).then(
			() => null,
			(error) => error,
		);
		t.strictSame(failure?.message.trim().split('\n'), [
			'the service ended with 1: dss: DSS_COLOUR: there is no such setting',
			'dss: DSS_PORT: "http" is not a whole number',
		]);
	});

	t.test(
		'SIGTERM lets an import finish that it found under way, and nothing is left for the next start to sweep',
		async (t) => {
			const dataDir = t.testdir();
			const service = await startService({ dataDir });
			const archive = buildDss();
			const socket = await rawUpload(service, archive.length);
			const answer = answerOf(socket);
			socket.write(archive.subarray(0, 100));
			t.ok(
				await eventually(
					() => openUploads(service),
					(open) => open === 1,
				),
			);
			const ended = service.stop('SIGTERM');
			const isRefused = () =>
				send(`${service.url}/healthz`).then(
					() => false,
					() => true,
				);
			t.ok(await eventually(isRefused, (refused) => refused), 'nothing new is accepted');
			socket.write(archive.subarray(100));
			t.match(await answer, /^HTTP\/1\.1 201 /);
			t.equal(await ended, 0);
			await using again = await startService({ dataDir });
			t.equal((await send(`${again.url}/api/projects`)).body.total, 1);
			t.ok(!again.log.some((entry) => 'recovered' in entry));
		},
	);

	t.test('a process that is killed while it applies leaves no half import', async (t) => {
		const dataDir = t.testdir();
		const tokens = (value: number) =>
			JSON.stringify(
				Object.fromEntries(
					Array.from({ length: 9_000 }, (_, index) => [`t${index}`, { $type: 'number', $value: value }]),
				),
			);
		let id = '';
		{
			const service = await startService({ dataDir });
			id = (await put(`${service.url}/api/projects/import`, tokens(0), 'application/json')).body.project_id;
			const importing = put(
				`${service.url}/api/projects/import?project_id=${id}`,
				tokens(1),
				'application/json',
			).catch(() => null);
			// The moment is not chosen: before, while or after rows are written.
			await send(`${service.url}/api/projects/${id}`);
			await service.stop('SIGKILL');
			await importing;
		}
		await using service = await startService({ dataDir });
		const { body } = await send(`${service.url}/api/projects/${id}`);
		const page = await send(`${service.url}/api/projects/${id}/tokens?limit=1000`);
		t.equal(page.body.total, 9_000);
		t.strictSame(
			[...new Set(page.body.items.map(({ value }: { value: number }) => value))],
			[body.revision - 1],
		);
		t.equal(
			(await put(`${service.url}/api/projects/import?project_id=${id}`, tokens(2), 'application/json'))
				.status,
			200,
		);
	});

	t.test('pages of allowed origins may call, and no others', async (t) => {
		const allowed = await send(`${service.url}/api/projects`, {
			headers: { origin: 'https://studio.example' },
		});
		t.equal(allowed.headers.get('access-control-allow-origin'), 'https://studio.example');
		const other = await send(`${service.url}/api/projects`, {
			headers: { origin: 'https://elsewhere.example' },
		});
		t.equal(other.headers.get('access-control-allow-origin'), null);
	});

	t.test('over the rate a caller is answered when to try again', async (t) => {
		await using service = await startService({ env: { DSS_RATE_LIMIT: '3' } });
		for (let ask = 0; ask < 3; ask++) t.equal((await send(`${service.url}/api/projects`)).status, 200);
		const refused = await send(`${service.url}/api/projects`);
		assertProblem(t, refused, 429, 'rate_limited');
		t.ok(Number(refused.headers.get('retry-after')) >= 1);
		t.equal((await send(`${service.url}/healthz`)).status, 200, 'health is always answered');
	});
});

test('a folder that is not of DSS is not used: nothing in it is touched', async (t) => {
	const uuid = '3f2a1b4c-0000-4000-8000-000000000000';
	const dataDir = t.testdir({
		spool: { [uuid]: 'theirs' },
		'dss-tmp': { etilqs_x: 'theirs' },
		log: { mail: '' },
	});
	await t.rejects(startService({ dataDir }), { message: /dss: .* is not a folder of DSS: it holds "log"/ });
	t.strictSame(readdirSync(dataDir, { recursive: true }).sort(), [
		'dss-tmp',
		'dss-tmp/etilqs_x',
		'log',
		'log/mail',
		'spool',
		`spool/${uuid}`,
	]);
});
