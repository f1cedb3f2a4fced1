import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { v7 } from 'uuid';
import { readConfig } from '../../src/config.ts';
import { DssError } from '../../src/errors.ts';
import { prepareStore } from '../../src/store/sqlite/open.ts';
import { WorkerPool } from '../../src/workers/pool.ts';
import { buildDss, PROJECT } from '../support/dss-builder.ts';

/** A pool on real threads, one for archives, that wait 2 s for a sign of life. */
async function pool(t: Test, entry = '../support/looping-worker.ts') {
	const dataDir = t.testdir();
	const { limits } = readConfig({});
	const settings = { dataDir, busyTimeoutMs: 100, limits };
	prepareStore(settings);
	const path = join(dataDir, 'upload');
	await writeFile(path, buildDss());
	const logged: string[] = [];
	const log = (_about: object, message: string) => void logged.push(message);
	const running = new WorkerPool({
		entry: new URL(entry, import.meta.url),
		settings: () => settings,
		workers: 1,
		jobWorkers: 1,
		stallTimeoutMs: 2_000,
		busyTimeoutMs: 100,
		onDurations: () => undefined,
		log: { error: log, fatal: log },
	});
	t.teardown(() => running.close());
	const run = (
		name: string | null,
		options: Parameters<WorkerPool['run']>[2] = {},
		projectId: string | null = null,
	) => {
		const upload = {
			path,
			mediaType: 'unknown' as const,
			fileName: null,
			projectId,
			freshUuid: v7(),
			name,
			references: null,
			values: 'keep' as const,
		};
		const input = {
			upload,
			confirmRemoval: false,
			discardLocalChanges: true,
			merge: null,
			precondition: null,
		};
		return running.run('import', input, options);
	};
	/** Imports once the lease of work that was ended is back: that is undone behind its answer where it takes long. */
	const runWhenFree = async () => {
		for (;;) {
			try {
				return await run(null);
			} catch (error) {
				if (!(error instanceof DssError && error.code === 'project_busy')) throw error;
			}
		}
	};
	return { running, run, runWhenFree, logged };
}

test('a task that loops in JavaScript is ended with its thread, answers work_stalled, and leaves no lease', async (t) => {
	const { running, run, runWhenFree, logged } = await pool(t);
	const { value } = await run(null);
	t.equal(value.revision.projectUuid, PROJECT);
	const looping = run('loop in JavaScript', {}, PROJECT);
	await t.rejects(looping, { code: 'work_stalled', details: { retry_after: 10 } });
	t.strictSame(logged, ['a task did not stop: its thread was ended and replaced']);
	t.equal((await runWhenFree()).value.existed, true, 'another thread goes on, and the project becomes free');
	t.match(running.state, { stuck: 0, deaths: 0 });
});

test('a statement that loops and calls checkpoint() is ended without its thread', async (t) => {
	const { running, run, logged } = await pool(t);
	await run(null);
	const { running: threads } = running.state;
	await t.rejects(run('loop in SQL with checkpoint', {}, PROJECT), { code: 'work_stalled' });
	t.strictSame(logged, []);
	t.equal(running.state.running, threads);
	t.equal((await run(null)).value.existed, true, 'the project is free');
});

test('a loop that its caller cancels ends at once in SQL with checkpoint(), with its thread in JavaScript', async (t) => {
	const { run, logged } = await pool(t);
	for (const [name, messages] of [
		['loop in SQL with checkpoint', 0],
		['loop in JavaScript', 1],
	] as const) {
		const caller = new AbortController();
		const onProgress = () => caller.abort();
		await t.rejects(run(name, { signal: caller.signal, onProgress }), { code: 'cancelled' }, name);
		t.equal(logged.length, messages, name);
	}
	await run(null);
});

test('work that waits for a thread is cancelled where it waits, and the thread goes on', async (t) => {
	const { run, logged } = await pool(t);
	const first = new AbortController();
	const looping = run('loop in SQL with checkpoint', { signal: first.signal });
	const caller = new AbortController();
	const waiting = run(null, { signal: caller.signal });
	caller.abort();
	await t.rejects(waiting, { code: /cancelled/ });
	await t.rejects(looping, { code: /work_stalled|cancelled/ });
	t.strictSame(logged, []);
});

test('closing ends what loops and refuses what comes after, each with `stopping`', async (t) => {
	for (const name of ['loop in JavaScript', 'loop in SQL with checkpoint']) {
		const { running, run } = await pool(t);
		const hasBegun = Promise.withResolvers<void>();
		const looping = run(name, { onProgress: () => hasBegun.resolve() });
		looping.catch(() => undefined);
		const waiting = run(null);
		waiting.catch(() => undefined);
		await hasBegun.promise;
		await running.close();
		for (const ended of [looping, waiting, run(null)])
			await t.rejects(ended, { code: 'stopping', spec: { status: 503 }, details: { retry_after: 5 } }, name);
		t.equal(running.state.stuck, 0);
	}
});

test('work that its caller stopped is cancelled, also where the pool closes', async (t) => {
	const { running, run } = await pool(t);
	const caller = new AbortController();
	const looping = run('loop in JavaScript', { signal: caller.signal, onProgress: () => caller.abort() });
	const cancelled = t.rejects(looping, { code: 'cancelled' });
	await new Promise((resolve) => caller.signal.addEventListener('abort', resolve));
	await running.close();
	await cancelled;
});

test('tasks whose threads cannot start fail, each of them, and wait for nothing', async (t) => {
	const { run, logged } = await pool(t, '../support/failing-worker.ts');
	for (const background of [false, true, true]) {
		await t.rejects(run(null, { background }), { code: 'internal' });
	}
	t.match(logged, ['a worker thread without work died']);
});
