/** The stored line of a record: one canonical JSON object. */
import { isJsonObject, type JsonObject } from './json.ts';

/** The content of a record: without its bookkeeping (FORMAT, "Records"). */
export function contentOf(record: JsonObject): JsonObject {
	const { uuid: _uuid, version: _version, createdAt: _created, updatedAt: _updated, ...content } = record;
	return content;
}

/** Parses a stored or staged line. @throws {TypeError} where it is not an object: such a line was never checked */
export function parseLine(line: string): JsonObject {
	const record: unknown = JSON.parse(line);
	if (!isJsonObject(record)) throw new TypeError('the line of a record is not an object');
	return record;
}
