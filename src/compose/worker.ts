/** The entry of a worker thread: its adapters, and nothing of HTTP, metrics or pools. */
import { workerData } from 'node:worker_threads';
import type { JobQueue } from '../jobs/queue.ts';
import { completeJob } from '../jobs/sqlite/complete.ts';
import { openQueue } from '../jobs/sqlite/open.ts';
import { SqliteStaging } from '../staging/staging.ts';
import { openDatabase, openReader, openStore } from '../store/sqlite/open.ts';
import { serveTasks, type ThreadParts } from '../workers/serve.ts';
import type { WorkerSettings } from './worker-settings.ts';

// compose/service.ts gives every worker its settings, and nothing else.
const settings = workerData as WorkerSettings;

/** The adapters of this thread; the queue is opened where it is first asked for. */
function open(): ThreadParts {
	let queue: JobQueue | null = null;
	const database = openDatabase(settings);
	const store = openStore(database, completeJob);
	const reader = openReader(settings);
	return {
		store,
		staging: new SqliteStaging(database),
		reader,
		queue() {
			queue ??= openQueue(settings);
			return queue;
		},
		close() {
			store.close();
			reader.close();
			queue?.close();
		},
	};
}

export default serveTasks(open, settings.limits);
