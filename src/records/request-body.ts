/** The JSON body of a request, read as strictly as a record. */
import { type DssError, errors } from '../errors.ts';
import type { Json } from './json.ts';
import { formError } from './place.ts';
import { parseStrict, type StrictFault } from './strict-json.ts';
import { decodeUtf8 } from './utf8.ts';

/**
 * Reads a body. What is no JSON, or is ambiguous in the body's own members, is a malformed request; what lies deeper
 * is refused as it is in an archive.
 *
 * @param maxDepth objects and arrays that may stand within each other
 * @throws {DssError} malformed_request, invalid_json, invalid_value, too_deep
 */
export function readBody(bytes: Uint8Array, maxDepth: number): Json {
	if (bytes.length === 0) throw malformed('the body is empty, though its media type is JSON');
	const text = decodeUtf8(bytes);
	if (text === null) throw malformed('the body is not valid UTF-8');
	// A reader may ignore a byte order mark (RFC 8259 §8.1).
	const parsed = parseStrict(text.startsWith('\ufeff') ? text.slice(1) : text, { maxDepth });
	if (!parsed.ok) throw bodyError(parsed.fault);
	// The strict reader makes JSON values only.
	return parsed.value as Json;
}

function bodyError({ kind, reason, depth, where }: StrictFault): DssError {
	const at = `${reason} (at character ${where + 1})`;
	if (kind === 'syntax') return malformed(`the body is not JSON: ${at}`);
	if (kind === 'ambiguous' && depth <= 1) return malformed(`the body is ambiguous: ${at}`);
	return formError(kind, { entry: 'the body', reason: at });
}

function malformed(reason: string): DssError {
	return errors.malformedRequest({ reason });
}
