import { join } from 'node:path';
import { type Test, test } from 'tap';
import { type Connection, connect } from '../../src/sqlite/connection.ts';
import { SqliteStaging } from '../../src/staging/staging.ts';
import type { JobMark } from '../../src/store/port.ts';
import type { CompleteJob } from '../../src/store/sqlite/head.ts';
import { lockFolder } from '../../src/store/sqlite/lock.ts';
import { openDatabase, openReader, openStore, prepareStore } from '../../src/store/sqlite/open.ts';
import { PROJECTS, PROJECTS_COUNT, PROJECTS_FOUND } from '../../src/store/sqlite/reader.ts';
import { PROJECT, token } from '../support/records.ts';
import { compared, next, storeContract, type Worker, write } from './contract.ts';

const noJob: CompleteJob = () => undefined;

/** A prepared data folder; its connections are closed with the test. */
function folder(t: Test) {
	const settings = { dataDir: t.testdir(), busyTimeoutMs: 1000 };
	prepareStore(settings);
	const closing = <T extends { close(): void }>(one: T): T => {
		t.teardown(() => one.close());
		return one;
	};
	return {
		settings,
		reader: (maxPageBytes = 4_000_000) => closing(openReader({ ...settings, maxPageBytes })),
		worker(completeJob = noJob): Worker & { readonly db: Connection } {
			const db = closing(openDatabase(settings));
			return { db, store: openStore(db, completeJob), staging: new SqliteStaging(db) };
		},
	};
}

storeContract('SQLite', folder);

test('the data folder is made once: a second start finds the same instance', async (t) => {
	const settings = { dataDir: t.testdir(), busyTimeoutMs: 1000, maxPageBytes: 4_000_000 };
	const instances = [];
	for (let start = 0; start < 2; start++) {
		prepareStore(settings);
		const reader = openReader(settings);
		instances.push(await reader.instance());
		reader.close();
	}
	t.equal(instances[0], instances[1]);
});

test('the data folder is for one process', async (t) => {
	const dataDir = t.testdir();
	const lock = lockFolder(dataDir);
	t.throws(() => lockFolder(dataDir), /another DSS is running/);
	lock.release();
	lockFolder(dataDir).release();
});

test('a head move is flushed to the disk, batches are not', async (t) => {
	const synchronous: unknown[] = [];
	const { worker } = folder(t);
	const { db, store, staging } = worker((connection) => {
		synchronous.push(connection.pragma('synchronous', { simple: true }));
	});
	const job: JobMark = { uuid: 'job', holder: 'someone', outcome: () => '' };
	const lease = await store.lease(PROJECT, 'someone');
	const comparison = await compared({ store, staging }, [token(1, 'a')]);
	const [NORMAL, FULL] = [1, 2];
	const batches: unknown[] = [];
	await store.write(lease, comparison, { ...next('Test'), job }, async () => {
		batches.push(db.pragma('synchronous', { simple: true }));
	});
	t.strictSame(batches, [NORMAL]);
	t.strictSame(synchronous, [FULL]);
	t.equal(db.pragma('synchronous', { simple: true }), NORMAL, 'and set back');
});

test('a job that no longer is its holder\u2019s makes no revision', async (t) => {
	const cancelled = new Error('cancelled');
	const { worker, reader } = folder(t);
	const { store, staging } = worker(() => {
		throw cancelled;
	});
	const job: JobMark = { uuid: 'job', holder: 'someone', outcome: () => '' };
	const lease = await store.lease(PROJECT, 'someone');
	const comparison = await compared({ store, staging }, [token(1, 'a')]);
	await t.rejects(
		store.write(lease, comparison, { ...next('Test'), job }, async () => undefined),
		cancelled,
	);
	await lease.release();
	t.equal(await reader().revision(PROJECT), null);
});

test('a list of projects looks at one revision each', async (t) => {
	const { settings, reader } = folder(t);
	reader();
	const db = connect(join(settings.dataDir, 'dss.db'), settings);
	t.teardown(() => db.close());
	db.function('fold', (text) => text);
	for (const sql of [PROJECTS, PROJECTS_COUNT, PROJECTS_FOUND]) {
		const parameters = Object.fromEntries(
			[...sql.matchAll(/:(\w+)/g)].map(([, parameter]) => [parameter, 1]),
		);
		const plan = db
			.prepare<object, { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
			.all(parameters)
			.map(({ detail }) => detail);
		const [, ...ofRevisions] = plan;
		t.match(plan[0], /^(SEARCH p USING INTEGER PRIMARY KEY|SCAN (p|projects))/, sql);
		for (const step of ofRevisions) t.match(step, /^SEARCH r USING PRIMARY KEY \(project=\? AND number=\?\)/);
	}
});

test('releasing a lease under which nothing was written locks nobody out', async (t) => {
	const { worker } = folder(t);
	const one = worker();
	await write(one, [token(1, 'a')]);
	const lease = await one.store.lease(PROJECT, 'someone');
	const statements: string[] = [];
	const { prepare } = one.db;
	one.db.prepare = ((sql: string) => {
		statements.push(sql);
		return prepare.call(one.db, sql);
	}) as typeof prepare;
	await lease.release();
	t.notOk(
		statements.some((sql) => /records/.test(sql)),
		'no row of the project is looked at',
	);
});
