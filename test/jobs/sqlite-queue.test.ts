import { rm } from 'node:fs/promises';
import { openQueue } from '../../src/jobs/sqlite/open.ts';
import { prepareStore } from '../../src/store/sqlite/open.ts';
import { makeFolder } from '../support/service.ts';
import { queueContract } from './queue-contract.ts';

queueContract('SQLite', async () => {
	const dataDir = await makeFolder();
	const options = { dataDir, busyTimeoutMs: 5000 };
	prepareStore(options);
	const opened: ReturnType<typeof openQueue>[] = [];
	return {
		queue() {
			const queue = openQueue(options);
			opened.push(queue);
			return queue;
		},
		async close() {
			for (const queue of opened) queue.close();
			await rm(dataDir, { recursive: true });
		},
	};
});
