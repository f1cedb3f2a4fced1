/** Rows of the table `jobs`, to and from the types of the port. */
import type { ErrorData } from '../../errors.ts';
import type { Job, JobFile, JobKind, JobStatus, NewJob } from '../queue.ts';

export interface JobRow {
	readonly number: number;
	readonly uuid: string;
	readonly kind: JobKind;
	readonly status: JobStatus;
	readonly project_uuid: string | null;
	readonly task_input: string;
	readonly caller: string;
	readonly items: number;
	readonly seconds: number;
	readonly attempts: number;
	readonly busy_retries: number;
	readonly faults: number;
	readonly stalls: number;
	readonly crashes: number;
	readonly stage: Job['progress']['stage'];
	readonly done: number;
	readonly total: number;
	readonly outcome: string | null;
	readonly error: string | null;
	readonly input: string | null;
	readonly input_bytes: number;
	readonly input_sha256: string | null;
	readonly result: string | null;
	readonly result_bytes: number;
	readonly result_sha256: string | null;
	readonly webhooks: string;
	readonly created_at: string;
	readonly started_at: string | null;
	readonly finished_at: string | null;
}

export const JOB_COLUMNS = `
  j.number, j.uuid, j.kind, j.status, j.project_uuid, j.task_input, j.caller, j.items, j.seconds,
  j.attempts, j.busy_retries, j.faults, j.stalls, j.crashes, j.stage, j.done, j.total, j.outcome, j.error,
  j.input, j.input_bytes, j.input_sha256, j.result, j.result_bytes, j.result_sha256,
  j.webhooks, j.created_at, j.started_at, j.finished_at`;

/** The same for lists: errors without their faults and details, which take up to 64 KB. */
export const LISTED_COLUMNS = JOB_COLUMNS.replace(
	'j.error',
	`json_set(json_remove(j.error, '$.faults', '$.cause'), '$.details', json('{}')) AS error`,
);

export function toJob(row: JobRow): Job {
	return {
		uuid: row.uuid,
		kind: row.kind,
		status: row.status,
		projectUuid: row.project_uuid,
		taskInput: row.task_input,
		// The three JSON columns are written by this adapter, and by nothing else.
		caller: JSON.parse(row.caller) as Job['caller'],
		items: row.items,
		seconds: row.seconds,
		attempts: row.attempts,
		busyRetries: row.busy_retries,
		faults: row.faults,
		stalls: row.stalls,
		crashes: row.crashes,
		progress: { stage: row.stage, done: row.done, total: row.total },
		outcome: row.outcome,
		error: row.error === null ? null : (JSON.parse(row.error) as ErrorData),
		input: toFile(row.input, row.input_bytes, row.input_sha256),
		result: toFile(row.result, row.result_bytes, row.result_sha256),
		webhooks: JSON.parse(row.webhooks) as string[],
		createdAt: row.created_at,
		startedAt: row.started_at,
		finishedAt: row.finished_at,
	};
}

function toFile(name: string | null, bytes: number, sha256: string | null): JobFile | null {
	return name === null || sha256 === null ? null : { name, bytes, sha256 };
}

/** The values of a new row, by column. */
export function fromNewJob(job: NewJob): Record<string, string | number | null> {
	return {
		uuid: job.uuid,
		kind: job.kind,
		project_uuid: job.projectUuid,
		task_input: job.taskInput,
		caller: JSON.stringify(job.caller),
		items: job.items,
		seconds: job.seconds,
		input: job.input?.name ?? null,
		input_bytes: job.input?.bytes ?? 0,
		input_sha256: job.input?.sha256 ?? null,
		webhooks: JSON.stringify(job.webhooks),
	};
}
