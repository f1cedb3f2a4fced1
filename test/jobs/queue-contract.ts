/** What every adapter of the queue's ports must hold. Another adapter runs this suite with its own `open`. */
import type { Test } from 'tap';
import { v7 } from 'uuid';
import { errors, toErrorData } from '../../src/errors.ts';
import type { QueuePorts } from '../../src/jobs/ports.ts';
import type { Job, JobQueue, NewJob } from '../../src/jobs/queue.ts';
import { A, B, newJob as job } from '../support/queue.ts';

export interface OpenQueue {
	/** The ports as another thread would have them. */
	another(): QueuePorts;
	/** Sets the queue's clock forward. */
	pass(ms: number): void;
}

const succeeded = { status: 'succeeded', outcome: '{"a":1}', result: null } as const;
const forever = Number.MAX_SAFE_INTEGER;

/** @param open opens an empty queue, which ends with the test */
export function queueContract(t: Test, open: (t: Test) => QueuePorts & OpenQueue): void {
	const add = (queue: JobQueue, one: NewJob) => queue.add({ job: one, limit: 100 });
	const claim = (queue: JobQueue) => queue.claim({ holder: v7() });
	const claimed = async (queue: JobQueue) => (await claim(queue))?.uuid ?? null;
	/** Adds a job and claims it for the run `me`. */
	const running = async (queue: JobQueue, one: NewJob = job(A)): Promise<Job> => {
		await add(queue, one);
		const taken = await queue.claim({ holder: 'me' });
		if (taken === null) throw new Error('there is nothing to claim');
		return taken;
	};
	const again = (reason: 'stopped' | 'busy' | 'fault' | 'stall', notBefore = 0) =>
		({ status: 'queued', notBefore, reason }) as const;

	t.test('a job that was added is there as it was, for every thread', async (t) => {
		const queue = open(t);
		const one = job(A, { webhooks: ['https://a.example/'] });
		const added = await add(queue.jobs, one);
		t.match(added, { status: 'queued', attempts: 0, busyRetries: 0, faults: 0, stalls: 0, crashes: 0 });
		t.match(added, { outcome: null, error: null, startedAt: null, finishedAt: null });
		t.strictSame(await queue.another().jobs.get(one.uuid), added);
		t.equal(await queue.jobs.get(v7()), null);
	});

	t.test('a project’s jobs run one at a time, in their order; projects take turns', async (t) => {
		const { jobs: queue } = open(t);
		const [a1, a2, a3, b1] = [job(A), job(A), job(A), job(B)];
		for (const one of [a1, a2, a3, b1]) await add(queue, one);
		t.equal((await queue.claim({ holder: 'me' }))?.uuid, a1.uuid);
		t.equal(await claimed(queue), b1.uuid, 'a project that has had no turn comes first');
		t.equal(await claimed(queue), null, 'both projects are busy');
		await queue.end({ uuid: a1.uuid, holder: 'me', end: succeeded });
		t.equal(await claimed(queue), a2.uuid);
		const free = job(null);
		await add(queue, free);
		t.equal(await claimed(queue), free.uuid, 'a job of no known project waits for no other');
	});

	t.test('no more wait than may; two claims at once get two jobs', async (t) => {
		const queue = open(t);
		const jobs = [job(null), job(null)];
		for (const one of jobs) await queue.jobs.add({ job: one, limit: 2 });
		await t.rejects(queue.jobs.add({ job: job(null), limit: 2 }), { code: 'too_busy' });
		const both = await Promise.all([claimed(queue.jobs), claimed(queue.another().jobs)]);
		t.strictSame(both.sort(), jobs.map(({ uuid }) => uuid).sort());
	});

	t.test('a run ends once, and only the run that holds the job ends it', async (t) => {
		const { jobs: queue } = open(t);
		const { uuid } = await running(queue);
		const progress = { stage: 'structure', done: 2, total: 5 } as const;
		t.equal(await queue.renew({ uuid, holder: 'me', progress }), true);
		t.strictSame((await queue.get(uuid))?.progress, progress);
		t.equal(await queue.renew({ uuid, holder: 'other', progress }), false);
		t.equal(await queue.end({ uuid, holder: 'other', end: succeeded }), false);
		const result = { name: 'made', bytes: 9, sha256: 'def' };
		t.equal(await queue.end({ uuid, holder: 'me', end: { ...succeeded, result } }), true);
		t.equal(await queue.end({ uuid, holder: 'me', end: { status: 'cancelled' } }), false);
		t.match(await queue.get(uuid), { status: 'succeeded', outcome: '{"a":1}', result, input: null });
		t.type((await queue.get(uuid))?.finishedAt, 'string');
	});

	t.test(
		'a claim outlasts any pause of its process: no time gives a running job to a second run',
		async (t) => {
			const queue = open(t);
			const { uuid } = await running(queue.jobs, job(null));
			queue.pass(24 * 3_600_000);
			t.equal(await claimed(queue.another().jobs), null);
			t.equal(await queue.jobs.end({ uuid, holder: 'me', end: succeeded }), true);
		},
	);

	t.test('a job that is to run again waits for its time, and keeps its place', async (t) => {
		const queue = open(t);
		const [first, second] = [await running(queue.jobs), await add(queue.jobs, job(A))];
		const later = again('fault', Date.now() + 60_000);
		await queue.jobs.end({ uuid: first.uuid, holder: 'me', end: later });
		t.equal(await claimed(queue.jobs), null, 'the next one of the project does not overtake it');
		t.strictSame((await queue.jobs.get(first.uuid))?.input, first.input, 'its file is still its own');
		queue.pass(61_000);
		t.equal(await claimed(queue.jobs), first.uuid);
		t.equal(await queue.jobs.cancelWaiting(second.uuid), true);
	});

	t.test('attempts, busy retries, faults, stalls and crashes are counted apart', async (t) => {
		const { jobs: queue } = open(t);
		const { uuid } = await running(queue);
		const counts = async () => {
			const { attempts, busyRetries, faults, stalls, crashes } = (await queue.get(uuid)) ?? ({} as Job);
			return { attempts, busyRetries, faults, stalls, crashes };
		};
		const none = { busyRetries: 0, faults: 0, stalls: 0, crashes: 0 };
		const endBy = (reason: 'stopped' | 'busy' | 'fault' | 'stall') =>
			queue.end({ uuid, holder: 'me', end: again(reason) });
		t.strictSame(await counts(), { ...none, attempts: 1 });
		await endBy('busy');
		t.strictSame(await counts(), { ...none, attempts: 0, busyRetries: 1 }, 'it was not begun');
		t.equal((await queue.get(uuid))?.startedAt, null);
		await queue.claim({ holder: 'me' });
		await endBy('fault');
		await queue.claim({ holder: 'me' });
		await endBy('stall');
		await queue.claim({ holder: 'me' });
		await endBy('stopped');
		await queue.claim({ holder: 'me' });
		t.equal(await queue.recover(), 1);
		t.strictSame(await counts(), { attempts: 4, busyRetries: 1, faults: 1, stalls: 1, crashes: 1 });
	});

	t.test('at start, jobs of the process before wait again; a run of it ends nothing any more', async (t) => {
		const { jobs: queue } = open(t);
		const { uuid } = await running(queue);
		await add(queue, job(B));
		t.equal(await queue.recover(), 1);
		t.match(await queue.figures(), { queued: 2, running: 0 });
		t.equal(await queue.end({ uuid, holder: 'me', end: succeeded }), false);
	});

	t.test('work under way is adopted as a job that runs', async (t) => {
		const { jobs: queue } = open(t);
		const one = job(A);
		t.match(await queue.adopt({ job: one, holder: 'me' }), { status: 'running', attempts: 1 });
		t.equal(await claimed(queue), null);
		t.equal(await queue.end({ uuid: one.uuid, holder: 'me', end: succeeded }), true);
	});

	t.test('waiting jobs are cancelled, running ones are not', async (t) => {
		const { jobs: queue } = open(t);
		const run = await running(queue, job(B));
		const waiting = await add(queue, job(A));
		t.equal(await queue.cancelWaiting(run.uuid), false);
		t.equal(await queue.cancelWaiting(waiting.uuid), true);
		t.equal((await queue.get(waiting.uuid))?.status, 'cancelled');
		t.strictSame(await queue.files(), { inputs: [run.input], results: [] });
	});

	t.test('jobs are listed newest first, in pages, by status', async (t) => {
		const { jobs: queue } = open(t);
		const jobs = [job(A), job(A), job(A)];
		for (const one of jobs) await add(queue, one);
		const uuids = (page: { items: Job[] }) => page.items.map(({ uuid }) => uuid);
		const first = await queue.list({ status: null, after: null, limit: 2 });
		t.strictSame([uuids(first), first.total], [[jobs[2]?.uuid, jobs[1]?.uuid], 3]);
		const second = await queue.list({ status: null, after: first.next, limit: 2 });
		t.strictSame([uuids(second), second.next], [[jobs[0]?.uuid], null]);
		t.equal((await queue.list({ status: 'running', after: null, limit: 2 })).total, 0);
	});

	t.test(
		'a job that succeeds or fails leaves a delivery for each address, a cancelled one none',
		async (t) => {
			const { jobs: queue, outbox } = open(t);
			const webhooks = ['https://a.example/x', 'https://b.example:8443/y?z'];
			const ask = { now: forever, perOrigin: 10, underway: [] };
			const cancelled = await running(queue, job(A, { webhooks }));
			await queue.end({ uuid: cancelled.uuid, holder: 'me', end: { status: 'cancelled' } });
			t.strictSame(await outbox.due(ask), []);
			const failed = await running(queue, job(A, { webhooks }));
			const error = toErrorData(errors.internal({}));
			await queue.end({ uuid: failed.uuid, holder: 'me', end: { status: 'failed', error } });
			const due = await outbox.due(ask);
			t.strictSame(
				due.map(({ url, origin, attempts, job }) => [url, origin, attempts, job.error?.spec.code]),
				[
					['https://a.example/x', 'https://a.example', 0, 'internal'],
					['https://b.example:8443/y?z', 'https://b.example:8443', 0, 'internal'],
				],
			);
		},
	);

	t.test(
		'deliveries come due in their time, so many of an origin at once, and without those under way',
		async (t) => {
			const { jobs: queue, outbox } = open(t);
			for (const url of [
				'https://a.example/1',
				'https://a.example/2',
				'https://a.example/3',
				'https://b.example/1',
			]) {
				const { uuid } = await running(queue, job(A, { webhooks: [url] }));
				await queue.end({ uuid, holder: 'me', end: succeeded });
			}
			const due = async (more: Partial<Parameters<typeof outbox.due>[0]> = {}) =>
				outbox.due({ now: 1_000, perOrigin: 2, underway: [], ...more });
			const urls = async (more: Parameters<typeof due>[0] = {}) => (await due(more)).map(({ url }) => url);
			t.strictSame(await urls(), ['https://a.example/1', 'https://a.example/2', 'https://b.example/1']);
			const [first, second] = await due();
			const underway = [first?.number ?? 0];
			t.strictSame(await urls({ underway, perOrigin: 1 }), ['https://a.example/2', 'https://b.example/1']);
			await outbox.defer({ number: first?.number ?? 0, notBefore: 2_000 });
			await outbox.remove(second?.number ?? 0);
			t.strictSame(await urls(), ['https://a.example/3', 'https://b.example/1']);
			t.equal((await due({ now: 2_000 })).find(({ url }) => url === 'https://a.example/1')?.attempts, 1);
		},
	);

	t.test(
		'files and jobs are forgotten when their time is over, some at a time, no job before its file',
		async (t) => {
			const { jobs: queue } = open(t);
			const result = { name: 'made', bytes: 9, sha256: 'def' };
			const uuids: string[] = [];
			for (let count = 0; count < 3; count++) {
				const { uuid } = await running(queue, job(A, { kind: 'export', input: null }));
				await queue.end({ uuid, holder: 'me', end: { ...succeeded, result } });
				uuids.push(uuid);
			}
			const [past, future] = ['2000-01-01T00:00:00.000Z', '2100-01-01T00:00:00.000Z'];
			t.strictSame(await queue.expire({ results: past, jobs: past, limit: 2 }), { files: [], more: false });
			const first = await queue.expire({ results: future, jobs: past, limit: 2 });
			t.strictSame(first, { files: [result, result], more: true });
			t.equal((await queue.get(uuids[0] ?? ''))?.result, null);
			const both = await queue.expire({ results: past, jobs: future, limit: 10 });
			t.strictSame(both, { files: [], more: false });
			t.equal(await queue.get(uuids[1] ?? ''), null);
			t.strictSame((await queue.get(uuids[2] ?? ''))?.result, result, 'its file is still there');
		},
	);

	t.test('the oldest results are forgotten first, as many as have so many bytes', async (t) => {
		const { jobs: queue, pass } = open(t);
		const results = ['a', 'b', 'c', 'd'].map((name) => ({ name, bytes: 10, sha256: 'x' }));
		for (const result of results) {
			const { uuid } = await running(queue, job(A, { kind: 'export', input: null }));
			await queue.end({ uuid, holder: 'me', end: { ...succeeded, result } });
			pass(1_000);
		}
		const [first, second, ...others] = results;
		t.strictSame(await queue.forgetResults(11), [first, second]);
		t.strictSame((await queue.files()).results, others);
		t.strictSame(await queue.forgetResults(1_000), others);
		t.strictSame(await queue.forgetResults(1), []);
	});

	t.test('a key is kept with its answer until it expires; without one, until the next start', async (t) => {
		const { keys } = open(t);
		const ask = { key: 'k', fingerprint: 'f', now: 1_000 };
		t.equal(await keys.begin(ask), null);
		t.strictSame(await keys.begin({ ...ask, fingerprint: 'other' }), { fingerprint: 'f', answer: null });
		await keys.end({ key: 'k', answer: '{}' });
		t.strictSame(await keys.begin(ask), { fingerprint: 'f', answer: '{}' });
		await keys.recover();
		t.strictSame(await keys.begin(ask), { fingerprint: 'f', answer: '{}' });
		await keys.expire(1_001);
		t.equal(await keys.begin(ask), null);
		await keys.recover();
		t.equal(await keys.begin(ask), null, 'its request ended with its process');
		await keys.end({ key: 'k', answer: null });
		t.equal(await keys.begin(ask), null, 'a request that failed may be tried again');
	});

	t.test('speeds are kept, the last of each kind', async (t) => {
		const { speeds } = open(t);
		await speeds.keep({ kind: 'import', recordsPerSecond: 5 });
		await speeds.keep({ kind: 'import', recordsPerSecond: 7 });
		t.strictSame(await speeds.all(), { import: 7 });
	});
}
