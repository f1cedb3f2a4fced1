/** The entry of a worker thread: its adapters, and nothing of HTTP, metrics, pools or the queue. */
import { setPriority } from 'node:os';
import { workerData } from 'node:worker_threads';
import { finishJob } from '../jobs/sqlite/finish.ts';
import type { StopFlag } from '../sqlite/stop-flag.ts';
import { openReader, openWorkspace } from '../store/sqlite/open.ts';
import { serveTasks, type ThreadParts } from '../workers/serve.ts';
import type { WorkerSettings } from './worker-settings.ts';

// compose/service.ts gives every worker its settings, and nothing else.
const settings = workerData as WorkerSettings;

// Linux has a priority for each thread (setpriority(2), "C library/kernel differences"); elsewhere it is the process's.
if (process.platform === 'linux') setPriority(settings.niceness);

/** The adapters of this thread. */
function open(stopFlag: StopFlag): ThreadParts {
	const workspace = openWorkspace({ ...settings, stopFlag, finishJob });
	const reader = openReader({ ...settings, stopFlag });
	return {
		workspace,
		reader,
		close() {
			workspace.close();
			reader.close();
		},
	};
}

export default serveTasks(open, settings.limits);
