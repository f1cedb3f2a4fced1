import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { assertProblem, put, send } from '../support/http.ts';
import { CONTAINER_REFUSALS } from '../support/refusals/container.ts';
import { CONTENT_REFUSALS } from '../support/refusals/content.ts';
import { serviceFor } from '../support/service.ts';

const REFUSALS = [...CONTAINER_REFUSALS, ...CONTENT_REFUSALS];

test('the table of what is refused', async (t) => {
	const service = await serviceFor(t);
	const importIt = (archive: Buffer, query = '') =>
		put(`${service.url}/api/projects/import${query}`, archive, 'application/zip');
	const alerts = async () => {
		const figures = String((await send(`${service.url}/metrics`)).body);
		return new Map(
			[...figures.matchAll(/dss_security_alerts_total\{type="(\w+)"\} (\d+)/g)].map(([, type, count]) => [
				type,
				Number(count),
			]),
		);
	};
	const openDescriptors = () => readdirSync(`/proc/${service.pid}/fd`).length;

	// Every thread has worked once: the descriptors that it keeps are open.
	for (let round = 0; round < 6; round++) await importIt(Buffer.from('PK'), '');
	const descriptors = openDescriptors();

	for (const { row, what, status, stage, code, alert, bad, good } of REFUSALS) {
		t.test(`row ${row}: ${what} is refused with ${status} ${code}`, async (t) => {
			const counted = await alerts();
			const logged = service.log.length;
			const answer = await importIt(bad);
			assertProblem(t, answer, status, code);
			t.equal(answer.body.stage, stage, { received: answer.body });
			t.equal(answer.body.errors[0].stage, stage);

			const plan = await put(`${service.url}/api/projects/import/analyze`, bad, 'application/zip');
			t.equal(plan.status, 200, { received: plan.body });
			t.equal(plan.body.is_valid, false);
			t.strictSame(plan.body.errors, answer.body.errors, 'analysis reports the same errors');

			const now = await alerts();
			for (const [type, count] of now) {
				t.equal(count - (counted.get(type) ?? 0), type === alert ? 2 : 0, `alerts of type ${type}`);
			}
			const lines = service.log.slice(logged).filter((entry) => entry['alert'] !== undefined);
			t.equal(lines.length, alert === undefined ? 0 : 2);
			for (const entry of lines) {
				t.strictSame([entry['alert'], entry['code']], [alert, code]);
				for (const fact of ['request_id', 'client', 'archive_sha256', 'reason'])
					t.ok(entry[fact], `${fact} is logged`);
			}

			if (good === undefined) return;
			const twin = await put(
				`${service.url}/api/projects/import/analyze?project_id=new`,
				good,
				'application/zip',
			);
			t.equal(twin.body.is_valid, true, `its good twin is accepted: ${JSON.stringify(twin.body.errors)}`);
		});
	}

	t.test(
		'with references=warn, rows 32, 33 and 35 become warnings; circles and doubles never do',
		async (t) => {
			for (const { row, code, bad } of REFUSALS.filter(({ stage }) => stage === 'referential')) {
				const { body } = await put(
					`${service.url}/api/projects/import/analyze?references=warn`,
					bad,
					'application/zip',
				);
				const lenient = ['32', '33', '35'].includes(row);
				t.equal(body.is_valid, lenient, `row ${row}`);
				if (lenient) t.ok(body.warnings.some((warning: { code: string }) => warning.code === code));
			}
		},
	);

	t.test(
		'after the whole table no project, no file and no descriptor is left, and the service is ready',
		async (t) => {
			t.equal((await send(`${service.url}/api/projects`)).body.total, 0);
			t.strictSame(readdirSync(join(service.dataDir, 'spool')), []);
			const left = openDescriptors();
			t.ok(left <= descriptors + 2, `${descriptors} descriptors before, ${left} after`);
			t.equal((await send(`${service.url}/readyz`)).status, 200);
		},
	);
});
