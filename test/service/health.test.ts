import { type Test, test } from 'tap';
import { errors } from '../../src/errors.ts';
import { Health } from '../../src/service/health.ts';
import { sqliteQueue } from '../support/queue.ts';
import { HandRunner } from '../support/runner.ts';

function health(t: Test) {
	const queue = sqliteQueue(t.testdir());
	t.teardown(() => queue.close());
	const tasks = new HandRunner();
	const state = { running: 4, stuck: 0, deaths: 0 };
	let spoolError: Error | null = null;
	const one = new Health({
		reader: { ping: async () => undefined },
		queue: queue.jobs,
		spool: {
			ping: async () => {
				if (spoolError !== null) throw spoolError;
			},
		},
		tasks,
		threads: () => state,
		maxStuck: 2,
		onError: () => undefined,
	});
	const breakSpool = (error: Error) => {
		spoolError = error;
	};
	return { one, tasks, state, breakSpool };
}

test('who asks while a probe runs gets its answer: there is one probe at a time', async (t) => {
	const { one, tasks } = health(t);
	const asked = [one.readiness(), one.readiness(), one.readiness()];
	(await tasks.task(0)).succeed({});
	for (const readiness of await Promise.all(asked)) t.match(readiness, { store: { ok: true } });
	t.equal(tasks.begun.length, 1);
});

test('a probe that gets no answer is not ready, and is not asked again meanwhile', async (t) => {
	const { one, tasks } = health(t);
	t.strictSame((await one.readiness()).store, { ok: false, reason: 'no answer within 2.5 s' });
	const second = one.readiness();
	(await tasks.task(0)).succeed({});
	t.match(await second, { store: { ok: true } });
	t.equal(tasks.begun.length, 1);
});

test('after a failure the whole file is looked through; a failure meanwhile keeps the store suspect', async (t) => {
	const { one, tasks } = health(t);
	one.noteStoreFailure();
	const first = one.readiness();
	(await tasks.task(0)).succeed({});
	const check = await tasks.task(1);
	t.equal(check.name, 'checkStore');
	one.noteStoreFailure();
	check.succeed({});
	t.match(await first, { store: { ok: true } });
	let index = 2;
	// The next look comes after a rest.
	for (let looked = false; !looked; index += 1) {
		const asked = one.readiness();
		(await tasks.task(index)).succeed({});
		looked = await Promise.race([tasks.task(index + 1).then(() => true), asked.then(() => false)]);
	}
	(await tasks.task(index)).fail(errors.storeFailed({}, new Error('page 7 is damaged')));
	t.match(await one.readiness().then(({ store }) => store), { ok: false });
});

test('threads that are stuck or die are reported; a busy pool is ready', async (t) => {
	const { one, tasks, state } = health(t);
	const workers = async () => {
		const { length } = tasks.begun;
		const asked = one.readiness();
		(await tasks.task(length)).succeed({});
		return (await asked).workers;
	};
	t.strictSame(await workers(), { ok: true });
	state.stuck = 2;
	t.match(await workers(), { ok: false, reason: /2 threads are stuck/ });
	state.stuck = 0;
	state.deaths = 3;
	t.match(await workers(), { ok: false, reason: /3 threads died/ });
});

test('a reason names no path', async (t) => {
	const { one, tasks, breakSpool } = health(t);
	breakSpool(new Error("EACCES: permission denied, open '/var/lib/dss/spool/x'"));
	const asked = one.readiness();
	(await tasks.task(0)).fail(errors.storeFailed({}, new Error('cannot open /var/lib/dss/dss.db (os error)')));
	const { spool, store } = await asked;
	t.equal(spool.reason, 'EACCES: permission denied, open a file');
	t.match(store.reason, /cannot open a file \(os error\)/);
});
