/** The Store port: what the service needs remembered, field by field. */
import type { Kind } from '../../schemas/records.ts';
import type { RecordKey, Scope, StagedRecord } from '../records/staged-record.ts';
import type { Decision, MergeAsk, OpenCase, OutcomeCounts, Renaming } from './merge-port.ts';

export type { RecordKey, Reference, Scope, StagedRecord } from '../records/staged-record.ts';
export type { Decision, MergeAsk, OpenCase, OutcomeCounts, Renaming } from './merge-port.ts';

/** Why a revision was made. */
export type Cause = 'create' | 'edit' | 'import' | 'merge' | 'revert';

/** How many records of each kind. */
export type Counts = Record<Kind, number>;

/** What a project says of itself; kept with each revision. */
export interface ProjectProperties {
	readonly name: string;
	readonly description: string | null;
	/** Canonical JSON of the free object, or null. */
	readonly metadata: string | null;
	readonly createdAt: string;
	readonly updatedAt: string;
}

/** The revisions of other instances that a state has taken in: instance → highest revision. */
export type SyncVector = Readonly<Record<string, number>>;

/** Where the whole content of a revision came from, if it was imported. */
export type RevisionOrigin =
	/** The state of a project at a revision of another instance, or of this one. */
	| {
			readonly from: 'archive';
			readonly project: string;
			readonly instance: string;
			readonly revision: number;
	  }
	| { readonly from: 'foreign' };

/** One revision of a project. */
export interface Revision {
	readonly projectUuid: string;
	readonly number: number;
	readonly cause: Cause;
	readonly message: string | null;
	readonly author: string | null;
	readonly at: string;
	readonly properties: ProjectProperties;
	readonly counts: Counts;
	readonly added: number;
	readonly changed: number;
	readonly removed: number;
	/** The highest record version seen up to here. */
	readonly lamport: number;
	readonly sync: SyncVector;
	readonly origin: RevisionOrigin | null;
}

/** A page of a list: `next` is where the following page begins, null at the end. */
export interface Page<T, Next> {
	readonly items: T[];
	readonly next: Next | null;
	readonly total: number;
}

/** Which records of a kind; all that is given must hold. */
export interface RecordFilter {
	readonly theme?: string | undefined;
	readonly type?: string | undefined;
	readonly tag?: string | undefined;
	readonly folder?: string | undefined;
	readonly category?: string | undefined;
	readonly pathPrefix?: string | undefined;
}

/** Which records a partial export takes: each criterion that is given must hold, by any of its values. */
export interface RecordSelection {
	readonly themes?: readonly string[] | undefined;
	readonly tags?: readonly string[] | undefined;
	readonly folders?: readonly string[] | undefined;
	readonly categories?: readonly string[] | undefined;
	readonly types?: readonly string[] | undefined;
	readonly pathPrefixes?: readonly string[] | undefined;
	readonly kinds?: readonly Kind[] | undefined;
}

/** A record that is not the same at two revisions; a line is null where there is none. */
export interface RecordDifference {
	readonly kind: Kind;
	readonly uuid: string;
	readonly from: string | null;
	readonly to: string | null;
}

/** Bounded reads. Each sees whole revisions only. */
export interface Reader {
	/** The uuid of this data folder, made once. */
	instance(): Promise<string>;
	/** Projects in the order of their making. `after` is a `next` of an earlier page; `query` is looked for in names. */
	projects(ask: {
		query?: string | undefined;
		after: number | null;
		limit: number;
	}): Promise<Page<Revision, number>>;
	/** A project's newest revision, or the one asked for; null where there is none. */
	revision(projectUuid: string, number?: number): Promise<Revision | null>;
	/** A project's revisions, newest first. `after` is a revision number. */
	revisions(ask: {
		projectUuid: string;
		after: number | null;
		limit: number;
	}): Promise<Page<Revision, number>>;
	/**
	 * Records of a kind at a revision, ordered by uuid, as lines of canonical JSON. `total` is counted only where it
	 * is not known from the revision: with a filter, on the first page (else pass it on from there).
	 */
	records(ask: {
		projectUuid: string;
		kind: Kind;
		revision: number;
		after: string | null;
		limit: number;
		filter: RecordFilter;
		total: number | null;
	}): Promise<Page<string, string>>;
	/** One record's line at a revision, or null. */
	record(ask: { projectUuid: string; kind: Kind; uuid: string; revision: number }): Promise<string | null>;
	/** What differs between two revisions, ordered by kind and uuid. `total` is counted where it is null. */
	differences(ask: {
		projectUuid: string;
		from: number;
		to: number;
		after: RecordKey | null;
		limit: number;
		total: number | null;
	}): Promise<Page<RecordDifference, RecordKey>>;
	/** Resolves if the store answers; throws what is wrong otherwise. */
	ping(): Promise<void>;
	close(): void;
}

/** How staged records differ from a project's revision. */
export interface Difference {
	readonly added: Counts;
	readonly changed: Counts;
	readonly removed: Counts;
	readonly unchanged: Counts;
}

/** A job whose success is written in the same transaction as the revision that it makes. */
export interface JobMark {
	readonly uuid: string;
	readonly holder: string;
	/** What the job gave, as JSON. */
	outcome(revision: Revision): string;
}

/** What the next revision says, besides its records. */
export interface NextRevision {
	readonly cause: Cause;
	readonly message: string | null;
	readonly author: string | null;
	readonly at: string;
	readonly properties: ProjectProperties;
	readonly lamport: number;
	readonly sync: SyncVector;
	readonly origin: RevisionOrigin | null;
	/**
	 * The job that makes it, if one does. Work that is nobody's job yet is passed over; a job that is no longer its
	 * holder's, or was cancelled, makes no revision.
	 */
	readonly job?: JobMark | null;
}

/** How much history is kept; null: all. */
export interface Retention {
	/** So many of the newest revisions. */
	readonly revisions: number | null;
	/** Those that are not older (RFC 3339). */
	readonly before: string | null;
}

/** Column values of a row of a check. */
export type Row = Readonly<Record<string, string | number | null>>;

/** Between the batches of a long piece of work: may throw to stop it. */
export type Checkpoint = (done: number, total: number) => Promise<void>;

/**
 * A place to work on one project's next state. Staged records live in tables that only this workspace sees:
 * `staged` and `staged_references`, described in `sqlite/staging.ts`. One piece of work at a time.
 */
export interface Workspace {
	/** Empties the staging tables. */
	clear(): Promise<void>;
	/** Stages records; answers those whose uuid is staged already (and leaves them out). */
	stage(records: readonly StagedRecord[]): Promise<StagedRecord[]>;
	/** Makes the staged records ready for checks: call once after the last `stage`. */
	indexStaged(): Promise<void>;
	/** Runs a check: a SELECT over the staged tables. */
	select(sql: string, parameters?: Row): Promise<Row[]>;
	/** The same for sets that may be large: rows one at a time. */
	each(sql: string, take: (row: Row) => void): Promise<void>;

	/** A project's newest revision, or the one asked for; null where there is none. */
	revision(projectUuid: string, number?: number): Promise<Revision | null>;
	/** The newest revision that satisfies a predicate, looking from the newest down; null where none does. */
	newest(projectUuid: string, holds: (revision: Revision) => boolean): Promise<Revision | null>;
	/** The uuid of this data folder. */
	instance(): Promise<string>;

	/** Stages a project's records at a revision that are outside a scope, unless their uuid is staged already. */
	carryOver(ask: { projectUuid: string; revision: number; scope: Scope }): Promise<void>;
	/**
	 * Finds records of a kind that stand here and are staged under different uuids with one identity: theme and path,
	 * name, name and group. Follows a three-way comparison, and is followed by another if it finds any. Answers how many.
	 */
	pairIdentities(ask: {
		projectUuid: string;
		kind: Kind;
		revision: number;
		base: number | null;
	}): Promise<number>;
	/** Renames staged records of pairs: to the uuids that they have here, or to those that both sides will keep. */
	renamePaired(towards: 'ours' | 'chosen', rename: (renaming: Renaming) => StagedRecord): Promise<void>;
	/** Compares three ways and settles what one side alone has changed. */
	compareThreeWay(ask: MergeAsk): Promise<OutcomeCounts>;
	/** Whether the staged records are anything else than the base; asked before they are settled. */
	holdsNews(ask: MergeAsk): Promise<boolean>;
	/** The next records that both sides have changed, ordered by kind and uuid. */
	openCases(ask: MergeAsk, page: { after: RecordKey | null; limit: number }): Promise<OpenCase[]>;
	decide(decisions: readonly Decision[]): Promise<void>;
	/** Makes the staged records the merged whole, once every open case is decided. */
	applyDecisions(ask: MergeAsk): Promise<void>;
	/** The same as `compare` for a merge that has staged nothing else since it was settled: it knows what it changes. */
	compareSettled(): Promise<Difference>;
	/** Stages records in the place of those of the same uuid. */
	restage(records: readonly StagedRecord[]): Promise<void>;

	/** Compares the staged records with a revision and remembers the differences; null: with nothing, all are added. */
	compare(ask: { projectUuid: string; revision: number | null }): Promise<Difference>;
	/**
	 * Of the remembered differences: how many throw away something of `revision` that `base` does not hold
	 * (null: that no base holds).
	 */
	countUnseen(ask: { projectUuid: string; revision: number; base: number | null }): Promise<number>;
	/**
	 * Gives every added and changed record a version and the time of its change; a changed one keeps the time of its
	 * making.
	 */
	restamp(ask: { projectUuid: string; revision: number | null; version: number; at: string }): Promise<void>;

	/** Takes the sole right to write a project, for `holder`. @throws {DssError} project_busy */
	lease(projectUuid: string, holder: string): Promise<void>;
	/** Gives the right back and removes what was written beyond head. Does nothing where `holder` has it no more. */
	release(projectUuid: string, holder: string): Promise<void>;
	/** The same for everything that `holder` has: a worker that died gives nothing back itself. */
	releaseAll(holder: string): Promise<void>;
	/**
	 * Writes the remembered differences as the next revision, moves head and gives the lease back. It must be held.
	 *
	 * @throws {DssError} cancelled where the job that makes it was
	 */
	apply(projectUuid: string, next: NextRevision, checkpoint: Checkpoint): Promise<Revision>;
	/** The same for a revision that differs in its properties only, or the first of a project. */
	applyProperties(projectUuid: string, next: NextRevision): Promise<Revision>;
	/** Removes a project with all its revisions, and gives the lease back. It must be held. */
	remove(projectUuid: string): Promise<void>;

	/** Remembers which of our revisions another instance has taken in. */
	noteSeen(projectUuid: string, instance: string, revision: number): Promise<void>;
	/** Prunes a project's history in short transactions; the lease must be held. Answers how many revisions went. */
	prune(projectUuid: string, retention: Retention): Promise<number>;

	/** A kind's records at a revision as lines of canonical JSON ordered by uuid, in batches; null: all of them. */
	lines(ask: {
		projectUuid: string;
		revision: number;
		kind: Kind;
		selection: RecordSelection | null;
	}): AsyncIterable<string[]>;

	/**
	 * Resolves if the store can be written and, if `thorough`, all of it read; leaves nothing.
	 *
	 * @throws {DssError} store_failed, store_busy, spool_full
	 */
	probe(thorough: boolean): Promise<void>;
	/** At start: removes what a dead process left. Answers how many pieces of work were undone. */
	recover(): Promise<number>;
	close(): void;
}
