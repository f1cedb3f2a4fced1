import Type from 'typebox';

/**
 * `$id` names a component of the OpenAPI document, and `x-format` is its `format` there
 * (src/plugins/openapi/components.ts). Neither is a check: the pattern is, and it is stricter than the format.
 */

/** RFC 9562, any version, lower case. */
export const Uuid = Type.String({
	$id: 'Uuid',
	'x-format': 'uuid',
	pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
	description: 'A UUID (RFC 9562), lower case',
});

/** RFC 3339 §5.6 in UTC; the pattern bounds each field, leap days are not looked at. */
export const Timestamp = Type.String({
	$id: 'Timestamp',
	'x-format': 'date-time',
	pattern:
		'^\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])T(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d{1,9})?Z$',
	description: 'A time (RFC 3339) in UTC',
});

/** SHA-256 as 64 lower-case hex digits. */
export const Sha256 = Type.String({
	$id: 'Sha256',
	pattern: '^[0-9a-f]{64}$',
	description: 'SHA-256 as 64 lower-case hex digits',
});

/** A count of things, exact as a double. */
export const Count = Type.Integer({
	$id: 'Count',
	'x-format': 'int64',
	minimum: 0,
	maximum: Number.MAX_SAFE_INTEGER,
	description: 'A number of things',
});

/** The number of a revision; the first is 1. */
export const RevisionNumber = Type.Integer({
	$id: 'RevisionNumber',
	'x-format': 'int64',
	minimum: 1,
	maximum: Number.MAX_SAFE_INTEGER,
	description: 'The number of a revision; the first is 1',
});

/**
 * The name of a project, theme or component: not blank, without control characters (C0, DEL, C1), marks that override
 * the direction of reading, and lone surrogates.
 */
export const Name = Type.String({
	$id: 'Name',
	minLength: 1,
	maxLength: 255,
	pattern: '^(?=\\s*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]+$',
	description:
		'A name: not blank, without control characters and marks that override the direction of reading',
});

/** Text for people: descriptions, reasons. */
export const Text = Type.String({ maxLength: 100_000 });

/** An object whose members DSS does not look into. */
export const FreeObject = Type.Record(Type.String(), Type.Unknown(), {
	$id: 'FreeObject',
	description: 'An object of any members',
});
