/** One record: from the text of a line, or from content given by others, to what the store stages. */
import { Compile, type Validator } from 'typebox/compile';
import { isTokenType } from '../../schemas/dtcg-values.ts';
import { ComponentLine, type Kind, ThemeLine, TokenLine } from '../../schemas/records.ts';
import { type DssError, errors } from '../errors.ts';
import { canonicalJson, sha256 } from './canonical.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { valueReferences } from './references.ts';
import { firstFault } from './schema-faults.ts';
import type { Reference, StagedRecord } from './staged-record.ts';
import { parseStrict } from './strict-json.ts';
import { valueFault } from './values.ts';

const checks: Readonly<Record<Kind, Validator>> = {
	themes: Compile(ThemeLine),
	tokens: Compile(TokenLine),
	components: Compile(ComponentLine),
};

/** Where a record stands, for what is said of it. */
export interface Place {
	readonly entry: string;
	readonly line?: number;
	/** In an array of records, from 1. */
	readonly item?: number;
}

/** What is done to a record before it is checked. */
export interface RecordRules {
	readonly maxDepth: number;
	/** Changes a record on its way in: fresh uuids, fields of newer versions. */
	readonly adapt?: ((kind: Kind, record: JsonObject) => JsonObject) | undefined;
}

/**
 * Reads a record from its line (REFUSALS 24 to 29).
 *
 * @throws {DssError} invalid_json, invalid_value, too_deep, invalid_record
 */
export function readRecord(kind: Kind, text: string, place: Place, rules: RecordRules): StagedRecord {
	const parsed = parseStrict(text, { maxDepth: rules.maxDepth });
	if (!parsed.ok) {
		const at = { ...place, reason: `${parsed.fault.reason} (at character ${parsed.fault.where + 1})` };
		if (parsed.fault.kind === 'number') throw errors.invalidValue(at);
		throw parsed.fault.kind === 'depth' ? errors.tooDeep(at) : errors.invalidJson(at);
	}
	if (!isJsonObject(parsed.value))
		throw errors.invalidJson({ ...place, reason: 'a record must be an object' });
	const record = withoutNulls(rules.adapt === undefined ? parsed.value : rules.adapt(kind, parsed.value));
	const untouched = record === parsed.value && parsed.canonical;
	return toStaged(kind, record, place, untouched ? text : undefined);
}

/**
 * Checks a record and makes it ready for the store.
 *
 * @param text the record's text, where it is known to be canonical
 * @throws {DssError} invalid_record, invalid_value
 */
export function toStaged(kind: Kind, record: JsonObject, place: Place, text?: string): StagedRecord {
	const check = checks[kind];
	if (!check.Check(record)) throw recordFault(check, record, place);
	const { uuid, version, createdAt: _created, updatedAt: _updated, ...content } = record;
	// The compiled schema has just held that these are a string and an integer.
	const identity = { kind, uuid: uuid as string, version: version as number };
	const line = text ?? canonicalJson(record);
	// Of a record in order, the content is in order too.
	const hash = sha256(text === undefined ? canonicalJson(content) : JSON.stringify(content));
	if (kind === 'tokens') return { ...identity, line, hash, ...tokenFields(content, place, identity.uuid) };
	if (kind === 'components') return { ...identity, line, hash, ...componentFields(content) };
	return { ...identity, line, hash, ...themeFields(content) };
}

type Fields = Pick<StagedRecord, 'theme' | 'name' | 'group' | 'order' | 'type' | 'references'>;

/** The schema holds the types of the members that are read here. */
function tokenFields(content: JsonObject, place: Place, uuid: string): Fields {
	const type = typeof content['type'] === 'string' ? content['type'] : null;
	const path = String(content['path']);
	const { value } = content;
	if (value === null || value === undefined) {
		throw errors.invalidValue({ ...place, uuid, path, reason: 'a token must have a value' });
	}
	if (isTokenType(type ?? undefined) && content['nonconforming'] !== true)
		checkValue(type, value, { ...place, uuid, path });
	const references = valueReferences(type ?? undefined, value).map(
		(reference): Reference => ({ ...reference, relation: 'alias', pointer: `/value${reference.pointer}` }),
	);
	return { theme: String(content['theme']), name: path, group: null, order: 0, type, references };
}

function checkValue(type: string | null, value: unknown, at: Place & { uuid: string; path: string }): void {
	if (type === null || !isTokenType(type)) return;
	if (isReference(value)) return;
	const fault = valueFault(type, value);
	if (fault === null) return;
	throw errors.invalidValue({
		...at,
		type,
		reason: fault.reason,
		pointer: `/value${fault.pointer}`,
		rule: fault.rule,
	});
}

/** A value that is another token's, or a part of one. */
function isReference(value: unknown): boolean {
	if (typeof value === 'string') return /^\{[^{}]+\}$/.test(value);
	return isJsonObject(value) && typeof value['$ref'] === 'string' && Object.keys(value).length === 1;
}

function componentFields(content: JsonObject): Fields {
	const list = (member: string) => (Array.isArray(content[member]) ? content[member] : []);
	const references = [
		...list('tokens').map((target, index): Reference => reference('token', target, `/tokens/${index}`)),
		...list('dependencies').map(
			(target, index): Reference => reference('component', target, `/dependencies/${index}`),
		),
	];
	return { theme: null, name: String(content['name']), group: null, order: 0, type: null, references };
}

function reference(relation: Reference['relation'], target: unknown, pointer: string): Reference {
	return { relation, target: String(target), expects: null, pointer, part: null };
}

function themeFields(content: JsonObject): Fields {
	const { name, group, order } = content;
	return {
		theme: null,
		name: String(name),
		group: typeof group === 'string' ? group : null,
		order: typeof order === 'number' ? order : 0,
		type: null,
		references: [],
	};
}

function recordFault(check: Validator, record: JsonObject, place: Place): DssError {
	const { uuid, path } = record;
	return errors.invalidRecord({
		...place,
		...(typeof uuid === 'string' ? { uuid } : {}),
		...(typeof path === 'string' ? { path } : {}),
		...firstFault(check.Errors(record)),
	});
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
