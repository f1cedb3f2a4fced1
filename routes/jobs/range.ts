import type { IncomingHttpHeaders } from 'node:http';
import Type from 'typebox';
import { ReadHeaders } from '../entity-tags.ts';

export const RangeHeaders = Type.Object({
	...ReadHeaders.properties,
	range: Type.Optional(Type.String({ description: 'The part that is wanted, such as `bytes=0-999`' })),
	'if-range': Type.Optional(
		Type.String({ description: 'The ETag of the part that the caller has: another file is sent whole' }),
	),
});

/** A part of a file: the first and the last byte of it. */
export interface Range {
	readonly first: number;
	readonly last: number;
}

/**
 * The part that a request asks for (RFC 9110 §14.1.2, §14.2): null for the whole, where there is no Range, one that
 * is not understood, several at once (which a server may answer whole), or an If-Range that names other bytes (§13.1.5).
 */
export function rangeOf(
	{ range, 'if-range': ifRange }: IncomingHttpHeaders,
	bytes: number,
	etag: string,
): Range | 'unsatisfiable' | null {
	const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range ?? '') ?? [];
	if (from === undefined || to === undefined || (from === '' && to === '')) return null;
	if (ifRange !== undefined && ifRange !== etag) return null;
	// A suffix: so many bytes from the end.
	if (from === '')
		return Number(to) === 0 || bytes === 0
			? 'unsatisfiable'
			: { first: Math.max(0, bytes - Number(to)), last: bytes - 1 };
	const first = Number(from);
	const last = to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
	if (to !== '' && Number(to) < first) return null;
	return first >= bytes ? 'unsatisfiable' : { first, last };
}
