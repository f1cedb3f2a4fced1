import type { Kind } from '../../../schemas/records.ts';
import type { JsonObject } from '../../records/json.ts';

/** What a migration may know of the archive besides the record. */
export interface MigrationContext {
	readonly projectUuid: string;
	/** The uuid of the archive's one theme. */
	readonly themeUuid: string;
	/** For records that carry no times (RFC 3339). */
	readonly at: string;
}

/** A step from one version of the format to the next: a pure function of a record, kept for ever. */
export interface Migration {
	readonly from: string;
	readonly to: string;
	record(kind: Kind, record: JsonObject, context: MigrationContext): JsonObject;
}
