/** If-Match (RFC 9110 §13.1.1): a caller's plan holds for the revision that it was made with. */
import { errors } from '../errors.ts';
import type { Revision } from '../store/port.ts';

/** The revisions of a project that a caller planned with; `any`: whichever, if the project is there; null: no matter. */
export type Precondition =
	| {
			readonly revisions: readonly number[];
			/** A revision that only weak tags named, which never match. */
			readonly weak?: number;
	  }
	| 'any'
	| null;

/** Revisions since the plan that a refusal names. */
const NAMED = 100;

/** @throws {DssError} revision_stale, with the revisions since */
export function assertIfMatch(
	projectUuid: string,
	current: Revision | null,
	precondition: Precondition,
): void {
	const number = current?.number ?? 0;
	if (precondition === null) return;
	// "If the field value is "*", the condition is false if the origin server has no current representation."
	if (precondition === 'any') {
		if (current !== null) return;
		throw errors.revisionStale({
			project_id: projectUuid,
			expected: 'any revision',
			revision: 0,
			since: [],
		});
	}
	if (precondition.revisions.includes(number)) return;
	const planned = Math.max(0, ...precondition.revisions);
	const since = Array.from(
		{ length: Math.min(Math.max(number - planned, 0), NAMED) },
		(_, index) => planned + 1 + index,
	);
	const expected =
		precondition.weak === undefined
			? planned === 0
				? 'no revision of it'
				: `revision ${planned}`
			: `the weak tag W/"rev-${precondition.weak}", which If-Match never matches (send "rev-${precondition.weak}")`;
	throw errors.revisionStale({ project_id: projectUuid, expected, revision: number, since });
}
