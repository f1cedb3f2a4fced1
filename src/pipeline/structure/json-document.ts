/** A JSON file that may be large: decoded strictly and read piece by piece, its faults reported by line and character. */
import { createReadStream } from 'node:fs';
import { errors } from '../../errors.ts';
import type { ForeignForm } from '../../interop/recognise/forms.ts';
import { recogniseJsonText } from '../../interop/recognise/json-text.ts';
import type { Json } from '../../records/json.ts';
import { type FaultKind, JsonFault } from '../../records/json-fault.ts';
import { JsonReader, locateIn } from '../../records/json-reader.ts';
import { formError } from '../../records/place.ts';
import type { StrictOptions } from '../../records/value-builder.ts';
import { unknownFormat } from './unknown-format.ts';

const PIECE_BYTES = 65_536;
/** Faults that are no fault of one place. */
const COUNTED: readonly FaultKind[] = ['tokens', 'groups', 'values'];

/**
 * Reads a JSON file. A byte order mark may stand before it (RFC 8259 §8.1).
 *
 * @param onPiece called after each 64 KiB: where the work stops, it throws
 * @throws {DssError} invalid_json, invalid_value, too_deep; unknown_format where it looks like another form of JSON
 * @throws {JsonFault} of kind `tokens`, `groups` or `values`: what a file of too many is called is not known here
 */
export async function readJsonFile(
	path: string,
	options: StrictOptions,
	signal: AbortSignal,
	onPiece: () => Promise<void> = async () => undefined,
): Promise<Json> {
	const reader = new JsonReader(options);
	let pieces = 0;
	try {
		for await (const text of texts(path, signal)) {
			reader.push(text);
			pieces++;
			await onPiece();
		}
		return reader.end();
	} catch (error) {
		if (!(error instanceof JsonFault) || COUNTED.includes(error.kind)) throw error;
		const { line, character, form } = await placeOf(path, options, pieces, signal);
		if (error.kind === 'syntax' && form !== null) throw unknownFormat(form);
		throw formError(error.kind, { reason: `${error.message} (line ${line}, character ${character})` });
	}
}

interface FaultPlace {
	readonly line: number;
	readonly character: number;
	/** What the text looks like there. */
	readonly form: ForeignForm | null;
}

/** Where a fault lies, whose piece is known: the file is read again up to that piece, and then by the character. */
async function placeOf(
	path: string,
	options: StrictOptions,
	piece: number,
	signal: AbortSignal,
): Promise<FaultPlace> {
	const reader = new JsonReader(options, true);
	let number = 0;
	let line = 1;
	let character = 1;
	let form: ForeignForm | null = null;
	const pass = (text: string) => {
		const last = text.lastIndexOf('\n');
		if (last !== -1) line += text.split('\n').length - 1;
		character = last === -1 ? character + text.length : text.length - last;
	};
	for await (const text of texts(path, signal)) {
		if (number++ < piece) {
			reader.push(text);
			pass(text);
		} else {
			const where = locateIn(reader, text, 0);
			form = recogniseJsonText(text, where);
			pass(text.slice(0, where));
			break;
		}
	}
	return { line, character, form };
}

async function* texts(path: string, signal: AbortSignal): AsyncGenerator<string> {
	const decoder = new TextDecoder('utf-8', { fatal: true });
	const decode = (bytes: Uint8Array, stream: boolean): string => {
		try {
			return decoder.decode(bytes, { stream });
		} catch {
			throw errors.invalidJson({ reason: 'the file is not valid UTF-8' });
		}
	};
	// A read stream without an encoding gives Buffers.
	const bytes: AsyncIterable<Buffer> = createReadStream(path, { signal, highWaterMark: PIECE_BYTES });
	for await (const piece of bytes) yield decode(piece, true);
	yield decode(new Uint8Array(), false);
}
