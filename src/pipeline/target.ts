/** An upload and the project that it is for: staged, leased, and held against what its caller expects. */
import { errors } from '../errors.ts';
import type { IndexedSet, Layout } from '../staging/port.ts';
import type { Lease, Revision } from '../store/port.ts';
import type { Incoming, UploadOptions } from './incoming.ts';
import { leased } from './leased.ts';
import { assertIfMatch, type Precondition } from './precondition.ts';
import { stageUpload } from './upload.ts';
import type { Work } from './work.ts';

/** A staged upload, and its project as it stands; null where it is not there yet. */
export interface Target<Current extends Revision | null = Revision | null> {
	readonly incoming: Incoming;
	readonly lease: Lease;
	readonly current: Current;
}

/**
 * Stages an upload, takes the lease of its project and runs something with both. What can be refused for the project's
 * sake is refused before the records are read, and looked at once more under the lease.
 *
 * @throws {DssError} any code of the stages archive to structure; project_unknown, project_busy, revision_stale
 */
export async function withTarget<T>(
	work: Work,
	upload: UploadOptions,
	precondition: Precondition,
	run: (target: Target) => Promise<T>,
): Promise<T> {
	const incoming = await stageUpload(work, upload, {
		async onTarget(projectUuid) {
			const current = await work.store.revision(projectUuid);
			assertExpected(projectUuid, current, upload, precondition);
			await work.store.assertFree(projectUuid);
		},
	});
	const { projectUuid } = incoming;
	return leased(work, projectUuid, async (lease, current) => {
		assertExpected(projectUuid, current, upload, precondition);
		return run({ incoming, lease, current });
	});
}

/** @throws {DssError} project_unknown, revision_stale */
function assertExpected(
	projectUuid: string,
	current: Revision | null,
	upload: UploadOptions,
	precondition: Precondition,
): void {
	if (current === null) assertMayBeMade(upload);
	assertIfMatch(projectUuid, current, precondition);
}

/** An upload that is aimed at a project makes none. @throws {DssError} project_unknown */
export function assertMayBeMade({ projectId }: UploadOptions): void {
	if (projectId !== null && projectId !== 'new') throw errors.projectUnknown({ project_id: projectId });
}

/** The staged records with what the upload does not stand for: the whole of the project's next state. */
export interface WholeSet {
	readonly set: IndexedSet;
	/** The revision that it is compared with; null for a new project. */
	readonly here: Layout<'here'> | null;
}

/** Completes staged records with those of the project that they do not stand for. */
export async function completeSet(
	{ store, staging }: Work,
	{ filling, projectUuid, scope }: Incoming,
	current: Revision | null,
): Promise<WholeSet> {
	if (current === null) return { set: filling.index(), here: null };
	const here = await store.layOut(staging, 'here', { projectUuid, revision: current.number });
	filling.carryOver(here, scope);
	return { set: filling.index(), here };
}
