/**
 * The Staging port, field by field: records on their way into a project, and every question that is asked of them as a
 * whole. Staging is SQLite in the worker, whatever the store is, so there is one dialect for all checks.
 *
 * Glossary
 *
 * - staging: the tables of one worker thread; one piece of work uses them at a time.
 * - filling: records being staged; nothing is asked of them yet.
 * - set: staged records with their references, indexed and ready for checks.
 * - layout: a revision of a store that statements here can read. The store makes it (`Store.layOut`).
 * - finding: what a check has against a record.
 * - comparison: how a set differs from a layout; what the store writes as the next revision.
 * - case: a record that is not the same on both sides of a merge; open while nobody has decided how it goes on.
 *
 * The order of calls is in the types: what a call returns is what the next one needs. Whoever takes a step ends the one
 * before; using that still throws an Error. Calls are synchronous: they run in the worker's own thread.
 */
import type { Kind } from '../../schemas/records.ts';
import type { Bounds } from '../records/bounded.ts';
import type { Counts } from '../records/counts.ts';
import type { RecordKey, Scope, StagedRecord } from '../records/staged-record.ts';

/** `here`: the project's newest revision. `base`: the newest one that both sides of a merge have seen. */
export type LayoutName = 'here' | 'base';

/** A revision of a store, readable here until the next `begin` or `end`. Only a Staging makes one. */
export interface Layout<Name extends LayoutName = LayoutName> {
	readonly name: Name;
	/** 0 where the layout is empty. */
	readonly revision: number;
}

/** Changes that merges declined: laid out beside the revisions of a project. */
export interface DeclinedLayout {
	readonly name: 'declined';
}

/** What checks have against a record. */
export interface Finding {
	readonly code: 'dangling_reference' | 'reference_type' | 'reference_cycle' | 'duplicate_record';
	readonly uuid: string;
	/** The path or name of the record. */
	readonly path: string;
	/** Where in the record, as a JSON Pointer. */
	readonly pointer?: string;
	readonly reason: string;
	/** The paragraph of the DTCG format that a value breaks. */
	readonly rule?: string;
	/** The paths of a circle, 100 at most. */
	readonly loop?: readonly string[];
}

/** The checks of a set by name, in the order in which they run: `checks/all.ts`. */
export type CheckId =
	| 'unique-identities'
	| 'token-themes'
	| 'component-references'
	| 'aliases'
	| 'cycles'
	| 'alias-types'
	| 'value-parts';

/** Records that can be checked as a whole. */
export interface CheckedSet {
	/** Runs a check; findings come one at a time. `report` returns false to get no more. */
	check(id: CheckId, report: (finding: Finding) => boolean): void;
}

/** Findings that are remembered, to recognise them in another set. */
export interface KnownFindings {
	readonly size: number;
	/** Whether the same finding of the same record is among them. */
	has(finding: Finding): boolean;
}

export interface Staging {
	/** Empties the tables for another piece of work; whatever came of earlier calls ends. */
	begin(): Filling;
	/**
	 * For stores: takes over the view `temp.here` or `temp.base` (`layouts.ts` names the columns), which the store made
	 * on the connection that both share. @throws {Error} where there is no such view
	 */
	laidOut<Name extends LayoutName>(name: Name, revision: number): Layout<Name>;
	/** For stores: the same for the view `temp.declined`. */
	laidOutDeclined(): DeclinedLayout;
	/** All records of a layout as a set of their own, beside what is being staged. */
	copy(layout: Layout): CheckedSet;
	/** Remembers what checks find in a set, on disk: memory stays flat. */
	remember(set: CheckedSet, checks: readonly CheckId[]): KnownFindings;
	/** Drops all tables and gives their pages back; call it when a piece of work ends. */
	end(): void;
}

export interface Filling {
	/** The highest version of a record that was added; 0 where none was. */
	readonly highestVersion: number;
	/** Stages records; returns those whose uuid is staged already (and leaves them out). */
	add(records: readonly StagedRecord[]): StagedRecord[];
	/** Stages the records of a revision that are outside a scope, unless their uuid is staged already. */
	carryOver(here: Layout<'here'>, scope: Scope): void;
	/** Makes the records a set: indexes them by name and spreads their references. */
	index(): IndexedSet;
	/** Compares records that need no checks, since they are a whole revision: no index, no references. */
	compareUnchecked(here: Layout<'here'>): Comparison;
	/** Compares the records with two revisions and settles what one side alone has changed. */
	compareThreeWay(sides: Sides): ThreeWay;
}

/** Staged records that are the whole of a project's next state. */
export interface IndexedSet extends CheckedSet {
	/** Compares the set with a revision; null: with nothing, all records are added. */
	compare(here: Layout<'here'> | null): Comparison;
}

/** How many records differ from a revision, and how. */
export interface Difference {
	readonly added: Counts;
	readonly changed: Counts;
	readonly removed: Counts;
	readonly unchanged: Counts;
}

/** A theme that loses tokens: how many, and of how many. */
export interface ThemeLoss {
	readonly uuid: string;
	readonly name: string;
	readonly removed: number;
	readonly of: number;
}

export interface Comparison {
	readonly difference: Difference;
	/** The revision that was compared with; 0: none. */
	readonly revision: number;
	/** How many differences throw away something of the revision that a base does not hold. */
	countUnseen(base: Layout<'base'>): number;
	/** Themes of the revision that lose more than half of their tokens, those that lose most first; ten at most. */
	largeLosses(): ThemeLoss[];
	/** Bytes of all lines as an archive holds them: of the set, and of the revision that it was compared with. */
	contentBytes(of: 'set' | 'revision'): number;
	/** All lines of the set, ordered by kind and uuid, in batches that are bounded in rows and bytes. */
	lines(): Iterable<readonly string[]>;
	/** The first of some uuids that neither the set holds nor the comparison removes; null where there is none. */
	firstUnknown(uuids: readonly string[]): string | null;
	/**
	 * Gives every added and changed record a version and the time of its change (RFC 3339); a changed one keeps the time
	 * of its making.
	 */
	restamp(stamp: { readonly version: number; readonly at: string }): void;
}

/** The two revisions that staged records are merged with. */
export interface Sides {
	/** Our state. */
	readonly here: Layout<'here'>;
	/** The newest revision that both sides have seen; empty where none is known. */
	readonly base: Layout<'base'>;
	readonly declined: DeclinedLayout;
	/** Whether the base is the state that was offered at that revision, rather than what was made of it. */
	readonly overlay: boolean;
	/** The newest of our revisions that the other side has taken in; 0 where it has none. */
	readonly seen: number;
	/** Which of our records the other side would hold if it had not deleted them. */
	readonly scope: Scope;
	readonly deletions: 'keep' | 'apply';
}

/**
 * Records that are not the same on both sides: new there, changed there, changed here only, deleted there, changed on
 * both; `arrivals`: those of all these that are there, not here, and not deleted here for good.
 */
export type OutcomeCounts = Record<'new' | 'updated' | 'kept' | 'deleted' | 'open' | 'arrivals', number>;

/** A record that both sides changed: its lines and content hashes; null where a side does not hold it. */
export interface OpenCase extends RecordKey {
	readonly name: string;
	readonly base: string | null;
	readonly local: string | null;
	readonly imported: string | null;
	readonly baseHash: string | null;
	readonly localHash: string | null;
	readonly importedHash: string | null;
	/** The line that was offered for this record before and declined, where the other side does not know of that. */
	readonly declined: string | null;
}

/** How an open case goes on. */
export interface Decision extends RecordKey {
	readonly take: 'local' | 'imported' | 'merged';
	/** The record that takes the place of both, for `merged`. */
	readonly merged: StagedRecord | null;
	/** Whether the imported change is to be remembered as declined, since something else was made of it. */
	readonly declines: boolean;
	/** Whether the imported record is kept beside ours, as a fork. */
	readonly forks: boolean;
}

/** A staged record that is to bear another uuid, or to name others by another. */
export interface Renaming extends RecordKey {
	readonly line: string;
	readonly theme: string | null;
	/** Uuids of components, by the ones that the record names. */
	readonly dependencies: Readonly<Record<string, string>>;
}
export type Rename = (renaming: Renaming) => StagedRecord;

/** Where a page begins, and how much it may hold. */
export interface PageBounds extends Bounds {
	readonly after: RecordKey | null;
}

/** A three-way comparison. While it is worked on, one record has one uuid: ours. */
export interface ThreeWay {
	readonly outcomes: OutcomeCounts;
	/** Whether the imported records are anything else than the base; asked before cases are decided. */
	holdsNews(): boolean;
	/**
	 * Finds records of a kind that stand here and are staged under different uuids with one identity (theme and path,
	 * name, name and group), and renames the staged ones to ours. Returns how many there are. Themes come first.
	 */
	pairIdentities(kind: Kind, rename: Rename): number;
	/** Compares once more, after pairs were found. */
	compareAgain(): ThreeWay;
	/** The next records that both sides have changed, ordered by kind and uuid. */
	openCases(page: PageBounds): OpenCase[];
	decide(decisions: readonly Decision[]): void;
	/** Makes the staged records the merged whole; every open case must be decided. */
	applyDecisions(): MergedRecords;
}

/** Records whose names are looked at, or that take the place of others. */
export interface NamedRecords {
	/** Stages records in the place of those of the same uuid. */
	restage(records: readonly StagedRecord[]): void;
	/** Whether a name is in use; a theme's in its group. */
	isTaken(kind: Kind, name: string, group: string | null): boolean;
}

/** An imported record that is to be kept beside ours. */
export interface Fork extends RecordKey {
	readonly hash: string;
	readonly line: string;
	/** A token's theme. */
	readonly theme: string | null;
	/** A token's path, or the name of a theme or component. */
	readonly name: string;
}

/** The merged whole, before it is indexed. */
export interface MergedRecords extends NamedRecords {
	/** The next forks of a kind, ordered by uuid. */
	forks(kind: Kind, page: Bounds & { readonly after: string | null }): Fork[];
	/** Renames the records of pairs to the uuids that both sides keep. */
	renamePairs(rename: Rename): void;
	index(): MergedSet;
}

/** A record that shares its identity with one of a smaller uuid. */
export interface NameClash extends RecordKey {
	readonly line: string;
	readonly name: string;
	readonly group: string | null;
}

/** The merged whole as a set. */
export interface MergedSet extends CheckedSet, NamedRecords {
	/** Finds all but the first of the records that share an identity. Returns how many there are. */
	findClashes(): number;
	/** The next of them, ordered by kind and uuid. */
	clashes(page: PageBounds): NameClash[];
	/** Whether the set is what the import holds, record by record. */
	isImported(records: number): boolean;
	/** Compares the set with the revision that it was merged with. */
	compare(): Comparison;
}
