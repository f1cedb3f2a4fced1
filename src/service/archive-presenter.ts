/** Results of archive work as callers see them: imports, merges, exports and their analyses (API, "Archives"). */
import type { AnalysisAnswer, ImportAnswer } from '../../schemas/archives.ts';
import type { ExportSummary } from '../../schemas/jobs.ts';
import type { MergeAnalysisAnswer, MergeAnswer, Strategy } from '../../schemas/merges.ts';
import type { Problem } from '../../schemas/problem.ts';
import type { ExportResult } from '../pipeline/export.ts';
import type { ImportResult } from '../pipeline/import.ts';
import type { MergeCounts } from '../pipeline/merge/report.ts';
import type { MergeAnalysis, MergeResult } from '../pipeline/merge/run.ts';
import type { Tasks } from '../workers/tasks.ts';
import { toItemCounts } from './project-presenter.ts';

export function toImportAnswer(value: ImportResult, seconds: number): ImportAnswer {
	const { revision, changed, changes, migrations, warnings } = value;
	return {
		success: true,
		project_id: revision.projectUuid,
		project_name: revision.properties.name,
		revision: revision.number,
		changed,
		changes,
		item_counts: toItemCounts(revision.counts),
		migration_performed: migrations.length > 0,
		migrations: [...migrations],
		warnings: [...warnings],
		duration_seconds: seconds,
	};
}

export function toMergeAnswer(value: MergeResult, strategy: Strategy, seconds: number): MergeAnswer {
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

function toMergeCounts(counts: MergeCounts) {
	return {
		new_items: counts.new,
		updated_items: counts.updated,
		deleted_items: counts.deleted,
		unchanged_items: counts.unchanged,
		auto_merged_items: counts.autoMerged,
		conflicts: counts.conflicts,
	};
}

/** @param resultUrl where its file is */
export function toExportSummary(value: ExportResult, resultUrl: string, seconds: number): ExportSummary {
	const { revision, bytes, sha256 } = value;
	return {
		success: true,
		project_id: revision.projectUuid,
		project_name: revision.properties.name,
		revision: revision.number,
		bytes,
		sha256,
		result_url: resultUrl,
		duration_seconds: seconds,
	};
}

/**
 * @param problem what the import would answer; null where it would succeed
 * @param estimate seconds that an import would take; null where the upload could not be counted
 */
export function toAnalysisAnswer(
	value: Tasks['analyze']['output'],
	problem: Problem | null,
	estimate: number | null,
	requiresJob: boolean,
): AnalysisAnswer {
	const { project, counts } = value;
	return {
		is_valid: value.isValid,
		format: value.format,
		schema_version: value.schemaVersion,
		project: project && { project_id: project.uuid, name: project.name },
		item_counts: counts && toItemCounts(counts),
		migration_needed: value.migrations.length > 0,
		errors: [...value.errors],
		errors_total: value.errorsTotal,
		warnings: [...value.warnings],
		changes: value.changes,
		would_refuse: problem,
		estimated_duration_seconds: estimate,
		requires_background_job: requiresJob,
	};
}

export function toMergeAnalysisAnswer(
	{ base, counts, items, warnings }: MergeAnalysis,
	nextCursor: string | null,
): MergeAnalysisAnswer {
	return {
		has_conflicts: counts.conflicts > 0,
		base: { revision: base?.number ?? null, found_by: base === null ? 'none' : 'vector' },
		...toMergeCounts(counts),
		conflicted_items: [...items],
		next_cursor: nextCursor,
		warnings: [...warnings],
	};
}
