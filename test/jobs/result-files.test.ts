import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { type Test, test } from 'tap';
import { ResultFiles } from '../../src/jobs/result-files.ts';
import { Spool } from '../../src/spool/spool.ts';
import { newJob, sqliteQueue } from '../support/queue.ts';

/** Results on a real spool of 100 bytes and a real queue. */
async function resultsOf(t: Test) {
	const folder = t.testdir();
	let now = 0;
	const queue = sqliteQueue(folder, () => now++ * 1_000);
	t.teardown(() => queue.close());
	const options = {
		folder: `${folder}/spool`,
		quotaBytes: 100,
		maxUploadBytes: 100,
		idleMs: 1e6,
		totalMs: 1e6,
	};
	const spool = await Spool.prepare(options, []);
	const results = new ResultFiles(spool, queue.jobs, []);
	const written = async (bytes: number) => {
		const path = results.newPath();
		await writeFile(path, Buffer.alloc(bytes));
		return path;
	};
	/** A job that ends with a result of so many bytes. */
	const job = async (bytes: number) => {
		const result = await results.own(await written(bytes), bytes, 'x');
		const { uuid } = await queue.jobs.add({ job: newJob(null, { kind: 'export', input: null }), limit: 99 });
		await queue.jobs.claim({ holder: 'me' });
		await queue.jobs.end({ uuid, holder: 'me', end: { status: 'succeeded', outcome: '{}', result } });
		return { uuid, path: results.pathOf(result.name), result };
	};
	const receive = (bytes: number) =>
		spool.receive(Readable.from([Buffer.alloc(bytes)]), new AbortController().signal);
	return { queue: queue.jobs, options, spool, results, written, job, receive };
}

test('results keep to half of the spool: the oldest give way, and uploads are taken however many there are', async (t) => {
	const { job, spool, receive, queue } = await resultsOf(t);
	const jobs = [];
	for (let count = 0; count < 6; count++) jobs.push(await job(20));
	t.equal(spool.bytes, 40);
	t.strictSame(
		jobs.map(({ path }) => existsSync(path)),
		[false, false, false, false, true, true],
	);
	t.equal((await queue.get(jobs[0]?.uuid ?? ''))?.result, null, 'the job knows it');
	await using upload = await receive(60);
	t.equal(upload.bytes, 60);
});

test('a result for which uploads leave no room is refused and leaves nothing', async (t) => {
	const { written, results, spool, receive, job } = await resultsOf(t);
	const kept = await job(10);
	await using _upload = await receive(90);
	const path = await written(20);
	await t.rejects(results.own(path, 20, 'x'), { code: 'spool_full' });
	t.strictSame([existsSync(path), existsSync(kept.path), spool.bytes], [false, true, 100]);
});

test('results that requests have not read yet give way to nobody, and count', async (t) => {
	const { written, results, spool } = await resultsOf(t);
	const file = await results.ownForRequest(await written(40), 40, 'x');
	await t.rejects(results.own(await written(20), 20, 'x'), { code: 'spool_full' });
	await file.remove();
	await file.remove();
	t.equal(spool.bytes, 0);
	await results.own(await written(20), 20, 'x');
});

test('a result is counted off once, whoever removes it', async (t) => {
	const { job, results, spool } = await resultsOf(t);
	const { result } = await job(30);
	await Promise.all([results.releaseResult(result), results.releaseResult(result)]);
	t.equal(spool.bytes, 0);
});

test('what is kept from before counts, and goes first where the quota was lowered', async (t) => {
	const { queue, options, job } = await resultsOf(t);
	const kept = [await job(25), await job(25)];
	const owned = (await queue.files()).results;
	const results = new ResultFiles(await Spool.prepare({ ...options, quotaBytes: 60 }, owned), queue, owned);
	await results.makeRoom();
	t.strictSame(
		kept.map(({ path }) => existsSync(path)),
		[false, true],
	);
});
