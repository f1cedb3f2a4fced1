/** Jobs, in some of their states. */
import type { Job } from '../jobs.ts';
import { created, invalid, JOB_ID } from './archives.ts';
import { PROJECT_ID } from './projects.ts';

const known = { job_id: JOB_ID, project_id: PROJECT_ID, attempts: 1, created_at: '2026-11-21T14:00:00.000Z' };
const started = { started_at: '2026-11-21T14:00:01.000Z' };
const ended = { ...started, finished_at: '2026-11-21T14:00:42.000Z' };
const whole = { stage: 'apply', done: 77, total: 77 } as const;

export const running: Job = {
	...known,
	kind: 'import',
	status: 'running',
	progress: { stage: 'structure', done: 12_000, total: 48_000 },
	result: null,
	error: null,
	...started,
	finished_at: null,
};

export const imported: Job = {
	...known,
	kind: 'import',
	status: 'succeeded',
	progress: whole,
	result: created,
	error: null,
	...ended,
};

export const exported: Job = {
	...imported,
	kind: 'export',
	result: {
		success: true,
		project_id: PROJECT_ID,
		project_name: 'Aurora',
		revision: 3,
		bytes: 20_480,
		sha256: 'd'.repeat(64),
		result_url: `/api/jobs/${JOB_ID}/result`,
		duration_seconds: 41,
	},
};

export const failed: Job = {
	...known,
	kind: 'import',
	status: 'failed',
	progress: { stage: 'referential', done: 0, total: 0 },
	result: null,
	error: {
		type: 'urn:dss:problem:dangling_reference',
		title: 'A reference leads nowhere',
		status: 400,
		detail: invalid.errors[0]?.message ?? '',
		instance: 'urn:dss:request:8d0c8a52-6f0e-4a4e-9f0a-2f6b9a3f5d77',
		code: 'dangling_reference',
	},
	...ended,
};

export const cancelled: Job = {
	...known,
	kind: 'merge',
	status: 'cancelled',
	progress: whole,
	result: null,
	error: null,
	...ended,
};
