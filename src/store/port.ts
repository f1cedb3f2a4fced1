/**
 * The Store port, field by field: what must last, and may be far away. `Reader` is for bounded reads, `Store` for work
 * on projects; it knows no staged tables.
 *
 * Glossary
 *
 * - project: a line of numbered, immutable revisions.
 * - revision: the whole state of a project after a write; its records, and a `Revision` that describes it.
 * - head: the newest revision of a project. Readers see revisions up to head and nothing beyond.
 * - record row: a record as it stood from one revision up to another.
 * - lease: the sole right to write a project. Rows beyond head are its holder's, and are removed if it does not finish.
 * - layout: a revision made readable in a staging (`src/staging/port.ts`), to compare staged records with it.
 *
 * The order of calls is in the types: `lease` returns what writing, pruning and removing need, and a comparison, which
 * only a staging makes, is what a revision is written from.
 */
import type { Kind } from '../../schemas/records.ts';
import type { Counts } from '../records/counts.ts';
import type { RecordKey } from '../records/staged-record.ts';
import type { Comparison, DeclinedLayout, Layout, LayoutName, Staging } from '../staging/port.ts';

import type {
	Cause,
	DifferenceListAsk,
	Page,
	ProjectListAsk,
	ProjectPosition,
	RecordListAsk,
	RevisionListAsk,
} from './lists.ts';

export type { Counts } from '../records/counts.ts';
export type { RecordKey } from '../records/staged-record.ts';
export type * from './lists.ts';

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
	/**
	 * Whether it stands with references that lead nowhere or to another type, let in by `references=warn`. Null: not
	 * known, since it was written before this was kept.
	 */
	readonly faultyReferences: boolean | null;
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

/** What is known of single revisions. */
export interface Revisions {
	/** The uuid of this data folder, made once. */
	instance(): Promise<string>;
	/** A project's newest revision, or the one asked for; null where there is none. */
	revision(projectUuid: string, number?: number): Promise<Revision | null>;
}

/**
 * Bounded reads: in rows by `limit`, in bytes by what the adapter was made with. A page that ends early
 * because of its bytes has its `next` as any other; one record or revision always fits. Each read sees whole revisions only.
 * What is asked for: `lists.ts`.
 */
export interface Reader extends Revisions {
	/** Projects with their newest revisions. */
	projects(ask: ProjectListAsk): Promise<Page<Revision, ProjectPosition>>;
	/** A project's revisions. `next` is the number of a revision. */
	revisions(ask: RevisionListAsk): Promise<Page<Revision, number>>;
	/** Records of a kind at a revision, as lines of canonical JSON. `next` is the uuid of a record. */
	records(ask: RecordListAsk): Promise<Page<string, string>>;
	/** One record's line at a revision, or null. */
	record(ask: { projectUuid: string; kind: Kind; uuid: string; revision: number }): Promise<string | null>;
	/** What differs between two revisions, ordered by kind and uuid. */
	differences(ask: DifferenceListAsk): Promise<Page<RecordDifference, RecordKey>>;
	/** The key that cursors of lists are signed with: 32 bytes, the same for every process and for ever. Never logged. */
	cursorKey(): Promise<Uint8Array>;
	/** Resolves if the store answers; throws what is wrong otherwise. */
	ping(): Promise<void>;
	close(): void;
}

/** A job whose success is written in the same transaction as the revision that it makes. */
export interface JobMark {
	readonly uuid: string;
	readonly holder: string;
	/** What the job's task returned, as JSON. */
	outcome(revision: Revision): string;
}

/** What the next revision is, besides its records. */
export interface NextRevision {
	readonly cause: Cause;
	readonly message: string | null;
	readonly author: string | null;
	readonly at: string;
	readonly properties: ProjectProperties;
	readonly lamport: number;
	readonly sync: SyncVector;
	readonly origin: RevisionOrigin | null;
	readonly faultyReferences: boolean | null;
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

/** Between the batches of a long piece of work: may throw to stop it. */
export type Checkpoint = (done: number, total: number) => Promise<void>;

/** The sole right to write a project, until it is released or the write that it was taken for is done. */
export interface Lease {
	readonly projectUuid: string;
	/** Whose it is: a name for one piece of work. */
	readonly holder: string;
	/**
	 * Removes what was written beyond head, if anything was, in short transactions, and gives the right back. Does
	 * nothing where it was given back already: with a head move, or by `releaseAll`.
	 */
	release(): Promise<void>;
}

/** A project at one of its revisions. */
export interface ProjectAt {
	readonly projectUuid: string;
	readonly revision: number;
}

/** Work on projects, for one thread: one piece of work at a time. */
export interface Store extends Revisions {
	/** The newest revision that satisfies a predicate, looking from the newest down; null where none does. */
	newest(projectUuid: string, holds: (revision: Revision) => boolean): Promise<Revision | null>;
	/**
	 * Makes a revision readable in a staging; null: an empty layout. A store that shares the staging's connection makes
	 * a view and copies nothing; a remote one fills a table (`src/staging/compare/layouts.ts`).
	 */
	layOut<Name extends LayoutName>(staging: Staging, name: Name, at: ProjectAt | null): Promise<Layout<Name>>;
	/** The same for the changes that merges into a project have declined. */
	layOutDeclined(staging: Staging, projectUuid: string): Promise<DeclinedLayout>;

	/** Takes the sole right to write a project, which need not be there yet. @throws {DssError} project_busy */
	lease(projectUuid: string, holder: string): Promise<Lease>;
	/** Refuses what `lease` would refuse now. @throws {DssError} project_busy */
	assertFree(projectUuid: string): Promise<void>;
	/** Releases everything that `holder` has: a worker that died releases nothing itself. */
	releaseAll(holder: string): Promise<void>;
	/**
	 * Writes what a comparison with head found as the next revision, moves head and gives the lease back. Rows are
	 * written in short transactions, with `checkpoint` between them; nobody sees them before head has moved. What it
	 * resolves with survives a power cut.
	 *
	 * @throws {DssError} cancelled where the job that makes it was
	 */
	write(lease: Lease, comparison: Comparison, next: NextRevision, checkpoint: Checkpoint): Promise<Revision>;
	/** The same for a revision that differs in its properties only, or the first of a project. */
	writeProperties(lease: Lease, next: NextRevision): Promise<Revision>;
	/** Removes a project with all its revisions, and gives the lease back. */
	remove(lease: Lease): Promise<void>;
	/** Remembers which of our revisions another instance has taken in: history is not pruned of it. */
	noteSeen(lease: Lease, instance: string, revision: number): Promise<void>;
	/** Prunes a project's history in short transactions. Returns how many revisions were removed. */
	prune(lease: Lease, retention: Retention): Promise<number>;

	/**
	 * A kind's records at a revision as lines of canonical JSON ordered by uuid, in batches that are bounded in rows and
	 * bytes. `selection` null: all of them.
	 */
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
	/** At start: removes what a dead process left. Returns how many pieces of work were undone. */
	recover(): Promise<number>;
	close(): void;
}
