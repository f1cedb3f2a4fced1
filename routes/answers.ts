/** The answers of operations that succeed, for the OpenAPI document. */
import type { Static, TSchema } from 'typebox';

/** Headers of an answer, by name. */
type Headers = Readonly<
	Record<string, { readonly type: 'string' | 'integer'; readonly description: string }>
>;

const text = (description: string) => ({ type: 'string', description }) as const;

/** The header that names the revision of an answer. */
export const ETAG = { ETag: text('The revision, as `"rev-N"`; for If-Match and If-None-Match') } as const;
/** The header of an answer that no revision names. */
export const DIGEST_TAG = { ETag: text('Names this answer; for If-None-Match') } as const;
/** The answer to a read whose caller has it already. */
export const NOT_MODIFIED = {
	304: {
		type: 'null',
		description: 'Not changed since the answer that If-None-Match names',
		headers: DIGEST_TAG,
	},
} as const;
export const LOCATION = { Location: text('The address of what was made') } as const;
/** An answer that was given before, to the same Idempotency-Key. */
export const REPLAYED = {
	'Idempotent-Replayed': text('`true` where the Idempotency-Key had this answer already'),
} as const;

/**
 * An answer in JSON.
 *
 * @param examples by name, each of the schema
 */
export function answer<Schema extends TSchema>(
	description: string,
	schema: Schema,
	examples: Readonly<Record<string, Static<Schema>>>,
	headers?: Headers,
) {
	const shown = Object.entries(examples).map(([name, value]) => [name, { value }]);
	return {
		description,
		...(headers && { headers }),
		content: { 'application/json': { schema, examples: Object.fromEntries(shown) as object } },
	};
}
