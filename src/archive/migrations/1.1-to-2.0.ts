import { v5 } from 'uuid';
import type { Kind } from '../../../schemas/records.ts';
import type { Json, JsonObject } from '../../records/json.ts';
import type { Migration, MigrationContext } from './migration.ts';

/**
 * 2.0 calls a token's name its path and gives it a theme, and writes the times' names as all others
 * (FORMAT, "Older archives"). Times with an offset become UTC; a record without a uuid gets one of its name,
 * one without a version is of its first.
 */
export const to20: Migration = {
	from: '1.1',
	to: '2.0',
	record(kind, record, context) {
		const { created_at, updated_at, ...rest } = record;
		const createdAt = toUtc(created_at) ?? toUtc(updated_at) ?? context.at;
		return {
			version: 1,
			...(kind === 'tokens' ? withPath(rest, context) : rest),
			uuid: rest['uuid'] ?? uuidOf(kind, rest, context),
			createdAt,
			updatedAt: toUtc(updated_at) ?? createdAt,
		};
	},
};

function withPath(token: JsonObject, { themeUuid }: MigrationContext): JsonObject {
	const { name, ...rest } = token;
	return { theme: themeUuid, ...(name === undefined ? {} : { path: name }), ...rest };
}

/** Derived, so that the same archive gives the same records each time (RFC 9562 §5.5). */
function uuidOf(kind: Kind, { name }: JsonObject, { projectUuid }: MigrationContext): string {
	return v5(`${kind}\n${typeof name === 'string' ? name : ''}`, projectUuid);
}

/** A time in UTC; what is no time stays as it is, for the check to refuse. */
function toUtc(time: Json | undefined): Json | undefined {
	if (typeof time !== 'string') return time;
	const milliseconds = Date.parse(time);
	return time.endsWith('Z') || Number.isNaN(milliseconds) ? time : new Date(milliseconds).toISOString();
}
