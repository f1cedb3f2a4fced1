/** Runs tasks in a worker thread, one at a time, on connections of its own. */
import type { Limits } from '../../schemas/config.ts';
import { DssError, errors } from '../errors.ts';
import { type Progress, Work } from '../pipeline/work.ts';
import { StatementStopped, type StopFlag } from '../sqlite/stop-flag.ts';
import type { Staging } from '../staging/port.ts';
import type { Store } from '../store/port.ts';
import { countStep, createSigns, noteObeyed, resetSigns } from './signs.ts';
import {
	type Durations,
	failed,
	type Outcome,
	TASKS,
	type TaskName,
	type Tasks,
	type WorkerMessage,
	type WorkerParts,
	type WorkerRequest,
} from './tasks.ts';

/** Progress is posted this often at most, in milliseconds: people read no faster. */
const PROGRESS_EVERY_MS = 100;

/** The adapters of one thread. */
export interface ThreadParts extends WorkerParts {
	readonly store: Store;
	/** On the same connection as the store. */
	readonly staging: Staging;
	close(): void;
}

/**
 * Makes the function that a worker thread exports: it runs one task and answers its Outcome.
 *
 * @param open opens the adapters: at the first task, and again after the store has failed. Their connections take the
 * flag that ends their statements.
 * @param tasks how to run each task
 */
export function serveTasks(open: (stopFlag: StopFlag) => ThreadParts, limits: Limits, tasks = TASKS) {
	const signs = createSigns();
	let parts: ThreadParts | null = null;
	return async function run<Name extends TaskName>(
		request: WorkerRequest<Name>,
	): Promise<Outcome<Tasks[Name]['output']>> {
		const { port } = request;
		const post = (message: WorkerMessage) => port.postMessage(message);
		const controller = new AbortController();
		port.on('message', () => controller.abort());
		const durations: Durations = {};
		resetSigns(signs);
		post({ signs });
		const postProgress = throttled((progress) => post({ progress }));
		try {
			parts ??= open(signs.stopFlag);
			const work = new Work({
				store: parts.store,
				staging: parts.staging,
				limits,
				signal: controller.signal,
				progress(progress) {
					countStep(signs);
					postProgress(progress);
				},
				onCancelled: () => noteObeyed(signs),
				now: Date.now,
				holder: request.holder,
				job: request.job,
				durations,
			});
			const value = await tasks[request.name](work, request.input, parts);
			return { ok: true, value, durations };
		} catch (error) {
			const known = toDssError(error, controller.signal);
			if (known.code === errors.storeFailed.spec.code) {
				parts?.close();
				parts = null;
			}
			return failed(known, durations);
		} finally {
			parts?.staging.end();
			port.close();
		}
	};
}

function throttled(post: (progress: Progress) => void): (progress: Progress) => void {
	let postedAt = 0;
	let stage = '';
	return (progress) => {
		const now = performance.now();
		if (progress.stage === stage && now - postedAt < PROGRESS_EVERY_MS) return;
		postedAt = now;
		stage = progress.stage;
		post(progress);
	};
}

/** Errors that are not ours are faults of the machine or of the program: the log gets the cause. */
function toDssError(error: unknown, signal: AbortSignal): DssError {
	if (error instanceof DssError) return error;
	if (signal.aborted || error instanceof StatementStopped) return errors.cancelled({}, error);
	if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) {
		return errors.spoolFull({}, error);
	}
	return errors.internal({}, error);
}
