/** A project as an import finds it: is it known, may it be written now, would something be lost. */
import { errors } from '../errors.ts';
import type { ProjectProperties, Revision, Workspace } from '../store/port.ts';
import type { Incoming } from './incoming.ts';
import { seenOfOurs } from './vector.ts';

/** The revisions of a project that a caller planned with, `any` for one that exists; null where it named none. */
export type Precondition = { readonly revisions: readonly number[] } | 'any' | null;

/** Holds If-Match (RFC 9110 §13.1.1). @throws {DssError} revision_stale, with the revisions since */
export function assertIfMatch(
	projectUuid: string,
	current: Revision | null,
	precondition: Precondition,
): void {
	const number = current?.number ?? 0;
	if (precondition === null) return;
	if (precondition === 'any') {
		if (current !== null) return;
		const expected = 'a project that exists';
		throw errors.revisionStale({ project_id: projectUuid, expected, revision: number, since: [] });
	}
	const { revisions } = precondition;
	if (revisions.includes(number)) return;
	const planned = Math.max(0, ...revisions);
	const since = Array.from(
		{ length: Math.min(Math.max(number - planned, 0), 100) },
		(_, index) => planned + 1 + index,
	);
	const expected = planned === 0 ? 'no revision of it' : `revision ${planned}`;
	throw errors.revisionStale({ project_id: projectUuid, expected, revision: number, since });
}

/** Remembers which of our revisions the sender of an archive has taken in: history is not pruned of it. */
export async function noteSeenBy(workspace: Workspace, incoming: Incoming, current: Revision): Promise<void> {
	const here = await workspace.instance();
	const seen = seenOfOurs(incoming, here);
	const { origin, projectUuid } = incoming;
	if (origin === null || origin.instance === here || seen === 0 || seen > current.number) return;
	await workspace.noteSeen(projectUuid, origin.instance, seen);
}

/** The properties that the next revision would have. A foreign file says nothing of a project that is there. */
export function nextProperties(
	incoming: Incoming,
	current: Revision | null,
	at: string,
	named: boolean,
): ProjectProperties {
	const { properties } = incoming;
	if (current !== null && incoming.format === 'dtcg') {
		return { ...current.properties, ...(named ? { name: properties.name } : {}), updatedAt: at };
	}
	return {
		name: properties.name,
		description: properties.description,
		metadata: properties.metadata,
		createdAt: properties.createdAt ?? at,
		updatedAt: properties.updatedAt ?? at,
	};
}

/** Whether two states say the same of a project; times aside. */
export function sameProperties(one: ProjectProperties, other: ProjectProperties): boolean {
	return one.name === other.name && one.description === other.description && one.metadata === other.metadata;
}
