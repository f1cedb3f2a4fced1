/** Records on their way into a project, field by field. */
import type { Kind } from '../../schemas/records.ts';

/** Where a list of records of all kinds goes on. */
export interface RecordKey {
	readonly kind: Kind;
	readonly uuid: string;
}

/** How a record points at something else. */
export interface Reference {
	/** `alias`: a token's value at a path; `token`: a component's token path; `component`: a dependency's uuid. */
	readonly relation: 'alias' | 'token' | 'component';
	/** The token path or component uuid pointed at. */
	readonly target: string;
	/** The token type that must stand at the target; null where any may. */
	readonly expects: string | null;
	/** Where in the record the reference stands, as a JSON Pointer. */
	readonly pointer: string;
	/** For a reference to a part of a value: JSON Pointer within the target's value. */
	readonly part: string | null;
}

/** A record on its way into a project: checked for itself, not yet with the others. */
export interface StagedRecord {
	readonly kind: Kind;
	readonly uuid: string;
	/** A token's theme. */
	readonly theme: string | null;
	/** A token's path, or the name of a theme or component. */
	readonly name: string;
	/** A theme's group. */
	readonly group: string | null;
	/** A theme's place among the others. */
	readonly order: number;
	readonly type: string | null;
	readonly version: number;
	/** SHA-256 of the canonical content, in hex. */
	readonly hash: string;
	/** The whole record as canonical JSON. */
	readonly line: string;
	readonly references: readonly Reference[];
}

/** Which of a project's records the staged ones stand for; the others are kept as they are. */
export type Scope =
	/** All: what is not staged is removed. */
	| { readonly of: 'project' }
	/** These themes with their tokens. */
	| { readonly of: 'themes'; readonly themes: readonly string[] }
	/** Only the staged ones themselves: nothing is removed but what is named. */
	| { readonly of: 'records'; readonly remove: readonly string[] };
