import { execFileSync } from 'node:child_process';
import {
	closeSync,
	copyFileSync,
	existsSync,
	openSync,
	readdirSync,
	rmSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { buildDss, token } from '../support/dss-builder.ts';
import { assertProblem, post, put, send } from '../support/http.ts';
import { eventually } from '../support/poll.ts';
import { startService } from '../support/service.ts';

const large = () =>
	buildDss({
		tokens: Array.from({ length: 9_000 }, (_, index) =>
			token(index, { description: `${index * 7919} `.repeat(200) }),
		),
	});

/** A small file system of its own; null where none can be mounted. */
async function smallDisk(
	folder: string,
	megabytes: number,
): Promise<(AsyncDisposable & { folder: string }) | null> {
	try {
		execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'dss-test', folder], {
			stdio: 'pipe',
		});
	} catch {
		return null;
	}
	return { folder, [Symbol.asyncDispose]: async () => void execFileSync('umount', ['-l', folder]) };
}

const NO_IMMUTABLE = 'files cannot be made immutable here';

function canMakeImmutable(folder: string): boolean {
	const probe = join(folder, 'probe');
	writeFileSync(probe, '');
	try {
		execFileSync('chattr', ['+i', probe], { stdio: 'pipe' });
		execFileSync('chattr', ['-i', probe]);
		return true;
	} catch {
		return false;
	} finally {
		rmSync(probe);
	}
}

test('faults of the machine (row 41)', async (t) => {
	t.test(
		'a full disk is 507, nothing is half-applied, readiness reports it, and all goes on when there is room',
		async (t) => {
			await using disk = await smallDisk(t.testdir(), 12);
			if (disk === null) {
				t.plan(0, 'a file system cannot be mounted here');
				return;
			}
			await using service = await startService({ dataDir: disk.folder });
			const kept = await put(
				`${service.url}/api/projects/import?project_id=new`,
				buildDss(),
				'application/zip',
			);
			t.equal(kept.status, 201);

			const ballast = join(disk.folder, 'ballast');
			const archive = large();
			const refused = await put(`${service.url}/api/projects/import`, archive, 'application/zip');
			assertProblem(t, refused, 507, 'spool_full');
			t.equal((await send(`${service.url}/api/projects`)).body.total, 1, 'nothing is half-applied');

			execFileSync('sh', ['-c', `dd if=/dev/zero of=${ballast} bs=64k 2>/dev/null || true`]);
			assertProblem(
				t,
				await put(`${service.url}/api/projects/import`, archive, 'application/zip'),
				507,
				'spool_full',
			);
			const ready = await send(`${service.url}/readyz`);
			t.equal(ready.status, 503);
			t.equal(ready.body.status, 'not_ready');
			t.equal((await send(`${service.url}/healthz`)).status, 200, 'the process lives');
			t.equal(
				(await send(`${service.url}/api/projects/${kept.body.project_id}/tokens`)).body.total,
				2,
				'what is kept can be read',
			);

			execFileSync('rm', [ballast]);
			const repaired = await send(`${service.url}/readyz`);
			t.equal(repaired.status, 200, {
				received: repaired.body,
				log: service.log.at(-1),
			});
			t.equal(
				(await put(`${service.url}/api/projects/import?project_id=new`, buildDss(), 'application/zip'))
					.status,
				201,
			);
			t.strictSame(readdirSync(join(disk.folder, 'spool')), []);
		},
	);

	t.test('a quota over the spool is 507 too', async (t) => {
		await using service = await startService({ env: { DSS_SPOOL_QUOTA_BYTES: '1000' } });
		assertProblem(
			t,
			await put(`${service.url}/api/projects/import`, large(), 'application/zip'),
			507,
			'spool_full',
		);
		t.strictSame(readdirSync(join(service.dataDir, 'spool')), []);
	});

	t.test('a database that cannot be written stops the start with one line', async (t) => {
		const dataDir = t.testdir();
		if (!canMakeImmutable(dataDir)) return t.plan(0, NO_IMMUTABLE);
		{
			await using service = await startService({ dataDir });
			t.equal((await put(`${service.url}/api/projects/import`, buildDss(), 'application/zip')).status, 201);
		}
		execFileSync('chattr', ['+i', join(dataDir, 'dss.db')]);
		try {
			await t.rejects(
				startService({ dataDir }),
				/dss: The store could not be read or written.*readonly database/,
			);
		} finally {
			execFileSync('chattr', ['-i', join(dataDir, 'dss.db')]);
		}
		await using service = await startService({ dataDir });
		t.equal((await send(`${service.url}/api/projects`)).body.total, 1, 'nothing is lost after repair');
	});

	t.test(
		'a database that becomes read-only while the service runs is 500, and all goes on after repair',
		async (t) => {
			const dataDir = t.testdir();
			if (!canMakeImmutable(dataDir)) return t.plan(0, NO_IMMUTABLE);
			await using service = await startService({ dataDir });
			const files = ['dss.db', 'dss.db-wal'].map((name) => join(service.dataDir, name));
			await put(`${service.url}/api/projects/import`, buildDss(), 'application/zip');
			execFileSync('chattr', ['+i', ...files]);
			try {
				const refused = await put(
					`${service.url}/api/projects/import?project_id=new`,
					buildDss(),
					'application/zip',
				);
				assertProblem(t, refused, 500, 'store_failed');
				t.equal((await send(`${service.url}/readyz`)).status, 503);
				t.equal((await send(`${service.url}/api/projects`)).body.total, 1, 'what is kept can be read');
			} finally {
				execFileSync('chattr', ['-i', ...files]);
			}
			// The file is looked through once before the store counts as ready again.
			const repaired = await eventually(
				() => send(`${service.url}/readyz`),
				({ status }) => status === 200,
			);
			t.equal(repaired.status, 200, { received: repaired.body });
			t.equal(
				(await put(`${service.url}/api/projects/import?project_id=new`, buildDss(), 'application/zip'))
					.status,
				201,
			);
		},
	);

	t.test(
		'a damaged database is 500 with a problem document, the process lives, and nothing is lost after repair',
		async (t) => {
			const dataDir = t.testdir();
			const file = join(dataDir, 'dss.db');
			let id = '';
			{
				await using service = await startService({ dataDir });
				id = (await put(`${service.url}/api/projects/import`, large(), 'application/zip')).body.project_id;
			}
			t.ok(!existsSync(`${file}-wal`), 'an orderly end checkpoints the write-ahead log');
			copyFileSync(file, `${file}.good`);
			{
				await using service = await startService({ dataDir });
				const damage = openSync(file, 'r+');
				// Beyond the first pages, which hold the schema: the records' own pages.
				for (let page = 20; page < 400; page++)
					writeSync(damage, Buffer.alloc(8192, 0xa5), 0, 8192, page * 8192);
				closeSync(damage);
				const read = await send(`${service.url}/api/projects/${id}/tokens?limit=1000`);
				assertProblem(t, read, 500, 'store_failed');
				assertProblem(t, await post(`${service.url}/api/projects/${id}/export`, {}), 500, 'store_failed');
				t.equal((await send(`${service.url}/healthz`)).status, 200);
				t.equal((await send(`${service.url}/readyz`)).status, 503);
				t.ok(
					service.log.some((entry) => Number(entry['level']) >= 50),
					'the log reports it to the operator',
				);
			}
			copyFileSync(`${file}.good`, file);
			await using service = await startService({ dataDir });
			t.equal((await send(`${service.url}/api/projects/${id}/tokens`)).body.total, 9_000);
			t.equal((await send(`${service.url}/readyz`)).status, 200);
		},
	);
});
