/**
 * The entry of a worker thread some of whose imports never end, by the name that their request gives the project:
 * `loop in JavaScript`, `loop in SQL`, and `loop in SQL with checkpoint`, which calls `checkpoint()` for each row. They
 * hold the project's lease meanwhile, as an import does.
 */
import { join } from 'node:path';
import { workerData } from 'node:worker_threads';
import type { WorkerSettings } from '../../src/compose/worker-settings.ts';
import { completeJob } from '../../src/jobs/sqlite/complete.ts';
import type { Work } from '../../src/pipeline/work.ts';
import { type Connection, connect } from '../../src/sqlite/connection.ts';
import type { StopFlag } from '../../src/sqlite/stop-flag.ts';
import { SqliteStaging } from '../../src/staging/staging.ts';
import { openDatabase, openReader, openStore } from '../../src/store/sqlite/open.ts';
import { serveTasks, type ThreadParts } from '../../src/workers/serve.ts';
import { TASKS, type Tasks, type WorkerParts } from '../../src/workers/tasks.ts';

const settings = workerData as WorkerSettings;
let db: Connection | null = null;

const rows = (condition: string) =>
	`WITH RECURSIVE rows (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM rows WHERE ${condition}) SELECT count(*) FROM rows`;

const LOOPS: Readonly<Record<string, () => void>> = {
	'loop in JavaScript': () => {
		for (;;);
	},
	'loop in SQL': () => void db?.prepare(rows('n > 0')).get(),
	'loop in SQL with checkpoint': () => void db?.prepare(rows('checkpoint() = 1')).get(),
};

async function importOrLoop(work: Work, input: Tasks['import']['input'], parts: WorkerParts) {
	const loop = LOOPS[input.upload.name ?? ''];
	if (loop === undefined) return TASKS.import(work, input, parts);
	const { projectId } = input.upload;
	if (projectId !== null && projectId !== 'new') await work.store.lease(projectId, work.holder);
	work.step('structure', 1, 2);
	try {
		loop();
	} finally {
		await work.store.releaseAll(work.holder);
	}
	throw new Error('the loop has ended');
}

function open(stopFlag: StopFlag): ThreadParts {
	const loops = connect(join(settings.dataDir, 'dss.db'), { busyTimeoutMs: 1000, stopFlag });
	db = loops;
	const database = openDatabase({ ...settings, stopFlag });
	const store = openStore(database, completeJob);
	const reader = openReader({ ...settings, stopFlag });
	return {
		store,
		staging: new SqliteStaging(database),
		reader,
		close() {
			loops.close();
			store.close();
			reader.close();
		},
	};
}

export default serveTasks(open, settings.limits, { ...TASKS, import: importOrLoop });
