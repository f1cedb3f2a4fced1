/** A project's own properties (`project.json`), by whatever way they come in: name, description, metadata. */
import { Compile } from 'typebox/compile';
import { ProjectEntry } from '../../schemas/records.ts';
import { errors } from '../errors.ts';
import { canonicalJson } from './canonical.ts';
import type { RecordLimits } from './check-record.ts';
import { isJsonObject, type Json } from './json.ts';
import { formError, type Place, tooLarge } from './place.ts';
import { recordBytes } from './record-size.ts';
import { firstFault } from './schema-faults.ts';
import { parseStrict } from './strict-json.ts';
import { formFault } from './value-form.ts';

const compiled = Compile(ProjectEntry);

/** A project's properties as a store keeps them; metadata is canonical JSON. */
interface StoredProperties {
	readonly name: string;
	readonly description: string | null;
	readonly metadata: string | null;
	readonly createdAt: string;
	readonly updatedAt: string;
}

/** The object that an export writes of a project's properties. */
export function projectEntry(uuid: string, properties: StoredProperties): ProjectEntry {
	const { name, description, metadata, createdAt, updatedAt } = properties;
	return {
		uuid,
		name,
		...(description === null ? {} : { description }),
		// Written by us as the canonical JSON of an object.
		...(metadata === null ? {} : { metadata: JSON.parse(metadata) as Record<string, Json> }),
		createdAt,
		updatedAt,
	};
}

/**
 * Reads `project.json`. Its length has been bounded before.
 *
 * @throws {DssError} invalid_json, invalid_value, too_deep, invalid_record, record_too_large
 */
export function readProject(text: string, place: Place, limits: RecordLimits): ProjectEntry {
	const parsed = parseStrict(text, { maxDepth: limits.maxRecordDepth });
	if (!parsed.ok) throw formError(parsed.fault.kind, { ...place, reason: parsed.fault.reason });
	// The strict reader makes JSON values only.
	return checkProject(withoutNulls(parsed.value as Json), place, limits);
}

/**
 * Holds a project's properties to what `project.json` may be, so that the project's own export is accepted.
 *
 * @throws {DssError} invalid_json, invalid_value, too_deep, invalid_record, record_too_large
 */
export function checkProject(
	entry: ProjectEntry | Json,
	place: Place,
	{ maxRecordDepth, maxRecordBytes }: RecordLimits,
): ProjectEntry {
	// An entry is JSON: its one free member, `metadata`, came out of JSON text.
	const fault = formFault(entry as Json, maxRecordDepth);
	if (fault !== null) {
		const { kind, reason, pointer } = fault;
		throw formError(kind, { ...place, pointer, reason });
	}
	if (!compiled.Check(entry)) throw errors.invalidRecord({ ...place, ...firstFault(compiled, entry) });
	const { createdAt, updatedAt } = entry;
	if (recordBytes(canonicalJson(entry), 1, createdAt, updatedAt) > maxRecordBytes) {
		throw tooLarge(place, maxRecordBytes);
	}
	return entry;
}

function withoutNulls(value: Json): Json {
	if (!isJsonObject(value)) return value;
	return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}
