/** Results of archive work, errors and jobs as callers see them (API, "Shapes"). */
import type { ImportAnswer } from '../../schemas/archives.ts';
import type { ExportSummary, Job as JobShape } from '../../schemas/jobs.ts';
import type { MergeAnswer, Strategy } from '../../schemas/merges.ts';
import type { Problem } from '../../schemas/problem.ts';
import { type DssError, fromErrorData } from '../errors.ts';
import type { JobInputs, JobOutcomes } from '../jobs/job-tasks.ts';
import type { Job, JobProgress } from '../jobs/queue.ts';
import type { MergeCounts } from '../pipeline/merge/report.ts';
import { toItemCounts } from './project-presenter.ts';

export function toImportAnswer(value: JobOutcomes['import'], seconds: number): ImportAnswer {
	const { revision, migrations, warnings } = value;
	return {
		success: true,
		project_id: revision.projectUuid,
		project_name: revision.properties.name,
		revision: revision.number,
		item_counts: toItemCounts(revision.counts),
		migration_performed: migrations.length > 0,
		migrations: [...migrations],
		warnings: [...warnings],
		duration_seconds: seconds,
	};
}

export function toMergeAnswer(value: JobOutcomes['merge'], strategy: Strategy, seconds: number): MergeAnswer {
	return {
		success: true,
		revision: value.revision.number,
		...toMergeCounts(value.counts),
		resolution_strategy: strategy,
		migration_performed: value.migrations.length > 0,
		migrations: [...value.migrations],
		warnings: [...value.warnings],
		duration_seconds: seconds,
	};
}

export function toMergeCounts(counts: MergeCounts) {
	return {
		new_items: counts.new,
		updated_items: counts.updated,
		deleted_items: counts.deleted,
		unchanged_items: counts.unchanged,
		auto_merged_items: counts.autoMerged,
		conflicts: counts.conflicts,
	};
}

function toExportSummary(value: JobOutcomes['export'], uuid: string, seconds: number): ExportSummary {
	const { revision, bytes, sha256 } = value;
	return {
		success: true,
		project_id: revision.projectUuid,
		project_name: revision.properties.name,
		revision: revision.number,
		bytes,
		sha256,
		result_url: `/api/jobs/${uuid}/result`,
		duration_seconds: seconds,
	};
}

/** An error as a problem document (RFC 9457 §3.1, our members by §3.2). */
export function toProblem(error: DssError, requestId: string): Problem {
	const { spec, stage, faults, faultsTotal, details } = error;
	return {
		type: `urn:dss:problem:${spec.code}`,
		title: spec.title,
		status: spec.status,
		detail: error.message,
		instance: `urn:dss:request:${requestId}`,
		code: spec.code,
		...(stage === undefined ? {} : { stage }),
		...(Object.keys(details).length === 0 ? {} : { details }),
		...(stage === undefined
			? {}
			: {
					errors: faults ?? [{ stage, code: spec.code, message: error.message, details }],
					errors_total: faultsTotal ?? 1,
				}),
	};
}

/** A job as callers see it; one that runs here is further than the queue knows. */
export function toJobShape(job: Job, progress: JobProgress | null = null): JobShape {
	return {
		job_id: job.uuid,
		kind: job.kind,
		status: job.status,
		progress: { ...(progress ?? job.progress) },
		result: resultOf(job),
		error: job.error && toProblem(fromErrorData(job.error), job.caller.requestId),
		attempts: job.attempts,
		created_at: job.createdAt,
		started_at: job.startedAt,
		finished_at: job.finishedAt,
	};
}

function resultOf(job: Job): JobShape['result'] {
	if (job.outcome === null) return null;
	const seconds = secondsOf(job);
	// Both were written as JSON by a run of this kind.
	const outcome: unknown = JSON.parse(job.outcome);
	const taskInput: unknown = JSON.parse(job.taskInput);
	switch (job.kind) {
		case 'import':
			return toImportAnswer(outcome as JobOutcomes['import'], seconds);
		case 'merge':
			return toMergeAnswer(
				outcome as JobOutcomes['merge'],
				(taskInput as JobInputs['merge']).settings.strategy,
				seconds,
			);
		case 'export':
			return toExportSummary(outcome as JobOutcomes['export'], job.uuid, seconds);
	}
}

/** From the first beginning to the end. */
export function secondsOf({ startedAt, finishedAt }: Job): number {
	if (startedAt === null || finishedAt === null) return 0;
	return Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
}
