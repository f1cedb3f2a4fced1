/** Imports, merges and their plans. */
import type { AnalysisAnswer, ImportAnswer } from '../archives.ts';
import type { QueuedAnswer } from '../jobs.ts';
import type { ConflictedItem, MergeAnalysisAnswer, MergeAnswer } from '../merges.ts';
import { PROJECT_ID, project, token } from './projects.ts';

export const JOB_ID = '018f3b60-0000-7000-8000-0000000000e1';

const counted = { added: 77, changed: 0, removed: 0, unchanged: 0 };

export const created: ImportAnswer = {
	success: true,
	project_id: PROJECT_ID,
	project_name: 'Aurora',
	revision: 1,
	changed: true,
	changes: counted,
	item_counts: project.item_counts,
	migration_performed: false,
	migrations: [],
	warnings: [],
	duration_seconds: 0.12,
};

export const updated: ImportAnswer = {
	...created,
	revision: 4,
	changes: { added: 1, changed: 2, removed: 0, unchanged: 74 },
	migration_performed: true,
	migrations: ['1.1 → 2.0'],
	warnings: [{ code: 'unknown_member', message: 'Members that DSS does not keep', count: 1 }],
};

export const plan: AnalysisAnswer = {
	is_valid: true,
	format: 'dss',
	schema_version: '2.0',
	project: { project_id: PROJECT_ID, name: 'Aurora' },
	item_counts: project.item_counts,
	migration_needed: false,
	errors: [],
	errors_total: 0,
	warnings: [],
	changes: counted,
	would_refuse: null,
	estimated_duration_seconds: 0.1,
	requires_background_job: false,
};

const fault = {
	stage: 'referential',
	code: 'dangling_reference',
	message: 'tokens.jsonl, line 12, "color.accent": the alias {color.gone} leads nowhere.',
} as const;

export const invalid: AnalysisAnswer = {
	...plan,
	is_valid: false,
	errors: [fault],
	errors_total: 1,
	changes: null,
	would_refuse: {
		type: 'urn:dss:problem:dangling_reference',
		title: 'A reference leads nowhere',
		status: 400,
		detail: fault.message,
		instance: 'urn:dss:request:8d0c8a52-6f0e-4a4e-9f0a-2f6b9a3f5d77',
		code: 'dangling_reference',
		stage: 'referential',
		errors: [fault],
		errors_total: 1,
	},
	estimated_duration_seconds: null,
};

const counts = {
	new_items: 1,
	updated_items: 2,
	deleted_items: 0,
	unchanged_items: 73,
	auto_merged_items: 1,
	conflicts: 1,
};

export const merged: MergeAnswer = {
	success: true,
	revision: 5,
	...counts,
	resolution_strategy: 'newest',
	migration_performed: false,
	migrations: [],
	warnings: [],
	duration_seconds: 0.15,
};

const conflict: ConflictedItem = {
	kind: 'tokens',
	uuid: token.uuid,
	entity_name: token.path,
	case: 'change_change',
	base: { hash: 'a'.repeat(64), version: 5, updated_at: '2026-11-20T09:30:00.000Z' },
	local: { hash: 'b'.repeat(64), version: 7, updated_at: '2026-11-21T14:05:12.000Z' },
	imported: { hash: 'c'.repeat(64), version: 6, updated_at: '2026-11-21T10:00:00.000Z' },
	fields: [{ pointer: '/value/hex', base: '#0044ff', local: '#3366ff', imported: '#2255ee' }],
	recommendation: 'local',
	warning: null,
};

export const mergePlan: MergeAnalysisAnswer = {
	has_conflicts: true,
	base: { revision: 2, found_by: 'vector' },
	...counts,
	conflicted_items: [conflict],
	next_cursor: null,
	warnings: [],
};

export const queued: QueuedAnswer = {
	status: 'queued',
	job_id: JOB_ID,
	estimated_items: 48_000,
	estimated_duration_seconds: 41.5,
	status_url: `/api/jobs/${JOB_ID}`,
};
