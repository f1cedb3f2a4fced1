/** An error of each code that operations document, as a caller would see it. */
import type { Stage } from '../schemas/problem.ts';
import { type DssError, errors } from '../src/errors.ts';

const project_id = '018f3b60-0000-7000-8000-0000000000a1';
const uuid = '018f3b60-0000-7000-8000-0000000000c1';
const job_id = '018f3b60-0000-7000-8000-0000000000e1';
const retry_after = 2;
const place = { entry: 'tokens.jsonl', line: 12, path: 'color.accent', uuid };

/** The stage that refused, as the pipeline notes it. */
function by(stage: Stage, error: DssError): DssError {
	error.stage = stage;
	return error;
}

export const EXAMPLES = {
	malformed_request: errors.malformedRequest({
		reason: 'the query at /limit must be <= 200',
		pointer: '/limit',
	}),
	bad_cursor: errors.badCursor({}),
	malformed_upload: errors.malformedUpload({ reason: 'there is no part "file"' }),
	manifest_missing: by('manifest', errors.manifestMissing({})),
	invalid_record: by('structure', errors.invalidRecord({ ...place, reason: 'must have a theme' })),
	dangling_reference: by(
		'referential',
		errors.danglingReference({ ...place, reason: 'the alias {color.gone} leads nowhere' }),
	),
	no_records: by('structure', errors.noRecords({})),
	foreign_origin: errors.foreignOrigin({
		reason: '"evil.example" is not a name of this service; the operator can add it to DSS_HOSTS',
		host: 'evil.example',
	}),
	callback_not_allowed: errors.callbackNotAllowed({ origin: 'https://hooks.example' }),
	zip_slip: by('archive', errors.zipSlip({ entry: '../outside', reason: 'it leads out of the archive' })),
	project_unknown: errors.projectUnknown({ project_id }),
	revision_unknown: errors.revisionUnknown({ project_id, revision: 9 }),
	record_unknown: errors.recordUnknown({ kind: 'tokens', uuid }),
	job_unknown: errors.jobUnknown({ job_id }),
	result_unknown: errors.resultUnknown({ job_id, reason: 'it is running' }),
	not_acceptable: errors.notAcceptable({ given: 'text/html', produced: ['application/json'] }),
	upload_timeout: errors.uploadTimeout({ seconds: 15 }),
	project_busy: errors.projectBusy({ project_id, retry_after }),
	idempotency_key_in_use: errors.keyInUse({ retry_after }),
	local_changes: errors.localChanges({
		project_id,
		local_changes: 3,
		ways_on: ['strategy=merge', 'discard_local_changes=true'],
	}),
	large_removal: errors.largeRemoval({
		project_id,
		removed: 71,
		themes: [{ uuid, name: 'Aurora', removed: 71, of: 80 }],
		ways_on: ['confirm_removal=true'],
	}),
	merge_conflicts: errors.mergeConflicts({ conflicts: 2, unsettled: 1, conflicted_items: [] }),
	job_finished: errors.jobFinished({ job_id, job_status: 'succeeded' }),
	revision_stale: errors.revisionStale({ project_id, expected: 'revision 3', revision: 5, since: [4, 5] }),
	upload_too_large: errors.uploadTooLarge({
		limit: 'the upload',
		value: 100_000_000,
		setting: 'DSS_MAX_ARCHIVE_BYTES',
	}),
	too_many_records: by(
		'structure',
		errors.tooManyRecords({
			limit: 'the number of tokens',
			value: 10_000,
			actual: 12_000,
			setting: 'DSS_MAX_TOKENS',
		}),
	),
	project_too_large: by(
		'structure',
		errors.projectTooLarge({
			limit: 'the content of the project in bytes',
			value: 1_000_000_000,
			actual: 1_000_400_000,
			setting: 'DSS_MAX_CONTENT_BYTES',
		}),
	),
	result_too_large: errors.resultTooLarge({
		limit: 'the exported file in bytes',
		value: 500_000_000,
		setting: 'DSS_SPOOL_QUOTA_BYTES',
	}),
	unsupported_media_type: errors.unsupportedMediaType({
		given: 'application/xml',
		expected: 'application/json',
	}),
	unsupported_content_encoding: errors.unsupportedContentEncoding({ given: 'gzip' }),
	unknown_format: by(
		'structure',
		errors.unknownFormat({ looks_like: 'CSS', advice: 'Send a design tokens file or a .dss archive.' }),
	),
	range_not_satisfiable: errors.rangeNotSatisfiable({ bytes: 20_480 }),
	idempotency_key_reused: errors.keyReused({}),
	rate_limited: errors.rateLimited({ retry_after: 30, value: 300 }),
	internal: errors.internal({}),
	store_failed: errors.storeFailed({}),
	too_busy: errors.tooBusy({ retry_after }),
	store_busy: errors.storeBusy({ retry_after }),
	stopping: errors.stopping({ retry_after: 5 }),
	spool_full: errors.spoolFull({}),
} satisfies Readonly<Record<string, DssError>>;

export type ExampleCode = keyof typeof EXAMPLES;
