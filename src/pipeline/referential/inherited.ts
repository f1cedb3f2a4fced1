/** References to nothing that a project holds already: files of others come in with them (`references=warn`). */
import { DssError } from '../../errors.ts';
import type { Work } from '../work.ts';
import { faultKey, type KnownFaults, REFERENTIAL_CHECKS } from './run.ts';

/**
 * Runs something that is checked strictly; where it is refused for a reference to nothing, looks what the project's
 * revision holds of such already, and runs it once more without these: nobody can mend all of a file at once, and
 * what was let in with a warning must not keep its project from being worked on.
 *
 * @param run stages anew each time, since the look takes the staging tables
 */
export async function passingOverInherited<T>(
	work: Work,
	{ projectUuid, revision }: { projectUuid: string; revision: number },
	run: (known: KnownFaults) => Promise<T>,
): Promise<T> {
	try {
		return await run(new Set());
	} catch (error) {
		if (!(error instanceof DssError) || error.stage !== 'referential') throw error;
		const known = await inheritedFaults(work, projectUuid, revision);
		if (known.size === 0) throw error;
		work.warnings.length = 0;
		return run(known);
	}
}

async function inheritedFaults(work: Work, projectUuid: string, revision: number): Promise<KnownFaults> {
	const { workspace } = work;
	await workspace.clear();
	await workspace.carryOver({ projectUuid, revision, scope: { of: 'records', remove: [] } });
	await workspace.indexStaged();
	const known = new Set<string>();
	for (const check of REFERENTIAL_CHECKS) {
		if (check.lenient) await check.run(workspace, (error) => known.add(faultKey(error)));
	}
	return known;
}
