/** Retention: removes history that is no longer to be kept, a project at a time. */
import { DssError } from '../errors.ts';
import type { Retention } from '../store/port.ts';
import { leased } from './leased.ts';
import type { Work } from './work.ts';

/** Prunes a project unless somebody writes it now; the next time will do. Returns how many revisions were removed. */
export async function pruneProject(
	work: Work,
	{ projectUuid, retention }: { projectUuid: string; retention: Retention },
): Promise<number> {
	try {
		return await leased(work, projectUuid, (lease) => work.store.prune(lease, retention));
	} catch (error) {
		if (error instanceof DssError && error.code === 'project_busy') return 0;
		throw error;
	}
}
