import type { Strategy } from '../../../schemas/merges.ts';
import type { JsonObject } from '../../records/json.ts';
import type { RecordKey } from '../../records/staged-record.ts';

/** How one conflict is resolved: by a side's record, or with a content that somebody wrote. */
export type Resolution = 'local' | 'imported' | { readonly content: JsonObject };

/** How a merge is to be made. */
export interface MergeSettings {
	readonly strategy: Strategy;
	readonly deletions: 'keep' | 'apply';
	/** By the uuid of the record in conflict. */
	readonly resolutions: Readonly<Record<string, Resolution>>;
	/** How far clocks are trusted, in milliseconds. */
	readonly clock: { readonly toleranceMs: number; readonly driftMs: number };
	/** Which conflicts are reported in full. */
	readonly page: { readonly after: RecordKey | null; readonly limit: number };
}

/** What records that a merge makes are stamped with. */
export interface Stamp {
	readonly version: number;
	readonly at: string;
}
