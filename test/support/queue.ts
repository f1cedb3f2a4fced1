/** Real queues in folders of their own, and jobs for them. */
import { v7 } from 'uuid';
import type { NewJob } from '../../src/jobs/queue.ts';
import { openQueue } from '../../src/jobs/sqlite/open.ts';
import { prepareStore } from '../../src/store/sqlite/open.ts';

export const A = '018f3b60-0000-7000-8000-00000000000a';
export const B = '018f3b60-0000-7000-8000-00000000000b';

/** A job as it is asked for; `project` null: of no known project. */
export const newJob = (project: string | null, more: Partial<NewJob> = {}): NewJob => ({
	uuid: v7(),
	kind: 'import',
	projectUuid: project,
	taskInput: '{}',
	input: { name: 'file', bytes: 3, sha256: 'abc' },
	caller: { requestId: 'r', address: '::1' },
	items: 5,
	seconds: 0.5,
	webhooks: [],
	...more,
});

/** A queue on SQLite in a prepared folder, with a clock that the test may set. */
export function sqliteQueue(dataDir: string, now: () => number = Date.now) {
	const options = { dataDir, busyTimeoutMs: 5000, maxPageBytes: 10_000 };
	prepareStore(options);
	return openQueue({ ...options, now });
}
