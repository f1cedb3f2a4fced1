import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertProblem, put, send } from '../support/http.ts';
import { CONTAINER_REFUSALS } from '../support/refusals/container.ts';
import { CONTENT_REFUSALS } from '../support/refusals/content.ts';
import { type Service, startService } from '../support/service.ts';

const MB = 1_048_576;
const REFUSALS = [...CONTAINER_REFUSALS, ...CONTENT_REFUSALS];

describe('the table of what is refused', () => {
	let service: Service;
	let before_: { memory: number; descriptors: number };
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
	const state = () => ({
		memory: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8'))?.[1]) * 1024,
		descriptors: readdirSync(`/proc/${service.pid}/fd`).length,
	});

	before(async () => {
		service = await startService();
		// Every thread has worked once, so that what it keeps is counted in.
		for (let round = 0; round < 6; round++) await importIt(Buffer.from('PK'), '');
		before_ = state();
	});
	after(() => service[Symbol.asyncDispose]());

	for (const { row, what, status, stage, code, alert, bad, good } of REFUSALS) {
		test(`row ${row}: ${what} is refused with ${status} ${code}`, async () => {
			const counted = await alerts();
			const logged = service.log.length;
			const answer = await importIt(bad);
			assertProblem(answer, status, code);
			assert.equal(answer.body.stage, stage, JSON.stringify(answer.body));
			assert.equal(answer.body.errors[0].stage, stage);

			const plan = await put(`${service.url}/api/projects/import/analyze`, bad, 'application/zip');
			assert.equal(plan.status, 200, JSON.stringify(plan.body));
			assert.equal(plan.body.is_valid, false);
			assert.deepEqual(plan.body.errors, answer.body.errors, 'analysis tells the same');

			const now = await alerts();
			for (const [type, count] of now) {
				assert.equal(count - (counted.get(type) ?? 0), type === alert ? 2 : 0, `alerts of type ${type}`);
			}
			const lines = service.log.slice(logged).filter((entry) => entry['alert'] !== undefined);
			assert.equal(lines.length, alert === undefined ? 0 : 2);
			for (const entry of lines) {
				assert.deepEqual([entry['alert'], entry['code']], [alert, code]);
				for (const fact of ['request_id', 'client', 'archive_sha256', 'reason'])
					assert.ok(entry[fact], `${fact} is logged`);
			}

			if (good === undefined) return;
			const twin = await put(
				`${service.url}/api/projects/import/analyze?project_id=new`,
				good,
				'application/zip',
			);
			assert.equal(
				twin.body.is_valid,
				true,
				`its good twin is accepted: ${JSON.stringify(twin.body.errors)}`,
			);
		});
	}

	test('with references=warn, rows 32, 33 and 35 become warnings; circles and doubles never do', async () => {
		for (const { row, code, bad } of REFUSALS.filter(({ stage }) => stage === 'referential')) {
			const { body } = await put(
				`${service.url}/api/projects/import/analyze?references=warn`,
				bad,
				'application/zip',
			);
			const lenient = ['32', '33', '35'].includes(row);
			assert.equal(body.is_valid, lenient, `row ${row}`);
			if (lenient) assert.ok(body.warnings.some((warning: { code: string }) => warning.code === code));
		}
	});

	test('after the whole table nothing is left: no project, no file, no descriptor, no memory, no delay', async () => {
		assert.equal((await send(`${service.url}/api/projects`)).body.total, 0);
		assert.deepEqual(readdirSync(join(service.dataDir, 'spool')), []);
		const now = state();
		assert.ok(
			now.descriptors <= before_.descriptors + 2,
			`${before_.descriptors} descriptors before, ${now.descriptors} after`,
		);
		const grown = Math.round((now.memory - before_.memory) / MB);
		assert.ok(grown < 150, `memory has grown by ${grown} MB`);
		assert.equal((await send(`${service.url}/readyz`)).status, 200);
	});
});
