/** The error answers of the operations, for the OpenAPI document (API, the table of statuses). */
const TITLES: Readonly<Record<number, string>> = {
	400: 'Malformed, or refused by a stage',
	403: 'Hostile by construction, or a foreign host or page',
	404: 'There is no such thing',
	405: 'The method is not allowed here',
	406: 'Accept names nothing that this answers with',
	408: 'Too slow',
	409: 'Busy, or in conflict',
	412: 'If-Match does not hold the current revision',
	413: 'Over a limit',
	416: 'The range is outside the file',
	415: 'The media type or the content encoding is not supported',
	422: 'The Idempotency-Key belongs to another request',
	429: 'Over the rate',
	500: 'Something went wrong here',
	503: 'Too much work, or not ready',
	507: 'No room left',
};

/** Schemas of problem documents for some statuses; every operation may also answer 400, 403, 406, 429, 500 and 503. */
export function problemAnswers(...statuses: number[]): Record<number, object> {
	const all = [...new Set([400, 403, 406, 429, 500, 503, ...statuses])].sort((a, b) => a - b);
	return Object.fromEntries(
		all.map((status) => [
			status,
			{
				description: TITLES[status] ?? 'A problem',
				content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } },
			},
		]),
	);
}

/** The header that names the revision of an answer. */
export const ETAG = {
	ETag: { type: 'string', description: 'The revision, as `"rev-N"`; for If-Match and If-None-Match' },
} as const;

/** The header of an answer that no revision names. */
export const DIGEST_TAG = {
	ETag: { type: 'string', description: 'Names this answer; for If-None-Match' },
} as const;

/** The answer to a read whose caller has it already. */
export const NOT_MODIFIED = {
	304: {
		type: 'null',
		description: 'Not changed since the answer that If-None-Match names',
		headers: DIGEST_TAG,
	},
} as const;
