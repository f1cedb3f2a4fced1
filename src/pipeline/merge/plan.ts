/** Merge: an upload and a project's own changes since they last met become the project's next revision. */
import type { ConflictedItem } from '../../../schemas/merges.ts';
import { KINDS } from '../../../schemas/records.ts';
import { checkRecord, type RecordLimits } from '../../records/check-record.ts';
import { parseLine } from '../../records/line.ts';
import { nextVersion } from '../../records/versions.ts';
import type {
	MergeAsk,
	OutcomeCounts,
	Renaming,
	Revision,
	RevisionOrigin,
	StagedRecord,
	SyncVector,
} from '../../store/port.ts';
import { sum } from '../counts.ts';
import type { Incoming } from '../incoming.ts';
import { assertExportable } from '../projects.ts';
import { assertWithinLimits } from '../record-limits.ts';
import { checkReferences, type KnownFaults } from '../referential/run.ts';
import { sameProperties } from '../target.ts';
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
	readonly items: readonly ConflictedItem[];
	readonly clockSkews: number;
	/** What the next revision says; null where there is nothing to say. */
	readonly next: MergedRevision | null;
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
 * @throws {DssError} merge_conflicts where the strategy leaves any unsettled
 */
export async function planMerge(
	work: Work,
	incoming: Incoming,
	current: Revision,
	settings: MergeSettings,
): Promise<MergePlan> {
	const here = await work.workspace.instance();
	if (hasTakenIn(current, incoming, here)) return nothingNew(work, current);
	const stamp = { version: nextVersion(await highestVersion(work, incoming, current)), at: work.at() };
	const compared = await compareSides(work, incoming, current, settings, here);
	const { base, ask, outcomes } = compared;
	const rules = rulesOf(incoming, base, settings, Date.parse(stamp.at));
	const decided = await decideOpenCases(work, ask, rules, settings, stamp);
	if (decided.unsettled > 0) throw unsettled(decided);
	const merged = mergeProperties(
		incoming,
		base?.properties ?? null,
		current.properties,
		settings.strategy,
		stamp.at,
	);
	if (merged.properties !== current.properties)
		assertExportable(work, incoming.projectUuid, merged.properties);
	warn(work, outcomes, decided, merged, settings);
	const changes = await bringTogether(work, incoming, current, compared, decided, settings, stamp);
	const sync = vectorAfter(incoming, current.sync, here);
	const says =
		changes ||
		!sameProperties(merged.properties, current.properties) ||
		(incoming.format === 'dtcg' && outcomes.deleted + outcomes.open > 0) ||
		// Who has nothing to tell need not hear that we have listened.
		(compared.news && advances(sync, current.sync));
	const identical = (await isTheirs(work, incoming)) && saysTheSame(incoming, merged);
	const origin = originOf(incoming, identical);
	return {
		base,
		counts: countsOf(outcomes, decided, current, settings),
		items: decided.items,
		clockSkews: decided.clockSkews,
		next: says ? { properties: merged.properties, lamport: stamp.version, sync, origin } : null,
	};
}

/** How the sides stand to each other. */
interface Compared {
	readonly base: Revision | null;
	readonly ask: MergeAsk;
	readonly outcomes: OutcomeCounts;
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
	here: string,
): Promise<Compared> {
	const { workspace } = work;
	const base = await findMergeBase(workspace, incoming);
	const ask: MergeAsk = {
		projectUuid: incoming.projectUuid,
		revision: current.number,
		base: base?.number ?? null,
		overlay: incoming.format === 'dtcg',
		seen: seenOfOurs(incoming, here),
		scope: incoming.scope,
		deletions,
	};
	let outcomes = await workspace.compareThreeWay(ask);
	const pairs = outcomes.arrivals === 0 ? 0 : await pairIdentities(work, current, base);
	if (pairs > 0) outcomes = await workspace.compareThreeWay(ask);
	const told = outcomes.new + outcomes.updated + outcomes.deleted + outcomes.open;
	const news = base === null || told > 0 || (await workspace.holdsNews(ask));
	return { base, ask, outcomes, pairs, news };
}

/** Makes the staged records the merged whole; answers whether that changes anything here. */
async function bringTogether(
	work: Work,
	{ projectUuid, hasVersions }: Incoming,
	current: Revision,
	{ ask, pairs }: Compared,
	{ forks }: Decided,
	{ strategy }: MergeSettings,
	stamp: Stamp,
): Promise<boolean> {
	const { workspace } = work;
	const { revision } = ask;
	await workspace.applyDecisions(ask);
	if (forks.length > 0) await stageForks(work, projectUuid, forks, stamp);
	if (pairs > 0) await workspace.renamePaired('chosen', (renaming) => renamed(renaming, stamp, work.limits));
	await workspace.indexStaged();
	const clashes = strategy === 'manual' ? [] : await renameClashes(work, stamp);
	warnOfClashes(work, clashes);
	const asSettled = pairs + forks.length + clashes.length === 0;
	const difference = asSettled
		? await workspace.compareSettled()
		: await workspace.compare({ projectUuid, revision });
	assertWithinLimits(current.counts, difference, work.limits);
	const { added, changed, removed } = difference;
	if (!hasVersions) await workspace.restamp({ projectUuid, revision, ...stamp });
	return sum(added) + sum(changed) + sum(removed) > 0;
}

/** Runs the checks of an import over the merged whole. @throws {DssError} see `referential/run.ts` */
export function checkMerged(work: Work, incoming: Incoming, known?: KnownFaults): Promise<void> {
	return work.stage('referential', () => checkReferences(work, incoming.references, known));
}

/** All of it is part of a revision of ours: whatever differs was made here since, knowing of it. */
async function nothingNew(work: Work, current: Revision): Promise<MergePlan> {
	const { workspace } = work;
	const { projectUuid, number: revision } = current;
	// The staged records become ours, so that what is checked and compared is what stands here.
	await workspace.clear();
	await workspace.carryOver({ projectUuid, revision, scope: { of: 'records', remove: [] } });
	await workspace.indexStaged();
	await workspace.compare({ projectUuid, revision });
	const counts = {
		new: 0,
		updated: 0,
		deleted: 0,
		unchanged: sum(current.counts),
		autoMerged: 0,
		conflicts: 0,
	};
	return { base: current, counts, items: [], clockSkews: 0, next: null };
}

/** One record under two uuids has, while merging, one: ours. Themes come first, since tokens are told apart by theirs. */
async function pairIdentities(work: Work, current: Revision, base: Revision | null): Promise<number> {
	const { projectUuid, number: revision } = current;
	let pairs = 0;
	for (const kind of KINDS) {
		const found = await work.workspace.pairIdentities({
			projectUuid,
			kind,
			revision,
			base: base?.number ?? null,
		});
		if (found > 0)
			await work.workspace.renamePaired('ours', (renaming) => renamed(renaming, null, work.limits));
		pairs += found;
		await work.pause('apply', 0, 0);
	}
	return pairs;
}

/** A record under its new names; one that says something else by that is of a new version. */
function renamed(renaming: Renaming, stamp: Stamp | null, limits: RecordLimits): StagedRecord {
	const { kind, line, uuid, theme, dependencies } = renaming;
	const before = parseLine(line);
	const record = underNewNames(before, { uuid, theme, dependencies });
	const place = { entry: 'the merge' };
	const says = theme !== null && theme !== before['theme'];
	if (stamp === null || !(says || Object.keys(dependencies).length > 0))
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

async function highestVersion(work: Work, { origin }: Incoming, current: Revision): Promise<number> {
	const [row] = await work.workspace.select('SELECT coalesce(max(version), 0) AS highest FROM temp.staged');
	return Math.max(current.lamport, origin?.lamport ?? 0, Number(row?.['highest'] ?? 0));
}

/** Whether the merged whole is what the import holds, record by record. */
async function isTheirs(work: Work, { counts }: Incoming): Promise<boolean> {
	const [row] = await work.workspace.select(
		`SELECT EXISTS (SELECT 1 FROM temp.cases WHERE take <> 'imported')
		   OR EXISTS (SELECT 1 FROM temp.pairs WHERE chosen <> theirs)
		   OR (SELECT count(*) FROM temp.staged) <> :theirs AS differs`,
		{ theirs: sum(counts) },
	);
	return row?.['differs'] === 0;
}

function originOf(incoming: Incoming, identical: boolean): RevisionOrigin | null {
	const { origin, scope, format } = incoming;
	if (format === 'dtcg') return { from: 'foreign' };
	if (origin === null || !identical || scope.of !== 'project') return null;
	const { project, instance, revision } = origin;
	return { from: 'archive', project, instance, revision };
}

function saysTheSame({ properties }: Incoming, merged: MergedProperties): boolean {
	const { name, description, metadata } = merged.properties;
	return (
		properties.name === name && properties.description === description && properties.metadata === metadata
	);
}

function advances(after: SyncVector, before: SyncVector): boolean {
	return Object.entries(after).some(([instance, revision]) => revision > (before[instance] ?? 0));
}
