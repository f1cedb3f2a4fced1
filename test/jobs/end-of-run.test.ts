import { test } from 'tap';
import { errors } from '../../src/errors.ts';
import { endOfRun, tooManyCrashes } from '../../src/jobs/end-of-run.ts';
import type { Job } from '../../src/jobs/queue.ts';
import { newJob } from '../support/queue.ts';

const NOW = 1_000_000;
const job = (more: Partial<Job> = {}): Job => ({
	...newJob(null),
	status: 'running',
	progress: { stage: null, done: 0, total: 0 },
	attempts: 1,
	busyRetries: 0,
	faults: 0,
	stalls: 0,
	crashes: 0,
	outcome: null,
	error: null,
	result: null,
	createdAt: '',
	startedAt: null,
	finishedAt: null,
	...more,
});
const project_id = '018f3b60-0000-7000-8000-00000000000a';
const busy = errors.projectBusy({ project_id, retry_after: 1 });
const stalled = errors.workStalled({ retry_after: 1 });
const cancelled = errors.cancelled({});
const stopping = errors.stopping({ retry_after: 5 });
const full = errors.spoolFull({});

test('a busy project lets a job wait, longer each time, and never fails it', async (t) => {
	const delays = Array.from({ length: 8 }, (_, busyRetries) => {
		const end = endOfRun(job({ busyRetries }), busy, null, NOW);
		return end.status === 'queued' && end.reason === 'busy' ? end.notBefore - NOW : null;
	});
	t.strictSame(delays, [200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
	t.match(endOfRun(job({ busyRetries: 10_000 }), busy, null, NOW), { status: 'queued', reason: 'busy' });
});

test('faults of the machine are tried again, longer each time, then given up with the last reason', async (t) => {
	for (const [faults, delay] of [
		[0, 1_000],
		[1, 2_000],
		[3, 8_000],
	] as const)
		t.strictSame(endOfRun(job({ faults }), full, null, NOW), {
			status: 'queued',
			notBefore: NOW + delay,
			reason: 'fault',
		});
	const end = endOfRun(job({ faults: 4, attempts: 7 }), full, null, NOW);
	t.match(end, { status: 'failed', error: { spec: { code: 'job_given_up' }, details: { attempts: 7 } } });
	t.match(endOfRun(job(), new Error('unknown'), null, NOW), { status: 'queued', reason: 'fault' });
});

test('work that stalls is tried once more, then failed with that code', async (t) => {
	t.strictSame(endOfRun(job(), stalled, null, NOW), { status: 'queued', notBefore: NOW, reason: 'stall' });
	t.match(endOfRun(job({ stalls: 1 }), stalled, null, NOW), {
		status: 'failed',
		error: { spec: { code: 'work_stalled' } },
	});
});

test('a refusal fails the job at once, with all that it says', async (t) => {
	const refusal = errors.notAnArchive({ reason: 'it is empty' });
	t.match(endOfRun(job(), refusal, null, NOW), {
		status: 'failed',
		error: { spec: { code: 'not_an_archive' } },
	});
});

test('a run that was told to stop is cancelled or handed back, also where the watchdog had to end it', async (t) => {
	for (const error of [cancelled, stalled, stopping]) {
		t.strictSame(endOfRun(job(), error, 'cancelled', NOW), { status: 'cancelled' });
		t.match(endOfRun(job(), error, 'stopped', NOW), { status: 'queued', notBefore: 0, reason: 'stopped' });
	}
	t.match(endOfRun(job(), stopping, null, NOW), { status: 'queued', notBefore: 0, reason: 'stopped' });
	t.match(endOfRun(job(), full, 'stopped', NOW), { status: 'queued', reason: 'fault' });
});

test('a job that brings down its process again and again is given up, and says how often', async (t) => {
	t.equal(tooManyCrashes(job({ crashes: 99, attempts: 500 })), null);
	t.match(tooManyCrashes(job({ crashes: 100, attempts: 104 })), {
		status: 'failed',
		error: { spec: { code: 'job_given_up' }, message: /the process ended 100 times/ },
	});
});
