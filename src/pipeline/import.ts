/** Import: an upload becomes a project's next revision, by replacement or by a merge, in one step or not at all. */
import type { Warning } from '../../schemas/problem.ts';
import { errors } from '../errors.ts';
import { nextVersion } from '../records/versions.ts';
import type { NextRevision, ProjectProperties, Revision } from '../store/port.ts';
import { sum } from './counts.ts';
import type { Incoming, UploadOptions } from './incoming.ts';
import { type MergeResult, mergeIncoming } from './merge/run.ts';
import type { MergeSettings } from './merge/settings.ts';
import { assertExportable } from './projects.ts';
import { assertWithinLimits } from './record-limits.ts';
import { checkReferences } from './referential/run.ts';
import { assertIfMatch, nextProperties, noteSeenBy, type Precondition, sameProperties } from './target.ts';
import { stageUpload } from './upload.ts';
import { findMergeBase, vectorAfter } from './vector.ts';
import type { Work } from './work.ts';

export interface ImportOptions {
	readonly upload: UploadOptions;
	readonly discardLocalChanges: boolean;
	/** How to merge where the project is known; null: the upload replaces it. */
	readonly merge: MergeSettings | null;
	readonly precondition: Precondition;
}

export interface ImportResult {
	readonly revision: Revision;
	/** Whether the project was there before. */
	readonly existed: boolean;
	/** Whether there was anything to change. */
	readonly changed: boolean;
	/** What a merge did; null where there was none. */
	readonly merged: Pick<MergeResult, 'counts' | 'clockSkews'> | null;
	readonly migrations: readonly string[];
	readonly warnings: readonly Warning[];
}

/**
 * Imports an upload.
 *
 * @throws {DssError} any code of the stages; project_unknown, project_busy, local_changes, revision_stale
 */
export async function importUpload(work: Work, options: ImportOptions): Promise<ImportResult> {
	const incoming = await stageUpload(work, options.upload);
	const { workspace } = work;
	const { projectUuid } = incoming;
	await workspace.lease(projectUuid, work.holder);
	try {
		return await applyIncoming(work, incoming, options);
	} finally {
		await workspace.release(projectUuid, work.holder);
	}
}

async function applyIncoming(work: Work, incoming: Incoming, options: ImportOptions): Promise<ImportResult> {
	const { workspace } = work;
	const { projectUuid } = incoming;
	const current = await workspace.revision(projectUuid);
	const aimed = options.upload.projectId;
	if (current === null && aimed !== null && aimed !== 'new')
		throw errors.projectUnknown({ project_id: aimed });
	assertIfMatch(projectUuid, current, options.precondition);
	const base = {
		existed: current !== null,
		merged: null,
		migrations: incoming.migrations,
		warnings: work.warnings,
	};
	if (options.merge !== null && current !== null) {
		const { number } = current;
		return mergeIncoming(work, incoming, current, options.merge, ({ revision, ...merged }) => ({
			...base,
			revision,
			merged,
			changed: revision.number !== number,
		}));
	}
	await completeStaging(work, incoming, current);
	await work.stage('referential', () => checkReferences(work, incoming.references));
	return work.stage('apply', async () => {
		const at = work.at();
		const properties = nextProperties(incoming, current, at, options.upload.name !== null);
		const difference = await workspace.compare({ projectUuid, revision: current?.number ?? null });
		const differs = [difference.added, difference.changed, difference.removed].some(
			(counts) => sum(counts) > 0,
		);
		if (current !== null && !differs && sameProperties(properties, current.properties)) {
			return { ...base, revision: current, changed: false };
		}
		if (current !== null && !options.discardLocalChanges)
			await refuseLoss(work, incoming, current, properties);
		if (current !== null) await noteSeenBy(workspace, incoming, current);
		assertWithinLimits(current?.counts ?? null, difference, work.limits);
		assertExportable(work, projectUuid, properties);
		const next = await nextRevision(work, incoming, current, at, properties);
		const result = (revision: Revision): ImportResult => ({ ...base, revision, changed: true });
		const said = { ...next, job: work.mark(result) };
		return result(
			await workspace.apply(projectUuid, said, (done, total) => work.pause('apply', done, total)),
		);
	});
}

/** Brings in what the upload does not stand for, and makes the whole ready for the checks. */
export async function completeStaging(
	work: Work,
	incoming: Incoming,
	current: Revision | null,
): Promise<void> {
	const { projectUuid, scope } = incoming;
	if (current !== null) await work.workspace.carryOver({ projectUuid, revision: current.number, scope });
	await work.workspace.indexStaged();
}

/** An import never throws away silently what was done here and the upload has not seen. */
async function refuseLoss(
	work: Work,
	incoming: Incoming,
	current: Revision,
	properties: ProjectProperties,
): Promise<void> {
	const { workspace } = work;
	const { projectUuid } = incoming;
	const base = await findMergeBase(workspace, incoming);
	if (base?.number === current.number) return;
	let lost = await workspace.countUnseen({
		projectUuid,
		revision: current.number,
		base: base?.number ?? null,
	});
	const said = base !== null && !sameProperties(base.properties, current.properties);
	if (said && !sameProperties(properties, current.properties)) lost++;
	if (lost === 0) return;
	throw errors.localChanges({
		project_id: projectUuid,
		local_changes: lost,
		ways_on: ['strategy=merge', 'discard_local_changes=true'],
	});
}

async function nextRevision(
	work: Work,
	incoming: Incoming,
	current: Revision | null,
	at: string,
	properties: NextRevision['properties'],
): Promise<NextRevision> {
	const { workspace } = work;
	const { origin, projectUuid } = incoming;
	const common = { cause: 'import', message: null, author: null, at, properties } as const;
	const before = current?.lamport ?? 0;
	if (origin === null && incoming.format === 'dtcg') {
		const version = nextVersion(before);
		// In a new project every record is as it was staged: of version 1, made now.
		if (current !== null) await workspace.restamp({ projectUuid, revision: current.number, version, at });
		return { ...common, lamport: version, sync: current?.sync ?? {}, origin: { from: 'foreign' } };
	}
	const [row] = await workspace.select('SELECT coalesce(max(version), 0) AS highest FROM temp.staged');
	const lamport = Math.max(before, origin?.lamport ?? 0, Number(row?.['highest'] ?? 0));
	if (origin === null) {
		// What has no versions of its own gets ours where there are others to be told apart from.
		const version = nextVersion(lamport);
		const restamped = current !== null && !incoming.hasVersions;
		if (restamped) await workspace.restamp({ projectUuid, revision: current.number, version, at });
		return { ...common, lamport: restamped ? version : lamport, sync: current?.sync ?? {}, origin: null };
	}
	return {
		...common,
		lamport,
		sync: vectorAfter(incoming, current?.sync ?? {}, await workspace.instance()),
		// A partial archive is not the whole of its origin's state.
		origin:
			incoming.scope.of === 'project'
				? { from: 'archive', project: origin.project, instance: origin.instance, revision: origin.revision }
				: null,
	};
}
