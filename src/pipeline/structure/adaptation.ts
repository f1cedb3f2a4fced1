/** Archive records changed on their way in: for a copy of a project, and for a newer minor version of the format. */
import { v5 } from 'uuid';
import { ComponentLine, type Kind, ThemeLine, TokenLine } from '../../../schemas/records.ts';
import { SCHEMA_VERSION, type SchemaVersion } from '../../archive/versions.ts';
import type { JsonObject } from '../../records/json.ts';
import type { Work } from '../work.ts';

/** What is done to each record on its way in: fresh uuids for a copy, unknown fields of a newer minor version kept. */
export function adaptation(
	version: SchemaVersion,
	copyTo: string | null,
	work: Work,
): ((kind: Kind, record: JsonObject) => JsonObject) | undefined {
	const newer = `${version.major}.${version.minor}` !== SCHEMA_VERSION;
	if (newer) {
		work.warnings.push({
			code: 'newer_minor_version',
			message: `The archive is of version ${version.text}; what ${SCHEMA_VERSION} does not know is kept under extensions`,
			count: 1,
		});
	}
	if (!newer && copyTo === null) return undefined;
	return (kind, record) => {
		const known = newer ? withUnknownKept(kind, record) : record;
		return copyTo === null ? known : underFreshUuids(known, copyTo);
	};
}

/** The same copy of the same record gets the same uuid, so references among them hold without a table. */
export function underFreshUuids(record: JsonObject, projectUuid: string): JsonObject {
	const fresh = (uuid: JsonObject[string]) => (typeof uuid === 'string' ? v5(uuid, projectUuid) : uuid);
	const { uuid, theme, dependencies } = record;
	return {
		...record,
		...(uuid === undefined ? {} : { uuid: fresh(uuid) }),
		...(theme === undefined ? {} : { theme: fresh(theme) }),
		...(Array.isArray(dependencies) ? { dependencies: dependencies.map(fresh) } : {}),
	};
}

const FIELDS: Readonly<Record<Kind, ReadonlySet<string>>> = {
	themes: new Set(Object.keys(ThemeLine.properties)),
	tokens: new Set(Object.keys(TokenLine.properties)),
	components: new Set(Object.keys(ComponentLine.properties)),
};

/** FORMAT, "Records": in a record of a newer minor version unknown fields are kept under `extensions`. */
function withUnknownKept(kind: Kind, record: JsonObject): JsonObject {
	const unknown = Object.entries(record).filter(([name]) => !FIELDS[kind].has(name));
	if (unknown.length === 0) return record;
	const known = Object.entries(record).filter(([name]) => FIELDS[kind].has(name));
	const { extensions } = record;
	const kept = typeof extensions === 'object' && !Array.isArray(extensions) ? extensions : {};
	return { ...Object.fromEntries(known), extensions: { ...kept, 'dss.newer': Object.fromEntries(unknown) } };
}
