/** A project as an import finds it: is it known, may it be written now, would something be lost. */
import { errors } from '../errors.ts';
import type { Facts, Revision, Workspace } from '../store/port.ts';
import type { Incoming } from './incoming.ts';

/** The revisions of a project that a caller planned with; null where it named none. */
export type Precondition = { readonly revisions: readonly number[] } | null;

/** Holds If-Match (RFC 9110 §13.1.1). @throws {DssError} revision_stale, with the revisions since */
export function holdPrecondition(
	projectUuid: string,
	current: Revision | null,
	precondition: Precondition,
): void {
	const number = current?.number ?? 0;
	if (precondition === null || precondition.revisions.includes(number)) return;
	const planned = Math.max(0, ...precondition.revisions);
	const since = Array.from(
		{ length: Math.min(Math.max(number - planned, 0), 100) },
		(_, index) => planned + 1 + index,
	);
	const expected = planned === 0 ? 'no revision of it' : `revision ${planned}`;
	throw errors.revisionStale({ project_id: projectUuid, expected, revision: number, since });
}

/**
 * The newest local revision that an upload has seen: one that its origin took in, or one that is itself the import
 * of a state that the upload stems from. Both speak of one project: an archive of another project that is aimed at
 * this one knows nothing of its revisions. A foreign file carries no vector: its base is its last import.
 */
export async function baseOf(workspace: Workspace, incoming: Incoming): Promise<Revision | null> {
	const { origin, projectUuid } = incoming;
	if (origin === null)
		return workspace.newest(projectUuid, (revision) => revision.origin?.from === 'foreign');
	const here = await workspace.instance();
	const seen = (instance: string) =>
		instance === origin.instance ? origin.revision : (origin.sync[instance] ?? 0);
	const seenHere = origin.project === projectUuid ? seen(here) : 0;
	return workspace.newest(
		projectUuid,
		({ number, origin: from }) =>
			number <= seenHere ||
			(from?.from === 'archive' && from.project === origin.project && from.revision <= seen(from.instance)),
	);
}

/** The facts that the next revision would have. A foreign file says nothing of a project that is there. */
export function nextFacts(incoming: Incoming, current: Revision | null, at: string, named: boolean): Facts {
	const { facts } = incoming;
	if (current !== null && incoming.format === 'dtcg') {
		return { ...current.facts, ...(named ? { name: facts.name } : {}), updatedAt: at };
	}
	return {
		name: facts.name,
		description: facts.description,
		metadata: facts.metadata,
		createdAt: facts.createdAt ?? at,
		updatedAt: facts.updatedAt ?? at,
	};
}

/** Whether two states say the same of a project; times aside. */
export function sameFacts(one: Facts, other: Facts): boolean {
	return one.name === other.name && one.description === other.description && one.metadata === other.metadata;
}
