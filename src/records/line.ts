/**
 * The stored line of a record: one canonical JSON object. Four of its members are bookkeeping (`uuid`, `version`,
 * `createdAt`, `updatedAt`), all others are content (FORMAT, "Records").
 */
import { canonicalJson } from './canonical.ts';
import { isJsonObject, type JsonObject } from './json.ts';

/** Which write made a record what it is, and when. */
export interface Stamp {
	/** A Lamport clock. */
	readonly version: number;
	/** RFC 3339, UTC. */
	readonly createdAt: string;
	readonly updatedAt: string;
}

const BOOKKEEPING: ReadonlySet<string> = new Set(['uuid', 'version', 'createdAt', 'updatedAt']);

/** Parses a stored or staged line. @throws {TypeError} where it is not an object: such a line was never checked */
export function parseLine(line: string): JsonObject {
	const record: unknown = JSON.parse(line);
	if (!isJsonObject(record)) throw new TypeError('the line of a record is not an object');
	return record;
}

/** A record's canonical line, and the canonical text of its content, over which it is hashed. */
export function canonicalRecord(record: JsonObject): { readonly line: string; readonly content: string } {
	const members: string[] = [];
	const content: string[] = [];
	for (const name of Object.keys(record).sort()) {
		if (record[name] === undefined) continue;
		const member = `${JSON.stringify(name)}:${canonicalJson(record[name])}`;
		members.push(member);
		if (!BOOKKEEPING.has(name)) content.push(member);
	}
	return { line: `{${members.join(',')}}`, content: `{${content.join(',')}}` };
}

/** The content of a record. */
export function contentOf(record: JsonObject): JsonObject {
	const { uuid: _uuid, version: _version, createdAt: _created, updatedAt: _updated, ...content } = record;
	return content;
}

/** The same record with the bookkeeping of another write. */
export function restampedLine(line: string, stamp: Stamp): string {
	return canonicalJson({ ...parseLine(line), ...stamp });
}

/** A record as the API shows it: there two members of its bookkeeping have other names (API, "Shapes"). */
export function shownRecord(line: string): JsonObject {
	const { createdAt, updatedAt, ...rest } = parseLine(line);
	return { ...rest, created_at: createdAt ?? null, updated_at: updatedAt ?? null };
}

/** The content of a record that comes as the API shows it; its bookkeeping is not the caller's to say. */
export function shownContent(record: JsonObject): JsonObject {
	const { uuid: _uuid, version: _version, created_at: _created, updated_at: _updated, ...content } = record;
	return content;
}
