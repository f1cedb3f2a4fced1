import { errors } from '../errors.ts';
import type { JsonObject } from '../records/json.ts';
import { migrationsFrom } from './migrations/chain.ts';

/** The version that is written. */
export const SCHEMA_VERSION = '2.0';

export interface SchemaVersion {
	readonly text: string;
	readonly major: number;
	readonly minor: number;
}

/**
 * The version that a manifest names (REFUSALS 22, 23).
 *
 * @throws {DssError} schema_unknown, schema_too_new
 */
export function schemaVersionOf(manifest: JsonObject): SchemaVersion {
	const text = manifest['schemaVersion'];
	const [, major, minor] = typeof text === 'string' ? (/^(\d{1,4})\.(\d{1,4})$/.exec(text) ?? []) : [];
	if (typeof text !== 'string' || major === undefined || minor === undefined) {
		throw errors.schemaUnknown({
			entry: 'manifest.json',
			pointer: '/schemaVersion',
			reason: `${JSON.stringify(text) ?? 'nothing'} is not a version such as "${SCHEMA_VERSION}"`,
		});
	}
	const known = Number(SCHEMA_VERSION.split('.')[0]);
	if (Number(major) > known) throw errors.schemaTooNew({ found: text, known: SCHEMA_VERSION });
	if (Number(major) < known && migrationsFrom(text).length === 0) {
		throw errors.schemaUnknown({
			entry: 'manifest.json',
			pointer: '/schemaVersion',
			reason: `there is no version ${text}`,
		});
	}
	return { text, major: Number(major), minor: Number(minor) };
}
