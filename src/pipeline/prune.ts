/** Retention: history that is not to be kept any longer goes, a project at a time. */
import { DssError } from '../errors.ts';
import type { Retention } from '../store/port.ts';
import type { Work } from './work.ts';

/** Prunes a project unless somebody writes it now; then the next time will do. Answers how many revisions went. */
export async function pruneProject(
	work: Work,
	{ projectUuid, retention }: { projectUuid: string; retention: Retention },
): Promise<number> {
	const { workspace, holder } = work;
	try {
		await workspace.lease(projectUuid, holder);
	} catch (error) {
		if (error instanceof DssError && error.code === 'project_busy') return 0;
		throw error;
	}
	try {
		return await workspace.prune(projectUuid, retention);
	} finally {
		await workspace.release(projectUuid, holder);
	}
}
