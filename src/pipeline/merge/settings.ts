import type { Strategy } from '../../../schemas/merges.ts';
import type { JsonObject } from '../../records/json.ts';
import type { RecordKey } from '../../store/port.ts';

/** How one conflict is to go on: by a side's word, or with a content that somebody wrote. */
export type Resolution = 'local' | 'imported' | { readonly content: JsonObject };

/** How a merge is to be made. */
export interface MergeSettings {
	readonly strategy: Strategy;
	readonly deletions: 'keep' | 'apply';
	/** By the uuid of the record in conflict. */
	readonly resolutions: Readonly<Record<string, Resolution>>;
	/** What clocks are good for, in milliseconds. */
	readonly clock: { readonly toleranceMs: number; readonly driftMs: number };
	/** Which conflicts are told in full. */
	readonly page: { readonly after: RecordKey | null; readonly limit: number };
}

/** What records that a merge makes are stamped with. */
export interface Stamp {
	readonly version: number;
	readonly at: string;
}
