/** Revert: the content of an older revision as a new one. */
import { errors } from '../errors.ts';
import { nextVersion } from '../records/versions.ts';
import { sum } from './counts.ts';
import type { EditResult } from './edit.ts';
import { withLease } from './projects.ts';
import { type Precondition, sameProperties } from './target.ts';
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
 * @throws {DssError} project_unknown, revision_unknown, project_busy, revision_stale
 */
export async function revertProject(work: Work, options: RevertOptions): Promise<EditResult> {
	const { projectUuid, to } = options;
	const { workspace } = work;
	return withLease(work, projectUuid, options.precondition, async (current) => {
		const older = await workspace.revision(projectUuid, to);
		if (older === null) throw errors.revisionUnknown({ project_id: projectUuid, revision: to });
		await workspace.clear();
		await workspace.carryOver({ projectUuid, revision: to, scope: { of: 'records', remove: [] } });
		return work.stage('apply', async () => {
			const difference = await workspace.compare({ projectUuid, revision: current.number });
			const counts = {
				added: sum(difference.added),
				changed: sum(difference.changed),
				removed: sum(difference.removed),
			};
			const same = sameProperties(older.properties, current.properties);
			if (same && counts.added + counts.changed + counts.removed === 0)
				return { revision: current, ...counts };
			const at = work.at();
			const version = nextVersion(current.lamport);
			await workspace.restamp({ projectUuid, revision: current.number, version, at });
			const { name, description, metadata } = older.properties;
			const next = {
				cause: 'revert',
				message: `Back to revision ${to}`,
				author: null,
				at,
				properties: { ...current.properties, name, description, metadata, updatedAt: at },
				lamport: version,
				sync: current.sync,
				origin: null,
			} as const;
			const revision = await workspace.apply(projectUuid, next, (done, total) =>
				work.pause('apply', done, total),
			);
			return { revision, ...counts };
		});
	});
}
