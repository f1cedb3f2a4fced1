/** Revisions as entity tags: `ETag: "rev-N"`, and If-Match on writes (RFC 9110 §8.8.3, §13.1.1). */
import Type from 'typebox';
import { errors } from '../src/errors.ts';
import type { Precondition } from '../src/service/project-service.ts';
import { type EntityTag, entityTags } from './entity-tags.ts';

export const IfMatchHeaders = Type.Object({
	'if-match': Type.Optional(
		Type.String({
			description: 'The ETag of the revision that the request was planned with, or `*` for any revision',
		}),
	),
});

export const revisionTag = (revision: number): string => `"rev-${revision}"`;

/**
 * The revisions that If-Match names, `any` for `*`; null where it is missing. Other tags name no revision of ours.
 *
 * @throws {DssError} malformed_request where it holds no tag
 */
export function precondition(header: string | undefined): Precondition {
	if (header === undefined) return null;
	if (header.trim() === '*') return 'any';
	const tags = entityTags(header);
	if (tags.length === 0)
		throw errors.malformedRequest({ reason: 'If-Match takes tags in quotes, such as "rev-3", or *' });
	// Weak tags never match here (§13.1.1: strong comparison).
	const [strong, weak] = [tags.filter(({ isWeak }) => !isWeak), tags.filter(({ isWeak }) => isWeak)];
	const revisions = revisionsOf(strong);
	const [ignored] = revisions.length === 0 ? revisionsOf(weak) : [];
	return ignored === undefined ? { revisions } : { revisions, weak: ignored };
}

function revisionsOf(tags: readonly EntityTag[]): number[] {
	return tags.flatMap(({ value }) => {
		const number = /^rev-(\d{1,15})$/.exec(value)?.[1];
		return number === undefined ? [] : [Number(number)];
	});
}
