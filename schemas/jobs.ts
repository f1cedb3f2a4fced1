import Type, { type Static } from 'typebox';
import { ImportAnswer } from './archives.ts';
import { Count, RevisionNumber, Sha256, Timestamp, Uuid } from './common.ts';
import { anyOf, PageCursor, pageLimit, sortedBy } from './lists.ts';
import { MergeAnswer } from './merges.ts';
import { Problem, STAGES } from './problem.ts';
import { page } from './projects.ts';

const closed = { additionalProperties: false };
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const JobKind = Type.Enum(['import', 'merge', 'export']);
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
		project_id: orNull(Uuid),
		kind: JobKind,
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
		status: anyOf(JobStatus, 'How far the job is'),
		kind: anyOf(JobKind, 'What it does'),
		project_id: anyOf(
			Uuid,
			'The project that it works on; jobs whose project is not known yet are not found',
		),
		sort: sortedBy(['created_at'], 'The newest first (-created_at) unless it is given'),
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
