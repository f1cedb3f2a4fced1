/** The thread of the queue: small reads and writes that wait for no other work. */
import { setTimeout as delay } from 'node:timers/promises';
import { Piscina } from 'piscina';
import type { QueuePorts } from './ports.ts';
import { type QueueAnswer, type QueueCall, remotePorts } from './remote.ts';

/** How long its end may take: its calls take milliseconds, or wait for the store. */
const CLOSE_MS = 1_000;

export interface QueueThread {
	readonly ports: QueuePorts;
	close(): Promise<void>;
}

/**
 * Starts the thread.
 *
 * @param entry the module that it runs
 * @param settings what it is given, as `workerData`
 */
export function startQueueThread(
	entry: URL,
	settings: unknown,
	onError: (error: unknown, message: string) => void,
): QueueThread {
	const pool = new Piscina({
		filename: entry.href,
		workerData: settings,
		minThreads: 1,
		maxThreads: 1,
		idleTimeout: Number.POSITIVE_INFINITY,
		closeTimeout: CLOSE_MS,
	});
	pool.on('error', (error: unknown) => onError(error, 'the thread of the queue died or did not end in time'));
	// The entry's default export answers each call so.
	const send = async (call: QueueCall) => (await pool.run(call)) as QueueAnswer;
	return {
		ports: remotePorts(send),
		async close() {
			await Promise.race([pool.close(), delay(2 * CLOSE_MS)]);
		},
	};
}
