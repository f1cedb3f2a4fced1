import { join } from 'node:path';
import t from 'tap';
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
	const { NEXT, CLAIM, RENEW, SUCCEED, FIGURES, COUNT_WAITING, EXPIRED_RESULTS, FORGET_JOBS, RECOVER } =
		statements;
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
	})) {
		const names = [...new Set(sql.match(/:\w+/g))].map((parameter) => [parameter.slice(1), null]);
		const plan = db
			.prepare<object, { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
			.all(Object.fromEntries(names));
		const scans = plan.filter(({ detail }) => /^SCAN (?!CONSTANT)/.test(detail));
		t.strictSame(scans, [], name);
	}
	// A list looks at its index only, from where the page begins; nothing is sorted.
	for (const sql of [statements.NEWEST_FIRST, statements.OLDEST_FIRST, statements.COUNT]) {
		const names = [...new Set(sql.match(/:\w+/g))].map((parameter) => [parameter.slice(1), null]);
		const plan = db
			.prepare<object, { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
			.all(Object.fromEntries(names))
			.map(({ detail }) => detail);
		t.match(plan[0], /^(SEARCH|SCAN) jobs USING COVERING INDEX jobs_listed/, plan.join('; '));
		t.notOk(
			plan.some((step) => /B-TREE FOR ORDER BY/.test(step)),
			plan.join('; '),
		);
	}
});
