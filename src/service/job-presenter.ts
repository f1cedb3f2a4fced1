/** Jobs as callers see them (API, "Shapes"). */
import type { Job as JobShape } from '../../schemas/jobs.ts';
import { fromErrorData } from '../errors.ts';
import type { JobInputs, JobOutcomes } from '../jobs/job-tasks.ts';
import type { Job, JobProgress } from '../jobs/queue.ts';
import { toExportSummary, toImportAnswer, toMergeAnswer } from './archive-presenter.ts';
import type { Links } from './links.ts';
import { toProblem } from './problem-presenter.ts';

/** A job as callers see it; `progress` is what this process knows of one that runs, which is more than was stored. */
export function toJobShape(job: Job, links: Links, progress: JobProgress | null = null): JobShape {
	return {
		job_id: job.uuid,
		project_id: job.projectUuid,
		kind: job.kind,
		status: job.status,
		progress: { ...(progress ?? job.progress) },
		result: resultOf(job, links),
		error: job.error && toProblem(fromErrorData(job.error), job.caller.requestId),
		attempts: job.attempts,
		created_at: job.createdAt,
		started_at: job.startedAt,
		finished_at: job.finishedAt,
	};
}

/**
 * A job in a list: its error without faults and details, which the job by itself has. A list says what failed, and stays
 * small.
 */
export function withoutErrors({ error, ...job }: JobShape): JobShape {
	if (error === null) return { ...job, error };
	const { errors: _errors, details: _details, ...problem } = error;
	return { ...job, error: problem };
}

function resultOf(job: Job, links: Links): JobShape['result'] {
	if (job.outcome === null) return null;
	const seconds = secondsOf(job);
	// Written as JSON by a run of this kind.
	const outcome: unknown = JSON.parse(job.outcome);
	switch (job.kind) {
		case 'import':
			return toImportAnswer(outcome as JobOutcomes['import'], seconds);
		case 'merge':
			return toMergeAnswer(
				outcome as JobOutcomes['merge'],
				// The same. Of other kinds it is not looked at: it may hold resolutions.
				(JSON.parse(job.taskInput) as JobInputs['merge']).settings.strategy,
				seconds,
			);
		case 'export':
			return toExportSummary(outcome as JobOutcomes['export'], links.result(job.uuid), seconds);
	}
}

/** From its first start to its end. */
function secondsOf({ startedAt, finishedAt }: Job): number {
	if (startedAt === null || finishedAt === null) return 0;
	return Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
}
