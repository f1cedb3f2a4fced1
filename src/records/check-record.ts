/** What a record must be, whatever way it comes in: the one check before a record is staged. */
import { Compile, type Validator } from 'typebox/compile';
import type { Limits } from '../../schemas/config.ts';
import { isTokenType } from '../../schemas/dtcg-values.ts';
import { ComponentLine, type Kind, MAX_REFERENCES, ThemeLine, TokenLine } from '../../schemas/records.ts';
import { type DssError, errors } from '../errors.ts';
import { sha256 } from './canonical.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { canonicalRecord } from './line.ts';
import { formError, type Place, tooLarge } from './place.ts';
import { FIELDS_OF } from './record-fields.ts';
import { recordBytes } from './record-size.ts';
import { firstFault } from './schema-faults.ts';
import type { StagedRecord } from './staged-record.ts';
import { parseStrict } from './strict-json.ts';
import { formFault } from './value-form.ts';
import { isReference, valueFault } from './values.ts';

const checks: Readonly<Record<Kind, Validator>> = {
	themes: Compile(ThemeLine),
	tokens: Compile(TokenLine),
	components: Compile(ComponentLine),
};

/** How large and how deep a record may be. */
export type RecordLimits = Pick<Limits, 'maxRecordBytes' | 'maxRecordDepth'>;

/** How a record is read from a text or an array. */
export interface RecordRules {
	readonly limits: RecordLimits;
	/** Changes a record on its way in: fresh uuids, fields of newer versions. */
	readonly adapt?: ((kind: Kind, record: JsonObject) => JsonObject) | undefined;
}

/**
 * Reads a record from its line (REFUSALS 24 to 29, 44). Its length has been bounded before.
 *
 * @throws {DssError} invalid_json, invalid_value, too_deep, invalid_record, record_too_large
 */
export function readRecord(kind: Kind, text: string, place: Place, rules: RecordRules): StagedRecord {
	const { limits } = rules;
	const parsed = parseStrict(text, { maxDepth: limits.maxRecordDepth });
	if (!parsed.ok) {
		const { kind: fault, reason, where } = parsed.fault;
		throw formError(fault, { ...place, reason: `${reason} (at character ${where + 1})` });
	}
	if (!isJsonObject(parsed.value)) throw notAnObject(place);
	const record = withoutNulls(parsed.value);
	if (rules.adapt !== undefined) return checkRecord(kind, rules.adapt(kind, record), place, limits);
	const untouched = record === parsed.value && parsed.canonical;
	return toStaged(kind, record, place, limits, untouched ? text : undefined);
}

/**
 * Reads a record that is an element of an array, in memory already.
 *
 * @throws {DssError} as `checkRecord`
 */
export function readElement(
	kind: Kind,
	value: Json,
	place: Place,
	{ limits, adapt }: RecordRules,
): StagedRecord {
	if (!isJsonObject(value)) throw notAnObject(place);
	const record = withoutNulls(value);
	return checkRecord(kind, adapt === undefined ? record : adapt(kind, record), place, limits);
}

/**
 * Checks a record that is a value already, as of an edit, a file of others, or what a merge makes: its form
 * (depth, names, surrogates, numbers), its schema, its value by type, its references, its size.
 *
 * @throws {DssError} invalid_json, invalid_value, too_deep, invalid_record, record_too_large
 */
export function checkRecord(kind: Kind, value: Json, place: Place, limits: RecordLimits): StagedRecord {
	if (!isJsonObject(value)) throw notAnObject(place);
	const fault = formFault(value, limits.maxRecordDepth);
	if (fault !== null) {
		const { pointer, reason } = fault;
		throw formError(fault.kind, { ...place, ...namesOf(value), pointer, reason });
	}
	return toStaged(kind, withoutNulls(value), place, limits, undefined);
}

/** @param text the record's text, where it is known to be canonical */
function toStaged(
	kind: Kind,
	record: JsonObject,
	place: Place,
	{ maxRecordBytes }: RecordLimits,
	text: string | undefined,
): StagedRecord {
	const check = checks[kind];
	if (!check.Check(record)) {
		throw errors.invalidRecord({ ...place, ...namesOf(record), ...firstFault(check, record) });
	}
	const { uuid, version, createdAt, updatedAt, ...content } = record;
	if (kind === 'tokens') checkValue(content, { ...place, ...namesOf(record) });
	const fields = FIELDS_OF[kind](content);
	if (fields.references.length > MAX_REFERENCES) {
		const reason = `it refers to other records ${fields.references.length} times, at most ${MAX_REFERENCES} may be`;
		throw errors.invalidRecord({ ...place, ...namesOf(record), reason });
	}
	// Of a record in order, the content is in order too.
	const written =
		text === undefined ? canonicalRecord(record) : { line: text, content: JSON.stringify(content) };
	const { line } = written;
	if (recordBytes(line, Number(version), String(createdAt), String(updatedAt)) > maxRecordBytes) {
		throw tooLarge(place, maxRecordBytes);
	}
	return {
		kind,
		uuid: String(uuid),
		version: Number(version),
		line,
		hash: sha256(written.content),
		...fields,
	};
}

/** Holds a token's value against the rules of its type (REFUSALS 28). */
function checkValue({ type, value, nonconforming }: JsonObject, at: Place & Names): void {
	if (value === null || value === undefined) {
		throw errors.invalidValue({ ...at, reason: 'a token must have a value' });
	}
	const known = typeof type === 'string' ? type : undefined;
	if (nonconforming === true || !isTokenType(known) || isReference(value)) return;
	const fault = valueFault(known, value);
	if (fault === null) return;
	const { pointer, reason, rule } = fault;
	throw errors.invalidValue({ ...at, type: known, reason, pointer: `/value${pointer}`, rule });
}

interface Names {
	readonly uuid?: string;
	readonly path?: string;
}

/** The names of a record, where it has them. */
function namesOf({ uuid, path }: JsonObject): Names {
	return {
		...(typeof uuid === 'string' ? { uuid } : {}),
		...(typeof path === 'string' ? { path } : {}),
	};
}

function notAnObject(place: Place): DssError {
	return errors.invalidJson({ ...place, reason: 'a record must be an object' });
}

/** Null is absent (FORMAT, "Records"); looked for first, since it is rare. */
function withoutNulls(record: JsonObject): JsonObject {
	for (const key in record) {
		if (record[key] === null && key !== 'value') {
			return Object.fromEntries(
				Object.entries(record).filter(([name, value]) => value !== null || name === 'value'),
			);
		}
	}
	return record;
}
