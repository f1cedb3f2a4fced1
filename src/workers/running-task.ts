/** A task on its way through a thread, as the pool sees it. */
import { randomUUID } from 'node:crypto';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Progress } from '../pipeline/work.ts';
import type { Lane } from './lanes.ts';
import { readSigns, type Signs, stopStatement } from './signs.ts';
import type { TaskName, WorkerMessage } from './tasks.ts';
import { Watch, type WatchLimits } from './watch.ts';

export class RunningTask {
	readonly name: TaskName;
	readonly lane: Lane;
	/** Names the work as holder of the leases that it takes. */
	readonly holder = randomUUID();
	/** Aborting it ends the thread that runs the task, or takes the task out of the line. */
	readonly endThread = new AbortController();
	/** The thread's side of the channel. */
	readonly port: MessagePort;
	/** Why no thread could be started for it. */
	startError: unknown = null;
	readonly #own: MessagePort;
	readonly #limits: WatchLimits;
	/** Null until a thread has begun the task. */
	#begun: { readonly signs: Signs; readonly watch: Watch } | null = null;
	#stopAsked = false;
	#waitedMs = 0;

	constructor(name: TaskName, lane: Lane, limits: WatchLimits, onProgress?: (progress: Progress) => void) {
		this.name = name;
		this.lane = lane;
		this.#limits = limits;
		const { port1, port2 } = new MessageChannel();
		this.#own = port1;
		this.port = port2;
		port1.on('message', (message: WorkerMessage) => {
			if ('signs' in message) this.#begin(message.signs);
			else onProgress?.(message.progress);
		});
	}

	/** Whether a thread runs it. */
	get begun(): boolean {
		return this.#begun !== null;
	}

	/** Whether the watchdog stopped it because it made no progress, and not its caller. */
	get stalled(): boolean {
		return this.#begun?.watch.stalled ?? false;
	}

	/** Stops it at its next step, or in a statement that calls `checkpoint()`. */
	stop(): void {
		this.#stopAsked = true;
		this.#own.postMessage('stop');
		this.#begun?.watch.stopAsked();
		if (this.#begun !== null) stopStatement(this.#begun.signs);
	}

	/** Returns true where its thread is to be ended. */
	tick(elapsedMs: number): boolean {
		if (this.#begun === null) {
			this.#waitedMs = this.#stopAsked ? this.#waitedMs + elapsedMs : 0;
			return this.#waitedMs >= this.#limits.graceMs;
		}
		const { watch, signs } = this.#begun;
		const order = watch.tick(readSigns(signs), elapsedMs);
		if (order === 'stop') this.stop();
		return order === 'end';
	}

	close(): void {
		this.#own.close();
	}

	#begin(signs: Signs): void {
		this.#begun = { signs, watch: new Watch(this.#limits, readSigns(signs)) };
		if (this.#stopAsked) this.stop();
	}
}
