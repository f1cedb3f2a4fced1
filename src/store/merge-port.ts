/** What the Workspace port speaks of where a merge is concerned, field by field. */
import type { RecordKey, Scope, StagedRecord } from '../records/staged-record.ts';

/** A three-way comparison of the staged records with a project. */
export interface MergeAsk {
	readonly projectUuid: string;
	/** Our state. */
	readonly revision: number;
	/** The newest revision that both sides have seen; null where none is known. */
	readonly base: number | null;
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
	/** What was offered for this record before, and not taken, where the other side does not know of that. */
	readonly refused: string | null;
}

/** How an open case goes on. */
export interface Decision extends RecordKey {
	readonly take: 'local' | 'imported' | 'merged';
	/** The record that takes the place of both, for `merged`. */
	readonly merged: StagedRecord | null;
	/** Whether what was offered is to be remembered, since something else was made of it. */
	readonly offered: boolean;
}

/** A staged record that is to bear another uuid, or to name others by another. */
export interface Renaming extends RecordKey {
	readonly line: string;
	readonly theme: string | null;
	/** Uuids of components, by the ones that the record names. */
	readonly dependencies: Readonly<Record<string, string>>;
}
