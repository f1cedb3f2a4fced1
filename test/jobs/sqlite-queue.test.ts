import { join } from 'node:path';
import t from 'tap';
import { SqliteKeys } from '../../src/jobs/sqlite/keys.ts';
import * as statements from '../../src/jobs/sqlite/statements.ts';
import { connect } from '../../src/sqlite/connection.ts';
import { sqliteQueue } from '../support/queue.ts';
import { queueContract } from './queue-contract.ts';

t.test('the queue on SQLite', async (t) =>
	queueContract(t, (t) => {
		const dataDir = t.testdir();
		let offset = 0;
		const open = () => {
			const queue = sqliteQueue(dataDir, () => Date.now() + offset);
			t.teardown(() => queue.close());
			return queue;
		};
		return {
			...open(),
			another: open,
			pass(ms) {
				offset += ms;
			},
		};
	}),
);

t.test('no statement that runs again and again reads the whole table of jobs', async (t) => {
	const dataDir = t.testdir();
	const queue = sqliteQueue(dataDir);
	const db = connect(join(dataDir, 'dss.db'), { busyTimeoutMs: 1000 });
	t.teardown(() => {
		db.close();
		queue.close();
	});
	const {
		NEXT,
		CLAIM,
		RENEW,
		SUCCEED,
		FIGURES,
		COUNT_WAITING,
		EXPIRED_RESULTS,
		FORGET_JOBS,
		RECOVER,
		RESULTS,
	} = statements;
	for (const [name, sql] of Object.entries({
		NEXT,
		CLAIM,
		RENEW,
		SUCCEED,
		FIGURES,
		COUNT_WAITING,
		EXPIRED_RESULTS,
		FORGET_JOBS,
		RECOVER,
		RESULTS,
	})) {
		const names = [...new Set(sql.match(/:\w+/g))].map((parameter) => [parameter.slice(1), null]);
		const plan = db
			.prepare<object, { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
			.all(Object.fromEntries(names));
		const scans = plan.filter(({ detail }) => /^SCAN (?!CONSTANT)/.test(detail));
		t.strictSame(scans, [], name);
	}
});

t.test(
	'of too many keys, or too many bytes of answers, the oldest that have answers are forgotten',
	async (t) => {
		const dataDir = t.testdir();
		sqliteQueue(dataDir).close();
		const db = connect(join(dataDir, 'dss.db'), { busyTimeoutMs: 1000 });
		t.teardown(() => db.close());
		const keys = new SqliteKeys(db, { keys: 4, bytes: 10 });
		const known = () => db.prepare('SELECT key FROM idempotency ORDER BY key').pluck().all();
		const begin = (key: string, now: number) => keys.begin({ key, fingerprint: 'f', now });
		await begin('running', 100);
		for (const [index, key] of ['a', 'b', 'c', 'd'].entries()) {
			await begin(key, index);
			await keys.end({ key, answer: '12' });
		}
		t.strictSame(known(), ['b', 'c', 'd', 'running']);
		await keys.end({ key: 'running', answer: '123456' });
		t.strictSame(known(), ['c', 'd', 'running'], 'ten bytes are left');
		await keys.expire(4);
		await begin('e', 200);
		await keys.end({ key: 'e', answer: '1234' });
		t.strictSame(known(), ['e', 'running'], 'what expired is not counted any more');
		await begin('f', 300);
		await keys.end({ key: 'f', answer: '12345678901' });
		t.strictSame(known(), [], 'an answer over the bound is not kept');
	},
);
