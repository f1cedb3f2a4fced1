import { test } from 'tap';
import { Estimator } from '../../src/service/estimator.ts';
import { sqliteQueue } from '../support/queue.ts';

test('an estimate follows what was measured, and is kept for the next start', async (t) => {
	const queue = sqliteQueue(t.testdir());
	t.teardown(() => queue.close());
	const failed: unknown[] = [];
	const onError = (error: unknown) => void failed.push(error);
	const estimator = new Estimator(queue.speeds, {}, onError);
	t.equal(estimator.seconds('import', 20_000), 1, 'a modest machine');
	estimator.learn('import', 499, 100);
	estimator.learn('import', 10_000, 0);
	t.equal(estimator.seconds('import', 20_000), 1, 'small work and no time say nothing');
	estimator.learn('import', 120_000, 1);
	t.equal(estimator.seconds('import', 50_000), 1, '0.7 × 20,000 + 0.3 × 120,000');
	t.equal(estimator.seconds('export', 60_000), 1, 'each kind by itself');
	estimator.flush();
	t.strictSame(await queue.speeds.all(), { import: 50_000 });
	t.equal(new Estimator(queue.speeds, await queue.speeds.all(), onError).seconds('import', 50_000), 1);
	t.strictSame(failed, []);
});
