import Type, { type Static, type TSchema } from 'typebox';
import { ImportAnswer } from './archives.ts';
import { Count, RevisionNumber, Sha256, Timestamp, Uuid } from './common.ts';
import { anyOf, PageCursor, pageLimit, sortedBy } from './lists.ts';
import { MergeAnswer } from './merges.ts';
import { Problem, StageName } from './problem.ts';
import { page } from './projects.ts';

const closed = { additionalProperties: false };
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const JobStatus = Type.Enum(['queued', 'running', 'succeeded', 'failed', 'cancelled'], {
	$id: 'JobStatus',
});
export const JobKind = Type.Enum(['import', 'merge', 'export'], { $id: 'JobKind' });

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
	{ $id: 'ExportSummary', description: 'What an export has made', ...closed },
);
export type ExportSummary = Static<typeof ExportSummary>;

export const Progress = Type.Object(
	{ stage: orNull(StageName), done: Count, total: Count },
	{ $id: 'Progress', description: 'How far a job is; total is 0 where it is not known', ...closed },
);

/** What every job has, whatever its status. */
const identity = { job_id: Uuid, project_id: orNull(Uuid), kind: JobKind };
const course = { progress: Progress, attempts: Count, created_at: Timestamp };
const begun = { started_at: orNull(Timestamp), finished_at: Type.Null() };
const ended = { started_at: orNull(Timestamp), finished_at: Timestamp };
const nothing = { result: Type.Null(), error: Type.Null() };

const QueuedJob = Type.Object(
	{ ...identity, status: Type.Literal('queued'), ...course, ...nothing, ...begun },
	{ $id: 'QueuedJob', description: 'A job that waits', ...closed },
);
const RunningJob = Type.Object(
	{ ...identity, status: Type.Literal('running'), ...course, ...nothing, ...begun },
	{ $id: 'RunningJob', description: 'A job that is worked on', ...closed },
);
const FailedJob = Type.Object(
	{ ...identity, status: Type.Literal('failed'), ...course, result: Type.Null(), error: Problem, ...ended },
	{ $id: 'FailedJob', description: 'A job that was refused or given up; error says why', ...closed },
);
const CancelledJob = Type.Object(
	{ ...identity, status: Type.Literal('cancelled'), ...course, ...nothing, ...ended },
	{ $id: 'CancelledJob', description: 'A job that was cancelled; it left nothing', ...closed },
);
/** The result is null where another version of the service wrote it, in a form that is not read any more. */
const succeeded = <Kind extends string, Result extends TSchema>($id: string, kind: Kind, result: Result) =>
	Type.Object(
		{
			...identity,
			kind: Type.Literal(kind),
			status: Type.Literal('succeeded'),
			...course,
			result: orNull(result),
			error: Type.Null(),
			...ended,
		},
		{ $id, ...closed },
	);
const SucceededJob = Type.Union(
	[
		succeeded('SucceededImport', 'import', ImportAnswer),
		succeeded('SucceededMerge', 'merge', MergeAnswer),
		succeeded('SucceededExport', 'export', ExportSummary),
	],
	{ $id: 'SucceededJob', description: 'A job that did its work', 'x-discriminator': 'kind' },
);

/** Work that outlasts its request (API, "Shapes"). */
export const Job = Type.Union([QueuedJob, RunningJob, SucceededJob, FailedJob, CancelledJob], {
	$id: 'Job',
	description: 'Work that outlasts its request',
	'x-discriminator': 'status',
});
export type Job = Static<typeof Job>;
export const JobPage = page('JobPage', Job);

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
	{ $id: 'QueuedAnswer', description: 'The work became a job', ...closed },
);
export type QueuedAnswer = Static<typeof QueuedAnswer>;
