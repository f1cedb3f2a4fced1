/** Revisions as entity tags: `ETag: "rev-N"`, and If-Match on writes (RFC 9110 §8.8.3, §13.1.1). */
import Type from 'typebox';
import type { Precondition } from '../src/service/project-service.ts';

export const IfMatchHeaders = Type.Object({
	'if-match': Type.Optional(
		Type.String({
			description: 'The ETag of the revision that the request was planned with, or `*` for any revision',
		}),
	),
});

export const revisionTag = (revision: number): string => `"rev-${revision}"`;

/** The revisions that If-Match names, `any` for `*`; null where it is missing. Other tags name no revision of ours. */
export function precondition(header: string | undefined): Precondition {
	if (header === undefined) return null;
	if (header.trim() === '*') return 'any';
	const tags = [...header.matchAll(/(W\/)?"([^"]*)"/g)];
	// Weak tags never match here (§13.1.1: strong comparison).
	const revisions = tags.flatMap(([, weak, tag]) => {
		const number = weak === undefined ? /^rev-(\d{1,15})$/.exec(tag ?? '')?.[1] : undefined;
		return number === undefined ? [] : [Number(number)];
	});
	return { revisions };
}
