/** The entry of a worker thread: runs one task at a time on its own connections. */
import { workerData } from 'node:worker_threads';
import { composeWorker, type WorkerSettings } from '../compose.ts';
import { DssError, errors } from '../errors.ts';
import { type Progress, Work } from '../pipeline/work.ts';
import {
	type Durations,
	failed,
	type Outcome,
	TASKS,
	type TaskName,
	type Tasks,
	type WorkerRequest,
} from './tasks.ts';

/** Progress is told this often at most, in milliseconds; it is for people's eyes. */
const PROGRESS_EVERY_MS = 100;

// The pool gives every worker its settings, and nothing else (pool.ts).
const settings = workerData as WorkerSettings;
/** The connections of this thread: made with its first task, and anew after a failure of the store. */
let connections: ReturnType<typeof composeWorker> | null = null;

export default async function run<Name extends TaskName>(
	request: WorkerRequest<Name>,
): Promise<Outcome<Tasks[Name]['gives']>> {
	const { port } = request;
	const controller = new AbortController();
	port?.on('message', () => controller.abort());
	const durations: Durations = {};
	try {
		connections ??= composeWorker(settings);
		const { workspace } = connections;
		const work = new Work({
			workspace,
			limits: settings.limits,
			signal: controller.signal,
			progress: throttled((progress) => port?.postMessage({ progress })),
			now: Date.now,
			holder: request.holder,
			job: request.job,
			durations,
		});
		const value = await TASKS[request.name](work, request.takes, connections);
		return { ok: true, value, durations };
	} catch (error) {
		const known = toDssError(error, controller.signal);
		if (known.code === errors.storeFailed.spec.code) disconnect();
		return failed(known, durations);
	} finally {
		port?.close();
	}
}

function disconnect(): void {
	connections?.workspace.close();
	connections?.reader.close();
	connections?.closeQueue();
	connections = null;
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
