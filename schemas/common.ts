import Type from 'typebox';

/** RFC 9562, any version, lower case. */
export const Uuid = Type.String({
	pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
	description: 'A UUID (RFC 9562), lower case',
	examples: ['0b9f6f3e-2f5c-4a43-9c56-0a5c8d3f7a10'],
});

/** RFC 3339 §5.6 in UTC; the pattern bounds each field, leap days are not looked at. */
export const Timestamp = Type.String({
	pattern:
		'^\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])T(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d{1,9})?Z$',
	description: 'A time (RFC 3339) in UTC',
	examples: ['2026-11-21T09:30:00.000Z'],
});

/** SHA-256 as 64 lower-case hex digits. */
export const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });

/** A count of things, exact as a double. */
export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** The number of a revision; the first is 1. */
export const RevisionNumber = Type.Integer({
	minimum: 1,
	maximum: Number.MAX_SAFE_INTEGER,
	description: 'The number of a revision; the first is 1',
});

/**
 * The name of a project, theme or component: not blank, without control characters (C0, DEL, C1), marks that override
 * the direction of reading, and lone surrogates.
 */
export const Name = Type.String({
	minLength: 1,
	maxLength: 255,
	pattern: '^(?=\\s*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]+$',
});

/** Text for people: descriptions, reasons. */
export const Text = Type.String({ maxLength: 100_000 });

/** An object whose members DSS does not look into. */
export const FreeObject = Type.Record(Type.String(), Type.Unknown());
