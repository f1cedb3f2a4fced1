/** The sole right to write a project, taken and given back. */
import { errors } from '../errors.ts';
import type { Lease, Revision } from '../store/port.ts';
import { assertIfMatch, type Precondition } from './precondition.ts';
import type { Work } from './work.ts';

/** Runs something with the sole right to write a project; null: it is not there yet. @throws {DssError} project_busy */
export async function leased<T>(
	{ store, holder }: Work,
	projectUuid: string,
	run: (lease: Lease, current: Revision | null) => Promise<T>,
): Promise<T> {
	const lease = await store.lease(projectUuid, holder);
	try {
		return await run(lease, await store.revision(projectUuid));
	} finally {
		await lease.release();
	}
}

/**
 * The same for a project that is there, at a revision that its caller knows.
 *
 * @throws {DssError} project_unknown, project_busy, revision_stale
 */
export async function withProject<T>(
	work: Work,
	projectUuid: string,
	precondition: Precondition,
	run: (lease: Lease, current: Revision) => Promise<T>,
): Promise<T> {
	const unknown = () => errors.projectUnknown({ project_id: projectUuid });
	if ((await work.store.revision(projectUuid)) === null) throw unknown();
	return leased(work, projectUuid, async (lease, current) => {
		if (current === null) throw unknown();
		assertIfMatch(projectUuid, current, precondition);
		return run(lease, current);
	});
}
