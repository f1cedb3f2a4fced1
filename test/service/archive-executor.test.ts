import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { type Test, test } from 'tap';
import { errors } from '../../src/errors.ts';
import { Dispatcher } from '../../src/jobs/dispatcher.ts';
import { ResultFiles } from '../../src/jobs/result-files.ts';
import { Metrics } from '../../src/plugins/metrics.ts';
import { ArchiveExecutor } from '../../src/service/archive-executor.ts';
import { Estimator } from '../../src/service/estimator.ts';
import { WorkMetrics } from '../../src/service/work-metrics.ts';
import { Spool } from '../../src/spool/spool.ts';
import { A, sqliteQueue } from '../support/queue.ts';
import { HandRunner } from '../support/runner.ts';

/** An executor on a real queue, spool and dispatcher; tasks end as the test says. */
async function executing(t: Test, requestTimeoutMs: number) {
	const folder = t.testdir();
	const queue = sqliteQueue(folder);
	const options = {
		folder: `${folder}/spool`,
		quotaBytes: 1e9,
		maxUploadBytes: 1e9,
		idleMs: 1e6,
		totalMs: 1e6,
	};
	const spool = await Spool.prepare(options, []);
	const results = new ResultFiles(spool, queue.jobs, []);
	const tasks = new HandRunner();
	const onError = (error: unknown) => t.fail(String(error));
	const dispatcher = new Dispatcher({
		queue: queue.jobs,
		tasks,
		files: results,
		// It claims nothing: jobs wait, or are adopted.
		slots: 0,
		renewEveryMs: null,
		onEnd: () => undefined,
		onError: () => undefined,
		log: { info: () => undefined },
	});
	const estimator = new Estimator(queue.speeds, {}, onError);
	const executor = new ArchiveExecutor({
		queue: queue.jobs,
		dispatcher,
		tasks,
		spool,
		results,
		estimator,
		outcomes: new WorkMetrics(new Metrics(spool), estimator),
		requestTimeoutMs,
		queueLimit: 2,
		webhooks: ['https://own.example/'],
		callbackOrigins: ['https://a.example'],
		onError,
	});
	t.teardown(async () => {
		await dispatcher.close();
		queue.close();
	});
	const caller = new AbortController();
	const execution = (more: object = {}) => ({
		asJob: 'if_long' as const,
		callbackUrl: null,
		signal: caller.signal,
		caller: { requestId: 'r', address: '::1', log: { warn: () => undefined } },
		...more,
	});
	const exporting = () => ({
		kind: 'export' as const,
		input: { projectUuid: A, selection: null, revision: null, generator: 'test' },
		file: null,
		path: spool.newPath(),
		projectUuid: A,
		items: 10,
	});
	const importing = async (bytes: number) => ({
		kind: 'import' as const,
		// The runner of this test reads none of it.
		input: { upload: {} } as never,
		file: await spool.receive(Readable.from([Buffer.alloc(bytes)]), new AbortController().signal),
		projectUuid: null,
		items: null,
	});
	return { queue: queue.jobs, spool, tasks, dispatcher, executor, caller, execution, exporting, importing };
}

test('work becomes a job where it should take more than 80 % of the request time-out', async (t) => {
	const { executor } = await executing(t, 10_000);
	t.strictSame([executor.outlasts(8), executor.outlasts(8.001)], [false, true]);
});

test('work that is done in time is answered within its request, and is no job', async (t) => {
	const { executor, tasks, execution, importing, queue } = await executing(t, 1e6);
	const performing = executor.perform(await importing(10), execution());
	(await tasks.task(0)).succeed({
		existed: false,
		revision: { counts: { themes: 1, tokens: 2, components: 0 } },
	});
	t.match(await performing, { done: { existed: false } });
	t.equal((await queue.figures()).queued, 0);
});

test('a caller that goes away ends work that is no job', async (t) => {
	const { executor, tasks, execution, importing, caller } = await executing(t, 1e6);
	const performing = executor.perform(await importing(10), execution());
	await tasks.task(0);
	caller.abort(errors.cancelled({}));
	await t.rejects(performing);
});

test('a look at an upload that is refused lets the work refuse it; a fault of the machine is not swallowed', async (t) => {
	const { executor, tasks, execution, importing } = await executing(t, 1e6);
	const refused = executor.perform(await importing(70_000), execution());
	t.equal((await tasks.task(0)).name, 'peek');
	(await tasks.task(0)).fail(errors.notAnArchive({ reason: 'it is empty' }));
	t.equal((await tasks.task(1)).name, 'import');
	(await tasks.task(1)).fail(errors.notAnArchive({ reason: 'it is empty' }));
	await t.rejects(refused, { code: 'not_an_archive' });
	const faulty = executor.perform(await importing(70_000), execution());
	(await tasks.task(2)).fail(errors.storeFailed({}));
	await t.rejects(faulty, { code: 'store_failed' });
	t.equal(tasks.begun.length, 3);
});

test('a full queue leaves no upload behind, and a callback of another origin is refused', async (t) => {
	const { executor, execution, importing, spool, queue } = await executing(t, 1e6);
	const background = execution({ asJob: 'always', callbackUrl: 'https://a.example/mine' });
	for (let count = 0; count < 2; count++)
		t.match(await executor.perform({ ...(await importing(5)), items: 1 }, background), { queued: {} });
	const { items } = await queue.list({ status: null, after: null, limit: 1 });
	t.strictSame(items[0]?.webhooks, ['https://own.example/', 'https://a.example/mine']);
	const kept = spool.bytes;
	await t.rejects(executor.perform({ ...(await importing(5)), items: 1 }, background), { code: 'too_busy' });
	t.equal(spool.bytes, kept);
	const elsewhere = execution({ callbackUrl: 'https://b.example/' });
	await t.rejects(executor.perform(await importing(1), elsewhere), { code: 'callback_not_allowed' });
});

test('an export that is handed over and then cancelled leaves no file', async (t) => {
	const { executor, tasks, execution, exporting, dispatcher, queue, spool } = await executing(t, 50);
	const task = exporting();
	const performing = executor.perform(task, execution());
	await tasks.task(0);
	await writeFile(task.path, 'half of it');
	const performed = await performing;
	if (!('queued' in performed)) throw new Error('it was not handed over');
	await dispatcher.cancel(performed.queued.job_id);
	t.equal((await queue.get(performed.queued.job_id))?.status, 'cancelled');
	t.strictSame([existsSync(task.path), spool.bytes], [false, 0]);
});

test('an export that is handed over and ends well is its job’s file, counted once', async (t) => {
	const { executor, tasks, execution, exporting, dispatcher, queue, spool } = await executing(t, 50);
	const task = exporting();
	const performing = executor.perform(task, execution());
	const begun = await tasks.task(0);
	await writeFile(task.path, 'all of it');
	const performed = await performing;
	if (!('queued' in performed)) throw new Error('it was not handed over');
	const { job_id: uuid } = performed.queued;
	t.equal(begun.options.job?.uuid, uuid, 'the job that its revision would end');
	begun.succeed({ bytes: 9, sha256: 'x' });
	while (dispatcher.running(uuid) !== null)
		await new Promise<void>((resolve) => {
			const stop = dispatcher.watch(uuid, () => {
				stop();
				resolve();
			});
		});
	t.match(await queue.get(uuid), { status: 'succeeded', result: { bytes: 9 } });
	t.strictSame([existsSync(task.path), spool.bytes], [true, 9]);
});
