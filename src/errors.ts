/**
 * The catalogue of errors: each code with its status, its title, and the alert that it raises, in one place and
 * nowhere else. `docs/errors.md` is held equal to it by a test. Elsewhere: `throw errors.zipSlip({ entry })`.
 */
import {
	type At,
	capital,
	define,
	type ErrorSpec,
	faultAt,
	type Limit,
	overLimit,
} from './errors/dss-error.ts';

export { bytesOf, detailsWithin, excerpt, firstFaults, MAX_PROBLEM_BYTES } from './errors/bounded.ts';
export {
	ALERT_TYPES,
	type AlertType,
	DssError,
	type ErrorData,
	type ErrorFactory,
	type ErrorSpec,
	fromErrorData,
	toErrorData,
	toStoredError,
} from './errors/dss-error.ts';

export const errors = {
	// Container
	zipSlip: define<At>('zip_slip', 403, 'An entry points outside the archive', faultAt, 'zip_slip'),
	unsafeName: define<At>('unsafe_name', 400, 'An entry has an unsafe name', faultAt),
	specialFile: define<At>('special_file', 403, 'An entry is not a regular file', faultAt, 'special_file'),
	duplicateEntry: define<At>(
		'duplicate_entry',
		403,
		'Two entries have the same name',
		faultAt,
		'parser_confusion',
	),
	headerMismatch: define<At>(
		'header_mismatch',
		403,
		'A local header contradicts the directory',
		faultAt,
		'parser_confusion',
	),
	overlappingEntries: define<At>(
		'overlapping_entries',
		403,
		'Entries overlap each other',
		faultAt,
		'zip_bomb',
	),
	ambiguousArchive: define<At>(
		'ambiguous_archive',
		403,
		'Two readers could see two different archives',
		faultAt,
		'parser_confusion',
	),
	unsupportedZipFeature: define<At>(
		'unsupported_zip_feature',
		400,
		'The archive uses a ZIP feature that is not supported',
		faultAt,
	),
	notAnArchive: define<At>('not_an_archive', 400, 'The file is not a whole ZIP archive', faultAt),
	tooManyEntries: define<Limit>(
		'too_many_entries',
		413,
		'The archive has too many entries',
		overLimit,
		'zip_bomb',
	),
	contentTooLarge: define<Limit & { entry?: string }>(
		'content_too_large',
		413,
		'The content is too large',
		overLimit,
		'zip_bomb',
	),
	sizeMismatch: define<At>('size_mismatch', 403, 'An entry holds more than it declares', faultAt, 'zip_bomb'),
	hiddenData: define<At>(
		'size_mismatch',
		403,
		'An entry holds more than it declares',
		faultAt,
		'parser_confusion',
	),
	corruptEntry: define<At>('corrupt_entry', 400, 'An entry is damaged', faultAt),

	// Manifest and schema
	manifestMissing: define<object>(
		'manifest_missing',
		400,
		'The archive has no manifest',
		() =>
			'The archive has no manifest.json. A .dss archive is made by an export of DSS; docs/format.md describes how to write one.',
	),
	manifestInvalid: define<At>('manifest_invalid', 400, 'The manifest is not well-formed', faultAt),
	manifestMismatch: define<At>(
		'manifest_mismatch',
		400,
		'The manifest does not describe this archive',
		faultAt,
	),
	integrityFailed: define<At>(
		'integrity_failed',
		403,
		'The content does not fit its digest',
		faultAt,
		'integrity',
	),
	tooManyRecords: define<Limit>('too_many_records', 413, 'There are too many records', overLimit),
	schemaTooNew: define<{ found: string; known: string }>(
		'schema_too_new',
		400,
		'The archive is of a newer version',
		(d) => `archive schema ${d.found} is newer than this app (${d.known}); update DSS`,
	),
	schemaUnknown: define<At>('schema_unknown', 400, 'The archive names no known version', faultAt),

	// Structure
	invalidJson: define<At>('invalid_json', 400, 'A text is not unambiguous JSON', faultAt),
	recordTooLarge: define<Limit & { entry?: string; line?: number }>(
		'record_too_large',
		413,
		'A record is too large',
		overLimit,
	),
	tooDeep: define<At>('too_deep', 400, 'A value is nested too deeply', faultAt),
	invalidRecord: define<At>('invalid_record', 400, 'A record is not well-formed', faultAt),
	invalidValue: define<At>('invalid_value', 400, 'A value is not allowed by its type', faultAt),

	noRecords: define<object>(
		'no_records',
		400,
		'The file holds no records',
		() =>
			'The file holds no design token: no group of it has a member with $value. Send a design tokens file (DTCG Format 2025.10) or a .dss archive.',
	),
	unknownFormat: define<{ looks_like: string; advice: string }>(
		'unknown_format',
		415,
		'The format of the file is not read',
		(d) => `The file looks like ${d.looks_like}. ${d.advice}`,
	),

	// Referential
	danglingReference: define<At>('dangling_reference', 400, 'A reference leads nowhere', faultAt),
	referenceCycle: define<At & { loop: string[] }>(
		'reference_cycle',
		400,
		'References form a circle',
		faultAt,
	),
	referenceType: define<At>('reference_type', 400, 'A reference leads to a token of another type', faultAt),
	referenceWebTooLarge: define<{ value: number }>(
		'reference_web_too_large',
		400,
		'References unfold into too much',
		(d) =>
			`Following the references and $extends takes more than ${d.value} steps. Refer to fewer parts, or write some of the values out.`,
	),
	duplicateRecord: define<At>('duplicate_record', 400, 'Two records claim the same identity', faultAt),

	// Requests
	malformedRequest: define<{ reason: string; pointer?: string }>(
		'malformed_request',
		400,
		'The request is malformed',
		(d) => `${capital(d.reason)}.`,
	),
	malformedUpload: define<{ reason: string }>(
		'malformed_upload',
		400,
		'The upload is malformed',
		(d) => `${capital(d.reason)}. Send one part "file", or the bare bytes with their media type.`,
	),
	uploadCutOff: define<object>(
		'upload_cut_off',
		400,
		'The upload was cut off',
		() => 'The upload ended before its end was sent; nothing of it was kept. Send it again.',
	),
	uploadTimeout: define<{ seconds: number }>(
		'upload_timeout',
		408,
		'The upload was too slow',
		(d) => `The upload made no headway within ${d.seconds} s; nothing of it was kept. Send it again.`,
	),
	uploadTooLarge: define<Limit>('upload_too_large', 413, 'The upload is too large', overLimit),
	bodyTooLarge: define<{ value: number }>(
		'upload_too_large',
		413,
		'The upload is too large',
		(d) => `The body is over the limit of ${d.value} bytes. Send less at once, or import an archive.`,
	),
	routeUnknown: define<{ method: string; path: string }>(
		'route_unknown',
		404,
		'There is no such address',
		(d) => `There is no ${d.method} ${d.path}. /docs lists all addresses.`,
	),
	methodNotAllowed: define<{ method: string; path: string; allow: string }>(
		'method_not_allowed',
		405,
		'The method is not allowed here',
		(d) => `${d.path} does not answer to ${d.method}, but to ${d.allow}.`,
	),
	unsupportedMediaType: define<{ given: string; expected: string }>(
		'unsupported_media_type',
		415,
		'The media type is not supported',
		(d) => `The body was sent as "${d.given}"; this address takes ${d.expected}.`,
	),
	foreignOrigin: define<{ reason: string; host?: string; origin?: string }>(
		'foreign_origin',
		403,
		'The request came by a foreign name or from a foreign page',
		(d) => `${capital(d.reason)}.`,
	),
	headersTooLarge: define<object>(
		'headers_too_large',
		431,
		'The headers are too large',
		() => 'The address and the headers of the request are larger than 16 KB together.',
	),
	requestTimeout: define<object>(
		'request_timeout',
		408,
		'The request was too slow',
		() => 'The headers of the request did not arrive in time. Send it again.',
	),
	rateLimited: define<{ retry_after: number; value: number }>(
		'rate_limited',
		429,
		'Too many requests',
		(d) => `More than ${d.value} requests came within a minute. Try again in ${d.retry_after} s.`,
	),

	// Projects
	projectUnknown: define<{ project_id: string }>(
		'project_unknown',
		404,
		'There is no such project',
		(d) => `There is no project ${d.project_id}.`,
	),
	revisionUnknown: define<{ project_id: string; revision: number }>(
		'revision_unknown',
		404,
		'There is no such revision',
		(d) => `Project ${d.project_id} has no revision ${d.revision}.`,
	),
	recordUnknown: define<{ kind: string; uuid: string }>(
		'record_unknown',
		404,
		'There is no such record',
		(d) => `There is no record ${d.uuid} among the ${d.kind} of this project.`,
	),
	projectBusy: define<{ project_id: string; retry_after: number }>(
		'project_busy',
		409,
		'The project is being written',
		(d) => `Another write to project ${d.project_id} is under way. Try again in ${d.retry_after} s.`,
	),
	localChanges: define<{ project_id: string; local_changes: number; ways_on: string[] }>(
		'local_changes',
		409,
		'The project holds changes that the import has not seen',
		(d) =>
			`${d.local_changes} changes made here would be lost. Go on with strategy=merge, which keeps both sides, or with discard_local_changes=true, which throws them away.`,
	),
	largeRemoval: define<{
		project_id: string;
		removed: number;
		themes: readonly { uuid: string; name: string; removed: number; of: number }[];
		ways_on: string[];
	}>(
		'large_removal',
		409,
		'The import would remove a large part of the project',
		(d) =>
			`${d.removed} records would be removed, among them more than half of the theme "${d.themes[0]?.name}"; nothing was changed. If that is meant, go on with confirm_removal=true.`,
	),
	mergeConflicts: define<{ conflicts: number; unsettled: number; conflicted_items: readonly object[] }>(
		'merge_conflicts',
		409,
		'Both sides changed the same things',
		(d) =>
			`${d.unsettled} of ${d.conflicts} conflicts are not settled; nothing was changed. Settle each in resolutions, or choose another strategy. The first are in details.conflicted_items; POST /api/projects/{project_id}/merge/analyze pages through all of them.`,
	),
	revisionStale: define<{ project_id: string; expected: string; revision: number; since: number[] }>(
		'revision_stale',
		412,
		'The project has moved on',
		(d) =>
			`The request was made for ${d.expected}, but ${d.revision === 0 ? 'there is no such project' : `the project is at revision ${d.revision}`}.`,
	),

	// Jobs
	jobUnknown: define<{ job_id: string }>(
		'job_unknown',
		404,
		'There is no such job',
		(d) => `There is no job ${d.job_id}; jobs are removed some time after their end.`,
	),
	jobFinished: define<{ job_id: string; job_status: string }>(
		'job_finished',
		409,
		'The job has ended',
		(d) => `Job ${d.job_id} has ${d.job_status} already; it cannot be cancelled.`,
	),
	resultUnknown: define<{ job_id: string; reason: string }>(
		'result_unknown',
		404,
		'The job has no result to fetch',
		(d) => `Job ${d.job_id} has no file: ${d.reason}.`,
	),
	resultTooLarge: define<Limit>('result_too_large', 413, 'The result is too large', overLimit),
	jobGivenUp: define<{ attempts: number; reason: string }>(
		'job_given_up',
		500,
		'The job was given up',
		(d) => `After ${d.attempts} attempts the job was given up; nothing was changed. Last: ${d.reason}`,
	),
	rangeNotSatisfiable: define<{ bytes: number }>(
		'range_not_satisfiable',
		416,
		'The range lies outside the file',
		(d) => `The file has ${d.bytes} bytes; the requested range begins after them.`,
	),
	keyInUse: define<{ retry_after: number }>(
		'idempotency_key_in_use',
		409,
		'The first request with this key still runs',
		(d) => `The first request with this Idempotency-Key has no answer yet. Try again in ${d.retry_after} s.`,
	),
	keyReused: define<object>(
		'idempotency_key_reused',
		422,
		'The key belongs to another request',
		() => 'This Idempotency-Key came with another request before. Use a new key for a new request.',
	),
	callbackNotAllowed: define<{ origin: string }>(
		'callback_not_allowed',
		403,
		'The callback address is not allowed',
		(d) => `${d.origin} is not among the origins that may be called back (DSS_WEBHOOK_ORIGINS).`,
	),

	// The machine
	cancelled: define<object>(
		'cancelled',
		499,
		'The work was cancelled',
		() => 'The work was cancelled before its end; nothing was changed.',
	),
	spoolFull: define<object>(
		'spool_full',
		507,
		'There is no room left',
		() =>
			'There is no room on the disk for this. Nothing was changed. Free room on the data folder, then try again.',
	),
	tooBusy: define<{ retry_after: number }>(
		'too_busy',
		503,
		'Too much work is waiting',
		(d) => `All workers are busy and the queue is full. Try again in ${d.retry_after} s.`,
	),
	workStalled: define<{ retry_after: number }>(
		'work_stalled',
		503,
		'The work made no progress',
		(d) =>
			`The work neither moved nor stopped, so it was ended; nothing was changed. Try again in ${d.retry_after} s; if it stalls again, report it with the file.`,
	),
	storeBusy: define<{ retry_after: number }>(
		'store_busy',
		503,
		'The store is busy',
		(d) => `The store could not be written in time. Try again in ${d.retry_after} s.`,
	),
	stopping: define<{ retry_after: number }>(
		'stopping',
		503,
		'The service is stopping',
		(d) => `The service is stopping; nothing was changed. Try again in ${d.retry_after} s.`,
	),
	storeFailed: define<object>(
		'store_failed',
		500,
		'The store does not work',
		() =>
			'The store could not be read or written; nothing was changed. The operator finds the reason in the log.',
	),
	internal: define<object>(
		'internal',
		500,
		'Something went wrong here',
		() =>
			'Something went wrong inside the service; nothing was changed. The operator finds more in the log under this instance.',
	),
} as const;

/** Every code of the catalogue with its spec (two factories may share a code). */
export const catalogue: ReadonlyMap<string, ErrorSpec> = new Map(
	Object.values(errors).map((factory) => [factory.spec.code, factory.spec]),
);
