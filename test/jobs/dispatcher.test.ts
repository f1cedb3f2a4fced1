import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type Test, test } from 'tap';
import { errors } from '../../src/errors.ts';
import { Dispatcher } from '../../src/jobs/dispatcher.ts';
import type { Job, JobQueue } from '../../src/jobs/queue.ts';
import { ResultFiles } from '../../src/jobs/result-files.ts';
import { Spool } from '../../src/spool/spool.ts';
import { A, B, newJob, sqliteQueue } from '../support/queue.ts';
import { HandRunner } from '../support/runner.ts';

/** A dispatcher on a real queue and a real spool; tasks end as the test says. */
async function dispatching(t: Test, { slots = 2, wrap = (queue: JobQueue) => queue } = {}) {
	const folder = t.testdir();
	let offset = 0;
	const queue = sqliteQueue(folder, () => Date.now() + offset);
	const spool = await Spool.prepare(
		{ folder: `${folder}/spool`, quotaBytes: 1e9, maxUploadBytes: 1e9, idleMs: 1e6, totalMs: 1e6 },
		[],
	);
	const tasks = new HandRunner();
	const ended: Job[] = [];
	const errorsSeen: string[] = [];
	const ends: (() => void)[] = [];
	const dispatcher = new Dispatcher({
		queue: wrap(queue.jobs),
		tasks,
		files: new ResultFiles(spool, queue.jobs, []),
		slots,
		renewEveryMs: null,
		onEnd(job) {
			ended.push(job);
			for (const end of ends.splice(0)) end();
		},
		onError: (_error, message) => void errorsSeen.push(message),
		log: { info: () => undefined },
	});
	t.teardown(async () => {
		await dispatcher.close();
		queue.close();
	});
	/** Adds an import whose upload lies on the spool. */
	const add = async (project: string | null) => {
		const path = spool.newPath();
		await writeFile(path, 'upload');
		return queue.jobs.add({
			job: newJob(project, { taskInput: '{"upload":{}}', input: spool.own(path, 6, 'x') }),
			limit: 9,
		});
	};
	/** A job once its run has ended. */
	const afterRun = async (uuid: string): Promise<Job | null> => {
		while (dispatcher.running(uuid) !== null) {
			await new Promise<void>((resolve) => {
				const stop = dispatcher.watch(uuid, () => {
					stop();
					resolve();
				});
			});
		}
		return queue.jobs.get(uuid);
	};
	const untilEnded = async (count: number) => {
		while (ended.length < count) await new Promise<void>((resolve) => ends.push(resolve));
	};
	const pass = (ms: number) => {
		offset += ms;
	};
	return { queue: queue.jobs, spool, tasks, dispatcher, add, afterRun, pass, ended, untilEnded, errorsSeen };
}

test('a job runs, its end is written and reported once, and its upload is removed', async (t) => {
	const { dispatcher, tasks, add, queue, spool, ended, untilEnded } = await dispatching(t);
	const { uuid } = await add(A);
	dispatcher.start();
	const task = await tasks.task(0);
	t.match(task.options, { background: true, job: { uuid } });
	dispatcher.note(uuid, { stage: 'structure', done: 1, total: 2 });
	t.match(dispatcher.running(uuid), { progress: { done: 1 }, job: { status: 'running', attempts: 1 } });
	task.succeed({ revision: 1 });
	await untilEnded(1);
	t.match(await queue.get(uuid), { status: 'succeeded', outcome: '{"revision":1}' });
	t.match(ended, [{ uuid, status: 'succeeded', input: { bytes: 6 } }]);
	t.equal(spool.bytes, 0);
});

test('no more run at once than there are slots, and one at a time of a project', async (t) => {
	const { dispatcher, tasks, add, untilEnded } = await dispatching(t, { slots: 2 });
	const uuids = [(await add(A)).uuid, (await add(A)).uuid, (await add(B)).uuid, (await add(null)).uuid];
	dispatcher.start();
	const first = await tasks.task(1);
	t.equal(dispatcher.busy, 2);
	t.strictSame(
		tasks.begun.map(({ options }) => options.job?.uuid),
		[uuids[0], uuids[2]],
	);
	first.succeed({});
	await untilEnded(1);
	t.equal((await tasks.task(2)).options.job?.uuid, uuids[3]);
	t.equal(dispatcher.busy, 2);
});

test('a job of a busy project waits without an attempt, and is not given up however long it takes', async (t) => {
	const { dispatcher, tasks, add, afterRun, pass, ended } = await dispatching(t);
	const { uuid } = await add(A);
	dispatcher.start();
	// Each delay is over by the queue's clock.
	pass(3_600_000);
	for (let retry = 0; retry < 110; retry++)
		(await tasks.task(retry)).fail(errors.projectBusy({ project_id: A, retry_after: 1 }));
	(await tasks.task(110)).succeed({});
	const job = await afterRun(uuid);
	t.match(job, { status: 'succeeded', attempts: 1, busyRetries: 110, faults: 0 });
	t.equal(ended.length, 1);
});

test('a pause of the process runs no job a second time', async (t) => {
	const { dispatcher, tasks, add, pass, queue, untilEnded } = await dispatching(t);
	const { uuid } = await add(null);
	dispatcher.start();
	const task = await tasks.task(0);
	pass(3_600_000);
	t.equal(await queue.claim({ holder: 'another' }), null);
	task.succeed({});
	await untilEnded(1);
	t.equal(tasks.begun.length, 1);
	t.match(await queue.get(uuid), { status: 'succeeded', attempts: 1 });
});

test('an end that cannot be written is written later; until then the job stays this run’s', async (t) => {
	let failures = 2;
	const wrap = (queue: JobQueue): JobQueue =>
		// The real queue, but for a store that fails twice.
		new Proxy(queue, {
			get(target, method: keyof JobQueue) {
				if (method === 'end' && failures-- > 0)
					return () => Promise.reject(errors.storeBusy({ retry_after: 1 }));
				const run = target[method] as (ask: unknown) => unknown;
				return run.bind(target);
			},
		});
	const { dispatcher, tasks, add, queue, untilEnded, errorsSeen } = await dispatching(t, { wrap });
	const { uuid } = await add(A);
	dispatcher.start();
	(await tasks.task(0)).succeed({});
	await untilEnded(1);
	t.equal((await queue.get(uuid))?.status, 'succeeded');
	t.equal(errorsSeen.filter((message) => message.includes('is not written yet')).length, 2);
});

test('cancelling ends a run; closing hands it back', async (t) => {
	const { dispatcher, tasks, add, queue, spool } = await dispatching(t);
	const first = await add(A);
	dispatcher.start();
	await tasks.task(0);
	await dispatcher.cancel(first.uuid);
	t.equal((await queue.get(first.uuid))?.status, 'cancelled');
	t.equal(spool.bytes, 0);
	const second = await add(A);
	dispatcher.wake();
	await tasks.task(1);
	await dispatcher.close();
	t.match(await queue.get(second.uuid), { status: 'queued', attempts: 1, faults: 0, crashes: 0 });
	t.equal(spool.bytes, 6, 'its upload is kept');
});

test('adopted work takes no slot, and is stopped where it is adopted while the process stops', async (t) => {
	const { dispatcher, tasks, add, queue } = await dispatching(t, { slots: 1 });
	const progress = { stage: null, done: 0, total: 0 };
	const adopt = (controller: AbortController) => {
		const job = newJob(null, { input: null });
		const output = async () => {
			if (!controller.signal.aborted) await once(controller.signal, 'abort');
			throw controller.signal.reason;
		};
		return dispatcher.adopt(job, { holder: job.uuid, controller, progress, output });
	};
	const adopted = await adopt(new AbortController());
	await add(A);
	dispatcher.start();
	await tasks.task(0);
	t.equal(dispatcher.busy, 2);
	await dispatcher.cancel(adopted.uuid);
	t.equal((await queue.get(adopted.uuid))?.status, 'cancelled');
	const closing = dispatcher.close();
	const controller = new AbortController();
	const late = await adopt(controller);
	t.equal(controller.signal.aborted, true);
	await closing;
	t.match(await queue.get(late.uuid), { status: 'queued' });
	t.equal(dispatcher.busy, 0);
});
