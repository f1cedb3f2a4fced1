/** Jobs as callers see them (API, "Shapes"). */
import type { Job as JobShape } from '../../schemas/jobs.ts';
import { errors, fromErrorData, toStoredError } from '../errors.ts';
import type { JobInputs, JobOutcomes } from '../jobs/job-tasks.ts';
import type { Job, JobProgress } from '../jobs/queue.ts';
import { toExportSummary, toImportAnswer, toMergeAnswer } from './archive-presenter.ts';
import type { Links } from './links.ts';
import { toProblem } from './problem-presenter.ts';

/** The result of a job that succeeded, by its kind. */
type Made<Shape = Extract<JobShape, { status: 'succeeded' }>> = Shape extends {
	kind: unknown;
	result: unknown;
}
	? Pick<Shape, 'kind' | 'result'>
	: never;

/** A job as callers see it; `progress` is what this process knows of one that runs, which is more than was stored. */
export function toJobShape(job: Job, links: Links, progress: JobProgress | null = null): JobShape {
	const common = {
		job_id: job.uuid,
		project_id: job.projectUuid,
		kind: job.kind,
		progress: { ...(progress ?? job.progress) },
		attempts: job.attempts,
		created_at: job.createdAt,
		started_at: job.startedAt,
	};
	const nothing = { result: null, error: null };
	// Whatever ends a job writes the time.
	const finished_at = job.finishedAt ?? job.createdAt;
	switch (job.status) {
		case 'queued':
		case 'running':
			return { ...common, status: job.status, ...nothing, finished_at: null };
		case 'cancelled':
			return { ...common, status: 'cancelled', ...nothing, finished_at };
		case 'failed': {
			const error = fromErrorData(job.error ?? toStoredError(errors.internal({})));
			const problem = toProblem(error, job.caller.requestId);
			return { ...common, status: 'failed', result: null, error: problem, finished_at };
		}
		case 'succeeded':
			return { ...common, status: 'succeeded', ...resultOf(job, links), error: null, finished_at };
	}
}

/**
 * A job in a list: its error without faults and details, which the job by itself has. A list says what failed, and stays
 * small.
 */
export function withoutErrors(job: JobShape): JobShape {
	if (job.status !== 'failed') return job;
	const { errors: _errors, details: _details, ...error } = job.error;
	return { ...job, error };
}

/** What a job has made, with its kind. */
function resultOf(job: Job, links: Links): Made {
	if (job.outcome === null) return { kind: job.kind, result: null };
	const seconds = secondsOf(job);
	// Written as JSON by a run of this kind.
	const outcome: unknown = JSON.parse(job.outcome);
	switch (job.kind) {
		case 'import':
			return { kind: 'import', result: toImportAnswer(outcome as JobOutcomes['import'], seconds) };
		case 'merge': {
			// The same. Of other kinds it is not looked at: it may hold resolutions.
			const { strategy } = (JSON.parse(job.taskInput) as JobInputs['merge']).settings;
			return { kind: 'merge', result: toMergeAnswer(outcome as JobOutcomes['merge'], strategy, seconds) };
		}
		case 'export': {
			const address = links.result(job.uuid);
			return { kind: 'export', result: toExportSummary(outcome as JobOutcomes['export'], address, seconds) };
		}
	}
}

/** From its first start to its end. */
function secondsOf({ startedAt, finishedAt }: Job): number {
	if (startedAt === null || finishedAt === null) return 0;
	return Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
}
