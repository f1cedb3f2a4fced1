/** Runs tasks in a worker thread, one at a time, on connections of its own. */
import type { Limits } from '../../schemas/config.ts';
import { DssError, errors } from '../errors.ts';
import { type Progress, Work } from '../pipeline/work.ts';
import type { Staging } from '../staging/port.ts';
import type { Store } from '../store/port.ts';
import {
	type Durations,
	failed,
	type Outcome,
	TASKS,
	type TaskName,
	type Tasks,
	type WorkerParts,
	type WorkerRequest,
} from './tasks.ts';

/** Progress is told this often at most, in milliseconds; it is for people's eyes. */
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
 * @param open opens the adapters: at the first task, and again after the store has failed
 */
export function serveTasks(open: () => ThreadParts, limits: Limits) {
	let parts: ThreadParts | null = null;
	return async function run<Name extends TaskName>(
		request: WorkerRequest<Name>,
	): Promise<Outcome<Tasks[Name]['output']>> {
		const { port } = request;
		const controller = new AbortController();
		port?.on('message', () => controller.abort());
		const durations: Durations = {};
		try {
			parts ??= open();
			const work = new Work({
				store: parts.store,
				staging: parts.staging,
				limits,
				signal: controller.signal,
				progress: throttled((progress) => port?.postMessage({ progress })),
				now: Date.now,
				holder: request.holder,
				job: request.job,
				durations,
			});
			const value = await TASKS[request.name](work, request.input, parts);
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
			port?.close();
		}
	};
}

function throttled(tell: (progress: Progress) => void): (progress: Progress) => void {
	let told = 0;
	let stage = '';
	return (progress) => {
		const now = performance.now();
		if (progress.stage === stage && now - told < PROGRESS_EVERY_MS) return;
		told = now;
		stage = progress.stage;
		tell(progress);
	};
}

/** What is not ours is a fault of the machine or of the program: the log gets the cause. */
function toDssError(error: unknown, signal: AbortSignal): DssError {
	if (error instanceof DssError) return error;
	if (signal.aborted) return errors.cancelled({}, error);
	if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) {
		return errors.spoolFull({}, error);
	}
	return errors.internal({}, error);
}
