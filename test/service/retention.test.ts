import { test } from 'tap';
import { RetainingRunner } from '../../src/service/retention.ts';
import { A, B } from '../support/queue.ts';
import { HandRunner } from '../support/runner.ts';

test('a write waits while its project’s history is pruned, others do not; it is pruned after the write', async (t) => {
	const tasks = new HandRunner();
	const page = { items: [], next: null, total: 0 };
	// No project is there when the service starts: nothing is swept.
	const reader = { projects: async () => page };
	const failed: unknown[] = [];
	const runner = new RetainingRunner(tasks, reader, { revisions: 1, days: null, now: Date.now }, (error) =>
		failed.push(error),
	);
	const edit = (projectUuid: string) =>
		runner.run('edit', { projectUuid, body: Buffer.from('{}'), precondition: null });
	const answer = (projectUuid: string) => ({ revision: { projectUuid } });
	const first = edit(A);
	(await tasks.task(0)).succeed(answer(A));
	await first;
	const pruning = await tasks.task(1);
	t.match(pruning, { name: 'prune', input: { projectUuid: A, retention: { revisions: 1, before: null } } });
	const second = edit(A);
	const other = edit(B);
	t.match(await tasks.task(2), { name: 'edit', input: { projectUuid: B } });
	pruning.succeed({});
	t.match(await tasks.task(3), { name: 'edit', input: { projectUuid: A } });
	(await tasks.task(2)).succeed(answer(B));
	await other;
	t.match(await tasks.task(4), { name: 'prune', input: { projectUuid: B } });
	(await tasks.task(4)).succeed({});
	(await tasks.task(3)).succeed(answer(A));
	await second;
	t.match(await tasks.task(5), { name: 'prune', input: { projectUuid: A } });
	(await tasks.task(5)).succeed({});
	await runner.close();
	t.strictSame(failed, []);
});
