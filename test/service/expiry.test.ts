import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { test } from 'tap';
import { ResultFiles } from '../../src/jobs/result-files.ts';
import { Expiry } from '../../src/service/expiry.ts';
import { Spool } from '../../src/spool/spool.ts';
import { newJob, sqliteQueue } from '../support/queue.ts';

test('results, jobs and keys go when their time is over, with their files, however many there are', async (t) => {
	const folder = t.testdir();
	let now = Date.now();
	const queue = sqliteQueue(folder, () => now);
	t.teardown(() => queue.close());
	const options = {
		folder: `${folder}/spool`,
		quotaBytes: 1e9,
		maxUploadBytes: 1e9,
		idleMs: 1e6,
		totalMs: 1e6,
	};
	const spool = await Spool.prepare(options, []);
	const results = new ResultFiles(spool, queue.jobs, []);
	const names: string[] = [];
	for (let count = 0; count < 3; count++) {
		const { uuid } = await queue.jobs.add({ job: newJob(null, { kind: 'export', input: null }), limit: 9 });
		await queue.jobs.claim({ holder: 'me' });
		const path = spool.newPath();
		await writeFile(path, 'made');
		const result = await results.own(path, 4, 'x');
		names.push(path);
		await queue.jobs.end({ uuid, holder: 'me', end: { status: 'succeeded', outcome: '{}', result } });
	}
	await queue.keys.begin({ key: 'k', fingerprint: 'f', now });
	const failed: string[] = [];
	const expiry = new Expiry({
		jobs: queue.jobs,
		keys: queue.keys,
		files: results,
		resultSeconds: 60,
		jobSeconds: 3_600,
		now: () => now,
		onError: (_error, message) => void failed.push(message),
	});
	const total = async () => (await queue.jobs.list({ status: null, after: null, limit: 1 })).total;
	await expiry.run();
	t.equal(spool.bytes, 12);
	now += 61_000;
	await expiry.run();
	t.strictSame([spool.bytes, names.some((path) => existsSync(path)), await total()], [0, false, 3]);
	now += 3_600_000;
	await expiry.run();
	t.equal(await total(), 0);
	t.not(await queue.keys.begin({ key: 'k', fingerprint: 'f', now }), null, 'a key is kept for a day');
	now += 86_400_000;
	await expiry.run();
	t.equal(await queue.keys.begin({ key: 'k', fingerprint: 'f', now }), null);
	queue.close();
	await expiry.run();
	t.strictSame(failed, ['expiry failed'], 'it is tried again next time');
	await expiry.close();
});
