import type { JobKind } from '../jobs/queue.ts';
import type { ArchiveExecutor, ArchiveTask, ExecutionOptions, Performed } from './archive-executor.ts';
import type { WorkMetrics } from './work-metrics.ts';

/**
 * Performs archive work and measures its end. Work that became a job is measured when the job ends.
 *
 * @throws {DssError} what the work throws; too_busy
 */
export async function performMeasured<Kind extends JobKind>(
	{ executor, outcomes }: { readonly executor: ArchiveExecutor; readonly outcomes: WorkMetrics },
	task: ArchiveTask<Kind>,
	execution: ExecutionOptions,
): Promise<Performed<Kind>> {
	const begun = performance.now();
	try {
		const performed = await executor.perform(task, execution);
		if ('done' in performed) outcomes.succeeded(task.kind, performed.done, performed.seconds);
		return performed;
	} catch (error) {
		const seconds = (performance.now() - begun) / 1000;
		outcomes.failed(task.kind, error, seconds, task.file?.sha256 ?? null, execution.caller);
		throw error;
	}
}
