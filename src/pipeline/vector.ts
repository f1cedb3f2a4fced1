/** What a copy of a project has seen of others: bases of comparisons and version vectors, never clocks. */
import { MAX_INSTANCES } from '../../schemas/manifest.ts';
import { errors } from '../errors.ts';
import type { Lease, Revision, Store, SyncVector } from '../store/port.ts';
import type { Incoming } from './incoming.ts';

type ArchiveOrigin = NonNullable<Incoming['origin']>;

/**
 * The newest local revision that an upload has seen: one that its origin took in, or one that is itself the import
 * of a state that the upload stems from. Both are of one project: an archive of another project that is aimed at
 * this one knows nothing of its revisions. A foreign file carries no vector: its base is its last import.
 */
export async function findMergeBase(store: Store, incoming: Incoming): Promise<Revision | null> {
	const { origin, projectUuid } = incoming;
	if (incoming.format === 'dtcg')
		return store.newest(projectUuid, (revision) => revision.origin?.from === 'foreign');
	if (origin === null) return null;
	const seenHere = seenOfOurs(incoming, await store.instance());
	return store.newest(
		projectUuid,
		({ number, origin: from }) =>
			number <= seenHere ||
			(from?.from === 'archive' &&
				from.project === origin.project &&
				from.revision <= seenBy(origin, from.instance)),
	);
}

/** Remembers which of our revisions the sender of an archive has taken in: history is not pruned of it. */
export async function noteSeenBy(
	store: Store,
	lease: Lease,
	incoming: Incoming,
	current: Revision,
): Promise<void> {
	const here = await store.instance();
	const seen = seenOfOurs(incoming, here);
	const { origin } = incoming;
	if (origin === null || origin.instance === here || seen === 0 || seen > current.number) return;
	await store.noteSeen(lease, origin.instance, seen);
}

/** The newest of our revisions of this project that an archive's side has taken in; 0 where it has none. */
export function seenOfOurs({ origin, projectUuid }: Incoming, here: string): number {
	return origin?.project === projectUuid ? seenBy(origin, here) : 0;
}

/** Whether everything that an archive stands for is part of a revision of ours already. */
export function hasTakenIn(current: Revision, incoming: Incoming, here: string): boolean {
	const { origin, projectUuid } = incoming;
	if (origin?.project !== projectUuid) return false;
	return [...Object.keys(origin.sync), origin.instance].every(
		(instance) =>
			seenBy(origin, instance) <= (instance === here ? current.number : (current.sync[instance] ?? 0)),
	);
}

/**
 * The vector once an archive has been taken in whole: the highest of each, our own revisions aside. The vector of
 * another project's archive counts that project's revisions, and a partial one is not the whole of a state.
 *
 * @throws {DssError} manifest_invalid where an export could not carry the vector
 */
export function vectorAfter(incoming: Incoming, before: SyncVector, here: string): SyncVector {
	const { origin, projectUuid, scope } = incoming;
	if (origin?.project !== projectUuid || scope.of !== 'project') return before;
	const vector: Record<string, number> = { ...before };
	for (const instance of [...Object.keys(origin.sync), origin.instance]) {
		if (instance !== here) vector[instance] = Math.max(vector[instance] ?? 0, seenBy(origin, instance));
	}
	if (Object.keys(vector).length > MAX_INSTANCES) {
		const reason = `with it the project would know of more than ${MAX_INSTANCES} instances`;
		throw errors.manifestInvalid({ entry: 'manifest.json', pointer: '/origin/sync', reason });
	}
	return Object.fromEntries(Object.entries(vector).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function seenBy(origin: ArchiveOrigin, instance: string): number {
	return instance === origin.instance ? origin.revision : (origin.sync[instance] ?? 0);
}
