/** What replacing a project by an upload comes to, and what needs its caller's consent. */
import { errors } from '../errors.ts';
import { excerpt } from '../records/excerpt.ts';
import type { Comparison } from '../staging/port.ts';
import type { ProjectProperties, Revision } from '../store/port.ts';
import { allChangeCounts, type ChangeCounts } from './changes.ts';
import type { Incoming } from './incoming.ts';
import { assertFitsArchive } from './project-size.ts';
import { assertExportable } from './projects.ts';
import { nextProperties, sameProperties } from './properties.ts';
import { assertWithinLimits } from './record-limits.ts';
import { checkReferences } from './referential.ts';
import { completeSet } from './target.ts';
import { findMergeBase } from './vector.ts';
import type { Work } from './work.ts';

/** Records that an update may remove without consent, whatever part of a theme they are. */
const SMALL_REMOVAL = 10;

/** What the caller agrees to. */
export interface Consent {
	/** To lose changes made here that the upload has not seen. */
	readonly discardLocalChanges: boolean;
	/** To lose a large part of a theme. */
	readonly confirmRemoval: boolean;
}

/** A project's next state as an upload has it, before anything is written. */
export interface Replacement {
	readonly comparison: Comparison;
	readonly changes: ChangeCounts;
	readonly properties: ProjectProperties;
	readonly faultyReferences: boolean;
	/** Whether there is anything to write. */
	readonly differs: boolean;
}

/**
 * Compares an upload with the project that it replaces.
 *
 * @param named whether the caller names the project
 * @throws {DssError} any code of stage `referential`; too_many_records
 */
export async function planReplacement(
	work: Work,
	incoming: Incoming,
	current: Revision | null,
	at: string,
	named: boolean,
): Promise<Replacement> {
	const { set, here } = await completeSet(work, incoming, current);
	// What a partial upload does not hold stays as it is, its faults too.
	const keeps = here !== null && current !== null && incoming.scope.of !== 'project';
	const inherited = keeps ? { here, current } : null;
	const rules = { references: incoming.references, inherited };
	const faultyReferences = await work.stage('referential', () => checkReferences(work, set, rules));
	const properties = nextProperties(incoming, current, at, named);
	return work.stage('apply', () => {
		const comparison = set.compare(here);
		assertWithinLimits(current?.counts ?? null, comparison.difference, work.limits);
		const changes = allChangeCounts(comparison);
		const { added, changed, removed } = changes;
		const differs =
			current === null || added + changed + removed > 0 || !sameProperties(properties, current.properties);
		return { comparison, changes, properties, faultyReferences, differs };
	});
}

/**
 * Refuses a replacement that its project cannot hold, or that its caller has not agreed to.
 *
 * @throws {DssError} local_changes, large_removal, project_too_large; as `checkProject`
 */
export async function assertReplaceable(
	work: Work,
	incoming: Incoming,
	current: Revision | null,
	replacement: Replacement,
	consent: Consent,
): Promise<void> {
	const { projectUuid } = incoming;
	const { comparison, properties } = replacement;
	assertExportable(work, projectUuid, properties);
	if (!replacement.differs) return;
	const sync = current?.sync ?? incoming.origin?.sync ?? {};
	await assertFitsArchive(work, {
		comparison,
		projectUuid,
		properties,
		sync,
		before: current?.properties ?? null,
	});
	if (current === null) return;
	if (!consent.discardLocalChanges) await refuseLoss(work, incoming, current, replacement);
	if (!consent.confirmRemoval) refuseLargeRemoval(incoming, replacement);
}

/** An import never throws away silently what was done here and the upload has not seen. */
async function refuseLoss(
	{ store, staging }: Work,
	incoming: Incoming,
	current: Revision,
	{ properties, comparison }: Replacement,
): Promise<void> {
	const { projectUuid } = incoming;
	const base = await findMergeBase(store, incoming);
	if (base?.number === current.number) return;
	const at = base && { projectUuid, revision: base.number };
	let lost = comparison.countUnseen(await store.layOut(staging, 'base', at));
	const renamed = base !== null && !sameProperties(base.properties, current.properties);
	if (renamed && !sameProperties(properties, current.properties)) lost++;
	if (lost === 0) return;
	throw errors.localChanges({
		project_id: projectUuid,
		local_changes: lost,
		ways_on: ['strategy=merge', 'discard_local_changes=true'],
	});
}

/** REFUSALS 47: a wrong file, or half of the right one, does not empty a theme. */
function refuseLargeRemoval({ projectUuid }: Incoming, { comparison, changes }: Replacement): void {
	const { removed } = changes;
	if (removed <= SMALL_REMOVAL) return;
	const themes = comparison.largeLosses().map(({ name, ...loss }) => ({ ...loss, name: excerpt(name) }));
	if (themes.length === 0) return;
	throw errors.largeRemoval({ project_id: projectUuid, removed, themes, ways_on: ['confirm_removal=true'] });
}
