/** The entry of a worker thread: its adapters, and nothing of HTTP, metrics, pools or the queue. */
import { setPriority } from 'node:os';
import { workerData } from 'node:worker_threads';
import { completeJob } from '../jobs/sqlite/complete.ts';
import type { StopFlag } from '../sqlite/stop-flag.ts';
import { SqliteStaging } from '../staging/staging.ts';
import { openDatabase, openReader, openStore } from '../store/sqlite/open.ts';
import { serveTasks, type ThreadParts } from '../workers/serve.ts';
import type { WorkerSettings } from './worker-settings.ts';

// compose/service.ts gives every worker its settings, and nothing else.
const settings = workerData as WorkerSettings;

// Linux has a priority for each thread (setpriority(2), "C library/kernel differences"); elsewhere it is the process's.
if (process.platform === 'linux') setPriority(settings.niceness);

/** The adapters of this thread. */
function open(stopFlag: StopFlag): ThreadParts {
	const database = openDatabase({ ...settings, stopFlag });
	const store = openStore(database, completeJob);
	const reader = openReader({ ...settings, stopFlag });
	return {
		store,
		staging: new SqliteStaging(database),
		reader,
		close() {
			store.close();
			reader.close();
		},
	};
}

export default serveTasks(open, settings.limits);
