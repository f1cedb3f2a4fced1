/** Revert: the content of an older revision as a new one. */
import { errors } from '../errors.ts';
import { type ChangeResult, writeChanges } from './changes.ts';
import { withProject } from './leased.ts';
import type { Precondition } from './precondition.ts';
import type { Work } from './work.ts';

export interface RevertOptions {
	readonly projectUuid: string;
	/** The revision whose content comes back. */
	readonly to: number;
	readonly precondition: Precondition;
}

/**
 * Makes the next revision with the content of an older one. What comes back is a change like any other, so others
 * merge it as one. Nothing different makes no revision.
 *
 * @throws {DssError} project_unknown, revision_unknown, project_busy, revision_stale, too_many_records,
 * project_too_large
 */
export async function revertProject(work: Work, options: RevertOptions): Promise<ChangeResult> {
	const { projectUuid, to } = options;
	const { store, staging } = work;
	return withProject(work, projectUuid, options.precondition, async (lease, current) => {
		const older = await store.revision(projectUuid, to);
		if (older === null) throw errors.revisionUnknown({ project_id: projectUuid, revision: to });
		return work.stage('apply', async () => {
			const filling = staging.begin();
			const then = await store.layOut(staging, 'here', { projectUuid, revision: to });
			filling.carryOver(then, { of: 'records', remove: [] });
			const here = await store.layOut(staging, 'here', { projectUuid, revision: current.number });
			const comparison = filling.compareUnchecked(here);
			const { properties, faultyReferences } = older;
			const { name, description, metadata } = properties;
			return writeChanges(work, lease, current, comparison, {
				cause: 'revert',
				message: `Back to revision ${to}`,
				properties: { name, description, metadata },
				faultyReferences,
				at: work.at(),
			});
		});
	});
}
