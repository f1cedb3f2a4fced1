/** One JSON text that comes in pieces, read strictly: the path of all JSON but our own canonical lines. */
import type { Json } from './json.ts';
import { JsonFault } from './json-fault.ts';
import { type Token, Tokenizer } from './json-tokens.ts';
import { type StrictOptions, ValueBuilder } from './value-builder.ts';

/** Text is handed to stream-json in pieces of this many characters, so that its lists of tokens stay small. */
const PIECE = 65_536;

export class JsonReader {
	readonly #tokenizer: Tokenizer;
	readonly #builder: ValueBuilder;
	readonly #precise: boolean;
	/** How many characters came before the piece that is read. */
	#offset = 0;
	#begins = 0;

	/** @param precise keeps `begins` to the character where text is pushed character by character */
	constructor(options: StrictOptions, precise = false) {
		this.#precise = precise;
		this.#tokenizer = new Tokenizer(precise);
		this.#builder = new ValueBuilder(options);
	}

	/** How many characters have been read. */
	get offset(): number {
		return this.#offset;
	}

	/** Where the last name or value began, as an offset in UTF-16 code units; only in a precise reader. */
	get begins(): number {
		return this.#begins;
	}

	/** Reads a piece of the text. @throws {JsonFault} */
	push(text: string): void {
		for (let at = 0; at < text.length; at += PIECE) {
			const piece = text.length <= PIECE ? text : text.slice(at, at + PIECE);
			this.#take(this.#tokenizer.push(piece));
			this.#offset += piece.length;
		}
	}

	/** The value, where the text has ended. @throws {JsonFault} */
	end(): Json {
		this.#take(this.#tokenizer.end());
		if (!this.#builder.done) throw new JsonFault('syntax', 'cut off', this.#builder.depth);
		return this.#builder.value;
	}

	#take(tokens: readonly Token[]): void {
		for (const token of tokens) {
			if (this.#precise && token.name.startsWith('start')) this.#begins = this.#offset;
			this.#builder.take(token);
		}
		if (this.#builder.fault !== null) throw this.#builder.fault;
	}
}

/** So far before a faulty piece the exact search begins: names and numbers that begin there are seen whole. */
const BEFORE = 256;

/**
 * Where in a text its fault lies, as an offset in UTF-16 code units: the text is read again, ever more closely. What
 * stream-json refuses only once it has seen some characters more is placed at most 20 too late.
 */
export function locateFault(text: string, options: StrictOptions): number {
	let from = 0;
	for (const step of [PIECE, 1024, 32]) {
		const reader = new JsonReader(options);
		reader.push(text.slice(0, from));
		from = failingPiece(reader, text, from, step);
	}
	const reader = new JsonReader(options, true);
	const begin = Math.max(0, from - BEFORE);
	reader.push(text.slice(0, begin));
	return locateIn(reader, text, begin);
}

/** Where in a text a fault lies, by a precise reader that has read everything before `from`. */
export function locateIn(reader: JsonReader, text: string, from: number): number {
	const begin = reader.offset - from;
	for (let at = from; at < text.length; at++) {
		try {
			reader.push(text.charAt(at));
		} catch (error) {
			if (!(error instanceof JsonFault)) throw error;
			return error.kind === 'syntax' ? at : Math.max(from, reader.begins - begin);
		}
	}
	return text.length;
}

function failingPiece(reader: JsonReader, text: string, from: number, step: number): number {
	let at = from;
	for (; at < text.length; at += step) {
		try {
			reader.push(text.slice(at, at + step));
		} catch (error) {
			if (!(error instanceof JsonFault)) throw error;
			return at;
		}
	}
	// The fault is at the end of the text, or shows only there.
	return Math.max(from, at - step);
}
