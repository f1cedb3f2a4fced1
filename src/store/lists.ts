/**
 * What the Reader port is asked for in lists, field by field.
 *
 * A list has a total order: by what it is sorted by, then by uuid. `after` is the `next` of the page before, and a page
 * holds what comes behind it in that order; so nothing comes twice and nothing that stays is left out, whatever is
 * written in between. `limit` is in rows. `total` is counted where it is null; later pages pass it on.
 */
import type { Kind } from '../../schemas/records.ts';
import type { RecordKey } from '../records/staged-record.ts';

/** Why a revision was made. */
export type Cause = 'create' | 'edit' | 'import' | 'merge' | 'revert';

/** A page of a list: `next` is where the following page begins, null at the end. */
export interface Page<T, Next> {
	readonly items: T[];
	readonly next: Next | null;
	readonly total: number;
}

export interface Sort<By extends string> {
	readonly by: By;
	readonly descending: boolean;
}

/** A place in a list of projects: what a project is sorted by, and its uuid. */
export interface ProjectPosition {
	readonly key: string | number;
	readonly uuid: string;
}

export interface ProjectListAsk {
	/** A part of the name, whatever the case of letters. */
	readonly query?: string | undefined;
	/** `arrival`: when the project came here, which is the default. Names are compared in lower case. */
	readonly sort?: Sort<'arrival' | 'name' | 'created_at' | 'updated_at'> | undefined;
	readonly after: ProjectPosition | null;
	readonly limit: number;
	readonly total?: number | null;
}

export interface RevisionListAsk {
	readonly projectUuid: string;
	/** Any of these; all where it is not given. */
	readonly causes?: readonly Cause[] | undefined;
	/** Whether the newest comes first, which is the default. */
	readonly descending?: boolean | undefined;
	/** The number of a revision. */
	readonly after: number | null;
	readonly limit: number;
	readonly total?: number | null;
}

/** Which records of a kind: all that is given must hold, each by any of its values. */
export interface RecordFilter {
	readonly theme?: readonly string[] | undefined;
	readonly type?: readonly string[] | undefined;
	readonly tag?: readonly string[] | undefined;
	readonly folder?: readonly string[] | undefined;
	readonly category?: readonly string[] | undefined;
	/** What the name begins with. A token's name is its path. */
	readonly pathPrefix?: readonly string[] | undefined;
	/** A part of the name, whatever the case of letters. */
	readonly query?: string | undefined;
}

export interface RecordListAsk {
	readonly projectUuid: string;
	readonly kind: Kind;
	readonly revision: number;
	/** By uuid where it is not given. Names are compared in lower case. */
	readonly sort?: Sort<'uuid' | 'name' | 'updated_at'> | undefined;
	readonly filter: RecordFilter;
	/** The uuid of a record that the revision holds. */
	readonly after: string | null;
	readonly limit: number;
	readonly total: number | null;
}

export interface DifferenceListAsk {
	readonly projectUuid: string;
	readonly from: number;
	readonly to: number;
	readonly after: RecordKey | null;
	readonly limit: number;
	readonly total: number | null;
}
