import Type, { type Static } from 'typebox';
import { ImportAnswer } from './archives.ts';
import { Count, RevisionNumber, Sha256, Timestamp, Uuid } from './common.ts';
import { PageCursor, pageLimit } from './lists.ts';
import { MergeAnswer } from './merges.ts';
import { Problem, STAGES } from './problem.ts';
import { page } from './projects.ts';

const closed = { additionalProperties: false };
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const JobStatus = Type.Enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']);

/** What an export that was a job has made; the file itself is fetched apart. */
export const ExportSummary = Type.Object(
	{
		success: Type.Literal(true),
		project_id: Uuid,
		project_name: Type.String(),
		revision: RevisionNumber,
		bytes: Count,
		sha256: Sha256,
		result_url: Type.String({ description: 'Where the file is, until DSS_RESULT_TTL is over' }),
		duration_seconds: Type.Number({ minimum: 0 }),
	},
	closed,
);
export type ExportSummary = Static<typeof ExportSummary>;

/** Work that outlasts its request (API, "Shapes"). */
export const Job = Type.Object(
	{
		job_id: Uuid,
		kind: Type.Enum(['import', 'merge', 'export']),
		status: JobStatus,
		progress: Type.Object({ stage: orNull(Type.Enum([...STAGES])), done: Count, total: Count }, closed),
		result: Type.Union([ImportAnswer, MergeAnswer, ExportSummary, Type.Null()]),
		error: orNull(Problem),
		attempts: Count,
		created_at: Timestamp,
		started_at: orNull(Timestamp),
		finished_at: orNull(Timestamp),
	},
	closed,
);
export type Job = Static<typeof Job>;
export const JobPage = page(Job);

export const JobParams = Type.Object({ job_id: Uuid }, closed);
export const JobListQuery = Type.Object(
	{
		limit: pageLimit(200, 50),
		cursor: PageCursor,
		status: Type.Optional(JobStatus),
	},
	closed,
);
export type JobListQuery = Static<typeof JobListQuery>;

/** The answer to work that became a job (API, "202"). */
export const QueuedAnswer = Type.Object(
	{
		status: Type.Literal('queued'),
		job_id: Uuid,
		estimated_items: Count,
		estimated_duration_seconds: Type.Number({ minimum: 0 }),
		status_url: Type.String(),
	},
	closed,
);
export type QueuedAnswer = Static<typeof QueuedAnswer>;
