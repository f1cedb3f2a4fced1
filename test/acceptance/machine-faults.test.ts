import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, copyFileSync, existsSync, openSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { buildDss, token } from '../support/dss-builder.ts';
import { assertProblem, post, put, send } from '../support/http.ts';
import { makeFolder, startService } from '../support/service.ts';

const large = () =>
	buildDss({
		tokens: Array.from({ length: 9_000 }, (_, index) =>
			token(index, { description: `${index * 7919} `.repeat(200) }),
		),
	});

/** A small file system of its own; null where none can be mounted. */
async function smallDisk(megabytes: number): Promise<(AsyncDisposable & { folder: string }) | null> {
	const folder = await makeFolder();
	try {
		execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'dss-test', folder], {
			stdio: 'pipe',
		});
	} catch {
		return null;
	}
	return { folder, [Symbol.asyncDispose]: async () => void execFileSync('umount', ['-l', folder]) };
}

describe('faults of the machine (row 41)', () => {
	test('a full disk is 507, nothing is half-applied, readiness tells, and all goes on when there is room', async (t) => {
		await using disk = await smallDisk(12);
		if (disk === null) return t.skip('a file system cannot be mounted here');
		await using service = await startService({ dataDir: disk.folder });
		const kept = await put(
			`${service.url}/api/projects/import?project_id=new`,
			buildDss(),
			'application/zip',
		);
		assert.equal(kept.status, 201);

		const ballast = join(disk.folder, 'ballast');
		const archive = large();
		const refused = await put(`${service.url}/api/projects/import`, archive, 'application/zip');
		assertProblem(refused, 507, 'spool_full');
		assert.equal((await send(`${service.url}/api/projects`)).body.total, 1, 'nothing is half-applied');

		execFileSync('sh', ['-c', `dd if=/dev/zero of=${ballast} bs=64k 2>/dev/null || true`]);
		assertProblem(
			await put(`${service.url}/api/projects/import`, archive, 'application/zip'),
			507,
			'spool_full',
		);
		const ready = await send(`${service.url}/readyz`);
		assert.equal(ready.status, 503);
		assert.equal(ready.body.status, 'not_ready');
		assert.equal((await send(`${service.url}/healthz`)).status, 200, 'the process lives');
		assert.equal(
			(await send(`${service.url}/api/projects/${kept.body.project_id}/tokens`)).body.total,
			2,
			'what is kept can be read',
		);

		execFileSync('rm', [ballast]);
		const repaired = await send(`${service.url}/readyz`);
		assert.equal(
			repaired.status,
			200,
			`${JSON.stringify(repaired.body)} ${JSON.stringify(service.log.at(-1))}`,
		);
		assert.equal(
			(await put(`${service.url}/api/projects/import?project_id=new`, buildDss(), 'application/zip')).status,
			201,
		);
		assert.deepEqual(readdirSync(join(disk.folder, 'spool')), []);
	});

	test('a quota over the spool is 507 too', async () => {
		await using service = await startService({ env: { DSS_SPOOL_QUOTA_BYTES: '1000' } });
		assertProblem(
			await put(`${service.url}/api/projects/import`, large(), 'application/zip'),
			507,
			'spool_full',
		);
		assert.deepEqual(readdirSync(join(service.dataDir, 'spool')), []);
	});

	test('a database that cannot be written is told at the start, in one line', async (t) => {
		const dataDir = await makeFolder();
		{
			await using service = await startService({ dataDir });
			assert.equal(
				(await put(`${service.url}/api/projects/import`, buildDss(), 'application/zip')).status,
				201,
			);
		}
		try {
			execFileSync('chattr', ['+i', join(dataDir, 'dss.db')], { stdio: 'pipe' });
		} catch {
			return t.skip('files cannot be made immutable here');
		}
		try {
			await assert.rejects(
				startService({ dataDir }),
				/dss: The store could not be read or written.*readonly database/,
			);
		} finally {
			execFileSync('chattr', ['-i', join(dataDir, 'dss.db')]);
		}
		await using service = await startService({ dataDir });
		assert.equal((await send(`${service.url}/api/projects`)).body.total, 1, 'nothing is lost after repair');
	});

	test('a database that becomes read-only while the service runs is 500, and all goes on after repair', async (t) => {
		await using service = await startService();
		const files = ['dss.db', 'dss.db-wal'].map((name) => join(service.dataDir, name));
		await put(`${service.url}/api/projects/import`, buildDss(), 'application/zip');
		try {
			execFileSync('chattr', ['+i', ...files], { stdio: 'pipe' });
		} catch {
			return t.skip('files cannot be made immutable here');
		}
		try {
			const refused = await put(
				`${service.url}/api/projects/import?project_id=new`,
				buildDss(),
				'application/zip',
			);
			assertProblem(refused, 500, 'store_failed');
			assert.equal((await send(`${service.url}/readyz`)).status, 503);
			assert.equal((await send(`${service.url}/api/projects`)).body.total, 1, 'what is kept can be read');
		} finally {
			execFileSync('chattr', ['-i', ...files]);
		}
		const repaired = await send(`${service.url}/readyz`);
		assert.equal(repaired.status, 200, JSON.stringify(repaired.body));
		assert.equal(
			(await put(`${service.url}/api/projects/import?project_id=new`, buildDss(), 'application/zip')).status,
			201,
		);
	});

	test('a damaged database is 500 with a plain word, the process lives, and nothing is lost after repair', async () => {
		const dataDir = await makeFolder();
		const file = join(dataDir, 'dss.db');
		let id = '';
		{
			await using service = await startService({ dataDir });
			id = (await put(`${service.url}/api/projects/import`, large(), 'application/zip')).body.project_id;
		}
		assert.ok(!existsSync(`${file}-wal`), 'an orderly end folds the log back');
		copyFileSync(file, `${file}.good`);
		{
			await using service = await startService({ dataDir });
			const damage = openSync(file, 'r+');
			// Beyond the first pages, which hold the schema: the records' own pages.
			for (let page = 20; page < 400; page++)
				writeSync(damage, Buffer.alloc(8192, 0xa5), 0, 8192, page * 8192);
			closeSync(damage);
			const read = await send(`${service.url}/api/projects/${id}/tokens?limit=1000`);
			assertProblem(read, 500, 'store_failed');
			assertProblem(await post(`${service.url}/api/projects/${id}/export`, {}), 500, 'store_failed');
			assert.equal((await send(`${service.url}/healthz`)).status, 200);
			assert.equal((await send(`${service.url}/readyz`)).status, 503);
			assert.ok(
				service.log.some((entry) => Number(entry['level']) >= 50),
				'the log tells the operator',
			);
		}
		copyFileSync(`${file}.good`, file);
		await using service = await startService({ dataDir });
		assert.equal((await send(`${service.url}/api/projects/${id}/tokens`)).body.total, 9_000);
		assert.equal((await send(`${service.url}/readyz`)).status, 200);
	});
});
