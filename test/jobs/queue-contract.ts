/** What every adapter of the JobQueue port must hold. Another adapter runs this suite with its own `open`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { v7 } from 'uuid';
import { errors, toErrorData } from '../../src/errors.ts';
import type { JobQueue, NewJob } from '../../src/jobs/queue.ts';

export interface OpenQueue {
	/** A queue as another thread would have it. */
	queue(): JobQueue;
	close(): Promise<void>;
}

const A = '018f3b60-0000-7000-8000-00000000000a';
const B = '018f3b60-0000-7000-8000-00000000000b';
const leaseMs = 60_000;
const me = { holder: 'me', leaseMs };

const job = (projectUuid: string | null, more: Partial<NewJob> = {}): NewJob => ({
	uuid: v7(),
	kind: 'import',
	projectUuid,
	taskInput: '{}',
	input: { name: 'file', bytes: 3, sha256: 'abc' },
	caller: { requestId: 'r', address: '::1' },
	items: 5,
	seconds: 0.5,
	webhooks: [],
	...more,
});
const succeeded = { status: 'succeeded', outcome: '{"a":1}', result: null } as const;

export function queueContract(name: string, open: () => Promise<OpenQueue>): void {
	const withQueue = (run: (queue: JobQueue, opened: OpenQueue) => Promise<void>) => async () => {
		const opened = await open();
		try {
			await run(opened.queue(), opened);
		} finally {
			await opened.close();
		}
	};
	const add = (queue: JobQueue, one: NewJob) => queue.add({ job: one, limit: 100 });
	const taken = async (queue: JobQueue) => (await queue.take(me))?.uuid ?? null;

	describe(`the queue: ${name}`, () => {
		test(
			'what was added is there as it was, for every thread',
			withQueue(async (queue, opened) => {
				const one = job(A, { webhooks: ['https://a.example/'] });
				const added = await add(queue, one);
				const { status, attempts, outcome, error, startedAt, finishedAt } = added;
				assert.deepEqual(
					[status, attempts, outcome, error, startedAt, finishedAt],
					['queued', 0, null, null, null, null],
				);
				assert.deepEqual(await opened.queue().get(one.uuid), added);
				assert.equal(await queue.get(v7()), null);
			}),
		);

		test(
			'a project’s jobs run one at a time, in their order; projects take turns',
			withQueue(async (queue) => {
				const [a1, a2, a3, b1] = [job(A), job(A), job(A), job(B)];
				for (const one of [a1, a2, a3, b1]) await add(queue, one);
				assert.equal(await taken(queue), a1.uuid);
				assert.equal(await taken(queue), b1.uuid, 'whoever has had no turn comes first');
				assert.equal(await taken(queue), null, 'both projects are busy');
				await queue.end({ uuid: a1.uuid, holder: 'me', end: succeeded });
				assert.equal(await taken(queue), a2.uuid);
				const free = job(null);
				await add(queue, free);
				assert.equal(await taken(queue), free.uuid, 'a job of no known project waits for nobody');
			}),
		);

		test(
			'no more wait than may; two who take at once get two jobs',
			withQueue(async (queue, opened) => {
				const jobs = [job(null), job(null)];
				for (const one of jobs) await queue.add({ job: one, limit: 2 });
				await assert.rejects(queue.add({ job: job(null), limit: 2 }), { code: 'too_busy' });
				const both = await Promise.all([queue.take(me), opened.queue().take({ ...me, holder: 'other' })]);
				assert.deepEqual(both.map((one) => one?.uuid).sort(), jobs.map(({ uuid }) => uuid).sort());
			}),
		);

		test(
			'a run ends once, by its holder only',
			withQueue(async (queue) => {
				const one = job(A);
				await add(queue, one);
				await queue.take(me);
				const progress = { stage: 'structure', done: 2, total: 5 } as const;
				assert.equal(await queue.renew({ uuid: one.uuid, ...me, progress }), true);
				assert.deepEqual((await queue.get(one.uuid))?.progress, progress);
				assert.equal(await queue.renew({ uuid: one.uuid, holder: 'other', leaseMs, progress }), false);
				assert.equal(await queue.end({ uuid: one.uuid, holder: 'other', end: succeeded }), false);
				const result = { name: 'made', bytes: 9, sha256: 'def' };
				assert.equal(await queue.end({ uuid: one.uuid, holder: 'me', end: { ...succeeded, result } }), true);
				assert.equal(await queue.end({ uuid: one.uuid, holder: 'me', end: { status: 'cancelled' } }), false);
				const ended = await queue.get(one.uuid);
				assert.deepEqual(
					[ended?.status, ended?.outcome, ended?.result, ended?.input],
					['succeeded', '{"a":1}', result, null],
				);
				assert.ok(ended?.finishedAt);
			}),
		);

		test(
			'what is to run again waits for its time, and keeps its place',
			withQueue(async (queue) => {
				const [first, second] = [job(A), job(A)];
				for (const one of [first, second]) await add(queue, one);
				await queue.take(me);
				const later = { status: 'queued', notBefore: Date.now() + 60_000, fault: true } as const;
				await queue.end({ uuid: first.uuid, holder: 'me', end: later });
				assert.equal(await taken(queue), null, 'the next one of the project does not overtake it');
				assert.equal((await queue.get(first.uuid))?.faults, 1);
				assert.deepEqual((await queue.get(first.uuid))?.input, first.input, 'its file is still its own');
				await queue.cancelWaiting(first.uuid);
				assert.equal(await taken(queue), second.uuid);
			}),
		);

		test(
			'jobs of a dead process wait again: at start, or when their lease has run out',
			withQueue(async (queue) => {
				const [one, other] = [job(A), job(B)];
				for (const each of [one, other]) await add(queue, each);
				await queue.take({ holder: 'dead', leaseMs: -1 });
				assert.equal((await queue.take(me))?.uuid, other.uuid);
				assert.equal((await queue.take(me))?.attempts, 2, 'the lapsed one, once more');
				assert.equal(await queue.recover(), 2);
				assert.deepEqual(await queue.figures().then(({ queued, running }) => [queued, running]), [2, 0]);
			}),
		);

		test(
			'waiting jobs are cancelled, running ones are not',
			withQueue(async (queue) => {
				const [waiting, running] = [job(A), job(B)];
				await add(queue, running);
				await queue.take(me);
				await add(queue, waiting);
				assert.equal(await queue.cancelWaiting(running.uuid), false);
				assert.equal(await queue.cancelWaiting(waiting.uuid), true);
				assert.equal((await queue.get(waiting.uuid))?.status, 'cancelled');
				assert.deepEqual(await queue.files(), [running.input]);
			}),
		);

		test(
			'jobs are listed newest first, in pages, by status',
			withQueue(async (queue) => {
				const jobs = [job(A), job(A), job(A)];
				for (const one of jobs) await add(queue, one);
				const first = await queue.list({ status: null, after: null, limit: 2 });
				assert.deepEqual(
					[first.items.map(({ uuid }) => uuid), first.total],
					[[jobs[2]?.uuid, jobs[1]?.uuid], 3],
				);
				const second = await queue.list({ status: null, after: first.next, limit: 2 });
				assert.deepEqual([second.items.map(({ uuid }) => uuid), second.next], [[jobs[0]?.uuid], null]);
				assert.equal((await queue.list({ status: 'running', after: null, limit: 2 })).total, 0);
			}),
		);

		test(
			'an end brings its messages with it, once; they are sent again later, or dropped',
			withQueue(async (queue) => {
				const one = job(A, { webhooks: ['https://a.example/', 'https://b.example/'] });
				await add(queue, one);
				await queue.take(me);
				assert.equal(await queue.nextDelivery(Date.now()), null);
				const error = toErrorData(errors.internal({}));
				await queue.end({ uuid: one.uuid, holder: 'me', end: { status: 'failed', error } });
				const first = await queue.nextDelivery(Date.now());
				assert.deepEqual(
					[first?.url, first?.attempts, first?.job.error?.spec.code],
					['https://a.example/', 0, 'internal'],
				);
				await queue.deferDelivery({ number: first?.number ?? 0, notBefore: Date.now() + 60_000 });
				const second = await queue.nextDelivery(Date.now());
				assert.equal(second?.url, 'https://b.example/');
				await queue.dropDelivery(second?.number ?? 0);
				assert.equal(await queue.nextDelivery(Date.now()), null);
				assert.equal((await queue.nextDelivery(Date.now() + 120_000))?.attempts, 1);
			}),
		);

		test(
			'files and jobs are forgotten when their time is over',
			withQueue(async (queue) => {
				const one = job(A, { kind: 'export', input: null });
				await add(queue, one);
				await queue.take(me);
				const result = { name: 'made', bytes: 9, sha256: 'def' };
				await queue.end({ uuid: one.uuid, holder: 'me', end: { ...succeeded, result } });
				const [past, future] = ['2000-01-01T00:00:00.000Z', '2100-01-01T00:00:00.000Z'];
				assert.deepEqual(await queue.expire({ results: past, jobs: past, keys: 0 }), []);
				assert.deepEqual(await queue.expire({ results: future, jobs: past, keys: 0 }), [result]);
				assert.equal((await queue.get(one.uuid))?.result, null);
				await queue.expire({ results: future, jobs: future, keys: 0 });
				assert.equal(await queue.get(one.uuid), null);
			}),
		);

		test(
			'a key is remembered with its answer, until it is forgotten',
			withQueue(async (queue) => {
				const ask = { key: 'k', fingerprint: 'f', now: Date.now() };
				assert.equal(await queue.beginKey(ask), null);
				assert.deepEqual(await queue.beginKey({ ...ask, fingerprint: 'other' }), {
					fingerprint: 'f',
					answer: null,
				});
				await queue.endKey({ key: 'k', answer: '{}' });
				assert.deepEqual(await queue.beginKey(ask), { fingerprint: 'f', answer: '{}' });
				await queue.expire({ results: '', jobs: '', keys: Date.now() + 1 });
				assert.equal(await queue.beginKey(ask), null);
				await queue.recover();
				assert.equal(await queue.beginKey(ask), null, 'whose request died with its process');
			}),
		);

		test(
			'speeds are kept',
			withQueue(async (queue) => {
				await queue.learn({ kind: 'import', recordsPerSecond: 5 });
				await queue.learn({ kind: 'import', recordsPerSecond: 7 });
				assert.deepEqual(await queue.speeds(), { import: 7 });
			}),
		);
	});
}
