/** The answers of operations that fail, for the OpenAPI document: what each status means there. */
import { Problem } from '../schemas/problem.ts';
import { toProblem } from '../src/service/problem-presenter.ts';
import { EXAMPLES, type ExampleCode } from './problem-examples.ts';

const REQUEST_ID = '8d0c8a52-6f0e-4a4e-9f0a-2f6b9a3f5d77';
const RETRY_AFTER = {
	'Retry-After': { type: 'integer', description: 'Seconds after which to try again' },
} as const;
const CONTENT_RANGE = {
	'Content-Range': { type: 'string', description: 'How many bytes there are' },
} as const;

const ACCEPT_ENCODING = {
	'Accept-Encoding': {
		type: 'string',
		description: 'Where the Content-Encoding of the request was refused: those that are taken',
	},
} as const;

interface Meaning {
	readonly status: number;
	readonly description: string;
	/** The first codes to expect; docs/errors.md lists all. */
	readonly codes: readonly ExampleCode[];
	readonly headers?: object;
}

/** Each answer by its name, which it has as a component of the document too. */
const ANSWERS = {
	MalformedRequest: { status: 400, description: 'The request is malformed', codes: ['malformed_request'] },
	MalformedPage: {
		status: 400,
		description: 'The request is malformed, or the cursor is not of this list',
		codes: ['malformed_request', 'bad_cursor'],
	},
	RefusedEdit: {
		status: 400,
		description: 'The request is malformed, or a record is refused',
		codes: ['malformed_request', 'invalid_record', 'dangling_reference'],
	},
	RefusedUpload: {
		status: 400,
		description: 'The request is malformed, or a stage refuses the upload',
		codes: ['malformed_request', 'malformed_upload', 'manifest_missing', 'dangling_reference', 'no_records'],
	},
	ForeignOrigin: {
		status: 403,
		description: 'The request came under a foreign name, or from a foreign page',
		codes: ['foreign_origin'],
	},
	CallbackNotAllowed: {
		status: 403,
		description: 'A foreign name or page, or a callback to an address that is not allowed',
		codes: ['foreign_origin', 'callback_not_allowed'],
	},
	HostileUpload: {
		status: 403,
		description: 'The upload is hostile by construction; or a foreign name, page or callback',
		codes: ['foreign_origin', 'callback_not_allowed', 'zip_slip'],
	},
	ProjectUnknown: { status: 404, description: 'There is no such project', codes: ['project_unknown'] },
	RevisionUnknown: {
		status: 404,
		description: 'There is no such project or revision',
		codes: ['project_unknown', 'revision_unknown'],
	},
	RecordUnknown: {
		status: 404,
		description: 'There is no such project, revision or record',
		codes: ['project_unknown', 'revision_unknown', 'record_unknown'],
	},
	JobUnknown: { status: 404, description: 'There is no such job', codes: ['job_unknown'] },
	ResultUnknown: {
		status: 404,
		description: 'There is no such job, or it has no file',
		codes: ['job_unknown', 'result_unknown'],
	},
	NotAcceptable: {
		status: 406,
		description: 'Accept names nothing that this answers with',
		codes: ['not_acceptable'],
	},
	UploadTimeout: { status: 408, description: 'The body came too slowly', codes: ['upload_timeout'] },
	ProjectBusy: {
		status: 409,
		description: 'Another write to the project is under way',
		codes: ['project_busy'],
		headers: RETRY_AFTER,
	},
	EditConflict: {
		status: 409,
		description: 'Another write to the project, or the first request with this Idempotency-Key, is under way',
		codes: ['project_busy', 'idempotency_key_in_use'],
		headers: RETRY_AFTER,
	},
	KeyInUse: {
		status: 409,
		description: 'The first request with this Idempotency-Key still runs',
		codes: ['idempotency_key_in_use'],
		headers: RETRY_AFTER,
	},
	ImportConflict: {
		status: 409,
		description: 'The import would lose something, or another write is under way',
		codes: ['local_changes', 'large_removal', 'merge_conflicts', 'project_busy', 'idempotency_key_in_use'],
		headers: RETRY_AFTER,
	},
	MergeConflict: {
		status: 409,
		description: 'There are conflicts to settle, or another write is under way',
		codes: ['merge_conflicts', 'project_busy', 'idempotency_key_in_use'],
		headers: RETRY_AFTER,
	},
	JobFinished: { status: 409, description: 'The job has ended', codes: ['job_finished'] },
	RevisionStale: {
		status: 412,
		description: 'If-Match does not name the current revision',
		codes: ['revision_stale'],
	},
	BodyTooLarge: { status: 413, description: 'The body is over a limit', codes: ['upload_too_large'] },
	ContentTooLarge: {
		status: 413,
		description: 'The body, or what it holds, is over a limit',
		codes: ['upload_too_large', 'too_many_records', 'project_too_large'],
	},
	ResultTooLarge: {
		status: 413,
		description: 'The body or the file would be over a limit',
		codes: ['upload_too_large', 'result_too_large'],
	},
	UnsupportedMediaType: {
		status: 415,
		description: 'The media type or the content encoding is not supported',
		codes: ['unsupported_media_type', 'unsupported_content_encoding'],
		headers: ACCEPT_ENCODING,
	},
	UnknownFormat: {
		status: 415,
		description: 'The media type or the format of the file is not supported',
		codes: ['unsupported_media_type', 'unsupported_content_encoding', 'unknown_format'],
		headers: ACCEPT_ENCODING,
	},
	RangeNotSatisfiable: {
		status: 416,
		description: 'The range lies outside the file',
		codes: ['range_not_satisfiable'],
		headers: CONTENT_RANGE,
	},
	KeyReused: {
		status: 422,
		description: 'The Idempotency-Key belongs to another request',
		codes: ['idempotency_key_reused'],
	},
	RateLimited: {
		status: 429,
		description: 'Too many requests',
		codes: ['rate_limited'],
		headers: RETRY_AFTER,
	},
	Failed: { status: 500, description: 'Something went wrong here', codes: ['internal', 'store_failed'] },
	Busy: {
		status: 503,
		description: 'Too much work is waiting, or the service is stopping',
		codes: ['too_busy', 'store_busy', 'stopping'],
		headers: RETRY_AFTER,
	},
	SpoolFull: { status: 507, description: 'There is no room left on the disk', codes: ['spool_full'] },
} as const satisfies Readonly<Record<string, Meaning>>;

export type ProblemAnswer = keyof typeof ANSWERS;

/** What any operation may answer. */
const ALWAYS = [
	'MalformedRequest',
	'ForeignOrigin',
	'NotAcceptable',
	'RateLimited',
	'Failed',
	'Busy',
] as const;

/** Answers by status, beside those that any operation may give; of two with one status, the named one stands. */
export function problemAnswers(...names: ProblemAnswer[]): Record<number, object> {
	return Object.fromEntries([...ALWAYS, ...names].map((name) => [ANSWERS[name].status, shown(name)]));
}

function shown(name: ProblemAnswer): object {
	const { description, codes, headers }: Meaning = ANSWERS[name];
	const examples = codes.map((code) => [code, { value: toProblem(EXAMPLES[code], REQUEST_ID) }]);
	return {
		description,
		...(headers && { headers }),
		content: {
			'application/problem+json': {
				schema: Problem,
				examples: Object.fromEntries(examples),
				'x-name': name,
			},
		},
	};
}
