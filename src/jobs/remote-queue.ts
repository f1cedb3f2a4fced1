/** The JobQueue for the main thread: its work is done in a worker, so that nobody waits for the disk. */
import type { TaskRunner } from '../workers/port.ts';
import type { QueueMethod } from '../workers/tasks.ts';
import type { JobQueue } from './queue.ts';

/** Methods that read only: they wait for no write. */
const READS: ReadonlySet<QueueMethod> = new Set([
	'get',
	'list',
	'figures',
	'files',
	'speeds',
	'nextDelivery',
]);

export function remoteQueue(tasks: TaskRunner): JobQueue {
	const call = async (method: QueueMethod, ask?: unknown) =>
		(await tasks.run(READS.has(method) ? 'queueRead' : 'queueWrite', { method, ask })).value;
	const remote: Record<QueueMethod, (ask?: unknown) => Promise<unknown>> & { close(): void } = {
		add: (ask) => call('add', ask),
		adopt: (ask) => call('adopt', ask),
		take: (ask) => call('take', ask),
		renew: (ask) => call('renew', ask),
		end: (ask) => call('end', ask),
		cancelWaiting: (ask) => call('cancelWaiting', ask),
		get: (ask) => call('get', ask),
		list: (ask) => call('list', ask),
		figures: () => call('figures'),
		recover: () => call('recover'),
		files: () => call('files'),
		expire: (ask) => call('expire', ask),
		nextDelivery: (ask) => call('nextDelivery', ask),
		dropDelivery: (ask) => call('dropDelivery', ask),
		deferDelivery: (ask) => call('deferDelivery', ask),
		beginKey: (ask) => call('beginKey', ask),
		endKey: (ask) => call('endKey', ask),
		speeds: () => call('speeds'),
		learn: (ask) => call('learn', ask),
		close: () => undefined,
	};
	// Each method hands its one argument on to the method of the same name, and its answer back.
	return remote as JobQueue;
}
