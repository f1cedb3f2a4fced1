/** Merge: an upload and a project's own changes since they last met become the project's next revision. */
import type { ConflictedItem } from '../../../schemas/merges.ts';
import { KINDS } from '../../../schemas/records.ts';
import { checkRecord, type RecordLimits } from '../../records/check-record.ts';
import { sumCounts } from '../../records/counts.ts';
import { parseLine } from '../../records/line.ts';
import type { StagedRecord } from '../../records/staged-record.ts';
import { nextVersion } from '../../records/versions.ts';
import type { Comparison, Layout, MergedSet, Renaming, Sides, ThreeWay } from '../../staging/port.ts';
import type { Revision, RevisionOrigin, SyncVector } from '../../store/port.ts';
import { changeCounts } from '../changes.ts';
import type { Incoming } from '../incoming.ts';
import { assertFitsArchive } from '../project-size.ts';
import { assertExportable } from '../projects.ts';
import { sameProperties } from '../properties.ts';
import { assertWithinLimits } from '../record-limits.ts';
import { findMergeBase, hasTakenIn, seenOfOurs, vectorAfter } from '../vector.ts';
import type { Work } from '../work.ts';
import { type Decided, decideOpenCases } from './decide.ts';
import { renameClashes, stageForks } from './forks.ts';
import { type MergedProperties, mergeProperties } from './properties.ts';
import { countsOf, type MergeCounts, unsettled, warn, warnOfClashes } from './report.ts';
import type { MergeRules } from './rules/conflict.ts';
import { underNewNames } from './rules/naming.ts';
import type { MergeSettings, Stamp } from './settings.ts';

/** What a merge comes to, before anything of it is written. */
export interface MergePlan {
	readonly base: Revision | null;
	readonly counts: MergeCounts;
	/** The page of conflicts that was asked for, and whether there are more behind it. */
	readonly items: readonly ConflictedItem[];
	readonly more: boolean;
	readonly clockSkews: number;
	/** The merged whole; null where the upload holds nothing that is not known here. */
	readonly whole: MergedWhole | null;
	/** What the next revision is; null where nothing differs. */
	readonly next: MergedRevision | null;
}

export interface MergedWhole {
	readonly set: MergedSet;
	readonly comparison: Comparison;
	/** The revision that it was merged with. */
	readonly here: Layout<'here'>;
}

interface MergedRevision {
	readonly properties: MergedProperties['properties'];
	readonly lamport: number;
	readonly sync: SyncVector;
	readonly origin: RevisionOrigin | null;
}

/**
 * Merges the staged records with a project, in the staging tables; nothing is written to the project.
 *
 * @throws {DssError} merge_conflicts where the strategy leaves any unsettled; too_many_records, project_too_large
 */
export async function planMerge(
	work: Work,
	incoming: Incoming,
	current: Revision,
	settings: MergeSettings,
): Promise<MergePlan> {
	const instance = await work.store.instance();
	if (hasTakenIn(current, incoming, instance)) return nothingNew(current);
	const stamp = { version: nextVersion(highestVersion(incoming, current)), at: work.at() };
	const compared = await compareSides(work, incoming, current, settings, instance);
	const { base, cases } = compared;
	const rules = rulesOf(incoming, base, settings, Date.parse(stamp.at));
	const decided = await decideOpenCases(work, cases, rules, settings, stamp);
	if (decided.unsettled > 0) throw unsettled(decided);
	const merged = mergeProperties(
		incoming,
		base?.properties ?? null,
		current.properties,
		settings.strategy,
		stamp.at,
	);
	if (merged.properties !== current.properties) {
		assertExportable(work, incoming.projectUuid, merged.properties);
	}
	warn(work, cases.outcomes, decided, merged, settings);
	const whole = await bringTogether(work, incoming, compared, decided, settings, stamp);
	assertWithinLimits(current.counts, whole.comparison.difference, work.limits);
	const { added, changed, removed } = changeCounts(whole.comparison);
	const sync = vectorAfter(incoming, current.sync, instance);
	await assertFitsArchive(work, {
		comparison: whole.comparison,
		projectUuid: incoming.projectUuid,
		properties: merged.properties,
		sync,
		before: current.properties,
	});
	const differs =
		added + changed + removed > 0 ||
		!sameProperties(merged.properties, current.properties) ||
		(incoming.format === 'dtcg' && cases.outcomes.deleted + cases.outcomes.open > 0) ||
		// Learning of writes that change nothing here makes no revision.
		(compared.news && advances(sync, current.sync));
	const identical = whole.set.isImported(sumCounts(incoming.counts)) && hasSameProperties(incoming, merged);
	const origin = originOf(incoming, identical);
	return {
		base,
		counts: countsOf(cases.outcomes, decided, current, settings),
		items: decided.items,
		more: decided.more,
		clockSkews: decided.clockSkews,
		whole,
		next: differs ? { properties: merged.properties, lamport: stamp.version, sync, origin } : null,
	};
}

/** How the sides stand to each other. */
interface Compared {
	readonly base: Revision | null;
	readonly sides: Sides;
	readonly cases: ThreeWay;
	/** Records that have two uuids. */
	readonly pairs: number;
	/** Whether the import holds anything else than the base. */
	readonly news: boolean;
}

async function compareSides(
	work: Work,
	incoming: Incoming,
	current: Revision,
	{ deletions }: MergeSettings,
	instance: string,
): Promise<Compared> {
	const { store, staging } = work;
	const { projectUuid, scope } = incoming;
	const base = await findMergeBase(store, incoming);
	const baseAt = base && { projectUuid, revision: base.number };
	const sides: Sides = {
		here: await store.layOut(staging, 'here', { projectUuid, revision: current.number }),
		base: await store.layOut(staging, 'base', baseAt),
		declined: await store.layOutDeclined(staging, projectUuid),
		overlay: incoming.format === 'dtcg',
		seen: seenOfOurs(incoming, instance),
		scope,
		deletions,
	};
	let cases = incoming.filling.compareThreeWay(sides);
	const pairs = cases.outcomes.arrivals === 0 ? 0 : await pairIdentities(work, cases);
	if (pairs > 0) cases = cases.compareAgain();
	const { outcomes } = cases;
	const others = outcomes.new + outcomes.updated + outcomes.deleted + outcomes.open;
	const news = base === null || others > 0 || cases.holdsNews();
	return { base, sides, cases, pairs, news };
}

/** Makes the staged records the merged whole. */
async function bringTogether(
	work: Work,
	{ projectUuid, hasVersions }: Incoming,
	{ sides, cases, pairs }: Compared,
	{ forks }: Decided,
	{ strategy }: MergeSettings,
	stamp: Stamp,
): Promise<MergedWhole> {
	const merged = cases.applyDecisions();
	if (forks.size > 0) await stageForks(work, merged, projectUuid, forks, stamp);
	if (pairs > 0) merged.renamePairs((renaming) => renamed(renaming, stamp, work.limits));
	const set = merged.index();
	if (strategy !== 'manual') warnOfClashes(work, await renameClashes(work, set, stamp));
	const comparison = set.compare();
	if (!hasVersions) comparison.restamp(stamp);
	return { set, comparison, here: sides.here };
}

/** All of it is part of a revision of ours: whatever differs was made here since, knowing of it. */
function nothingNew(current: Revision): MergePlan {
	const unchanged = sumCounts(current.counts);
	const counts = { new: 0, updated: 0, deleted: 0, unchanged, autoMerged: 0, conflicts: 0 };
	return { base: current, counts, items: [], more: false, clockSkews: 0, whole: null, next: null };
}

/** A record that has two uuids gets ours while it is merged. Themes come first, since a token's identity includes its theme. */
async function pairIdentities(work: Work, cases: ThreeWay): Promise<number> {
	let pairs = 0;
	for (const kind of KINDS) {
		pairs += cases.pairIdentities(kind, (renaming) => renamed(renaming, null, work.limits));
		await work.pause('apply', 0, 0);
	}
	return pairs;
}

/** A record under its new names; one whose content changes by that is of a new version. */
function renamed(renaming: Renaming, stamp: Stamp | null, limits: RecordLimits): StagedRecord {
	const { kind, line, uuid, theme, dependencies } = renaming;
	const before = parseLine(line);
	const record = underNewNames(before, { uuid, theme, dependencies });
	const place = { entry: 'the merge' };
	const changes = theme !== null && theme !== before['theme'];
	if (stamp === null || !(changes || Object.keys(dependencies).length > 0))
		return checkRecord(kind, record, place, limits);
	return checkRecord(kind, { ...record, version: stamp.version, updatedAt: stamp.at }, place, limits);
}

function rulesOf(
	incoming: Incoming,
	base: Revision | null,
	{ clock }: MergeSettings,
	now: number,
): MergeRules {
	return { hasBase: base !== null, hasVersions: incoming.hasVersions, clock: { now, ...clock } };
}

function highestVersion({ origin, filling }: Incoming, current: Revision): number {
	return Math.max(current.lamport, origin?.lamport ?? 0, filling.highestVersion);
}

function originOf(incoming: Incoming, identical: boolean): RevisionOrigin | null {
	const { origin, scope, format } = incoming;
	if (format === 'dtcg') return { from: 'foreign' };
	if (origin === null || !identical || scope.of !== 'project') return null;
	const { project, instance, revision } = origin;
	return { from: 'archive', project, instance, revision };
}

function hasSameProperties({ properties }: Incoming, merged: MergedProperties): boolean {
	const { name, description, metadata } = merged.properties;
	return (
		properties.name === name && properties.description === description && properties.metadata === metadata
	);
}

function advances(after: SyncVector, before: SyncVector): boolean {
	return Object.entries(after).some(([instance, revision]) => revision > (before[instance] ?? 0));
}
