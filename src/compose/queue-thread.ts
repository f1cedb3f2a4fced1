/** The entry of the queue's thread: the queue's adapters, and nothing else. */
import { workerData } from 'node:worker_threads';
import { serveQueue } from '../jobs/remote.ts';
import { openQueue } from '../jobs/sqlite/open.ts';
import type { QueueSettings } from './worker-settings.ts';

// compose/service.ts gives the thread its settings, and nothing else.
const settings = workerData as QueueSettings;

export default serveQueue(() => openQueue(settings));
