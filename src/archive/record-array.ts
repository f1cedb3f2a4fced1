/**
 * The records of a JSON array, from pieces of bytes: `[…]`, or an object with the one array under a given name. Each
 * element is cut out as text and read strictly like a line; nothing else of the entry is ever in memory.
 */
import type { Cutter, Line } from './json-lines.ts';

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const OPEN = new Set([0x5b, 0x7b]);
const CLOSE = new Set([0x5d, 0x7d]);
const [OPEN_ARRAY, CLOSE_ARRAY] = [0x5b, 0x5d];
const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);
/** So much may stand before the array: `{ "components": `, with room. */
const MAX_HEAD = 256;

type State = 'head' | 'between' | 'element' | 'tail';

export class ElementCutter implements Cutter {
	readonly #maxBytes: number;
	readonly #head: RegExp;
	readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
	#state: State = 'head';
	/** What stands around the array. */
	#around = '';
	#wrapped = false;
	#depth = 0;
	#inString = false;
	#escaped = false;
	#number = 0;
	#parts: Buffer[] = [];
	#bytes = 0;
	#broken = false;

	/** @param name under which an object may hold the array */
	constructor(name: string, maxBytes: number) {
		this.#maxBytes = maxBytes;
		this.#head = new RegExp(`^[ \\t\\r\\n]*(?:(\\{)[ \\t\\r\\n]*"${name}"[ \\t\\r\\n]*:[ \\t\\r\\n]*)?\\[$`);
	}

	/** The elements that a piece completes. */
	take(piece: Buffer): Line[] {
		const lines: Line[] = [];
		let begin = 0;
		for (let at = 0; at < piece.length && !this.#broken; at++) {
			const byte = piece[at] ?? 0;
			if (this.#state === 'element') {
				if (!this.#ends(byte)) continue;
				this.#keep(piece.subarray(begin, at));
				lines.push(this.#finish());
				this.#state = byte === COMMA ? 'between' : 'tail';
			} else if (this.#state === 'between') {
				if (SPACE.has(byte)) continue;
				if (byte === CLOSE_ARRAY && this.#number === 0) {
					this.#state = 'tail';
					continue;
				}
				this.#state = 'element';
				begin = at;
				at--;
			} else {
				this.#aroundArray(byte);
			}
		}
		if (this.#state === 'element') this.#keep(piece.subarray(begin));
		return lines;
	}

	/** Tells of an entry that is not one whole array. */
	end(): Line[] {
		const ended = this.#state === 'tail' && this.#around.trim() === (this.#wrapped ? '}' : '');
		return ended && !this.#broken ? [] : [{ number: this.#number + 1, text: null, fault: 'array' }];
	}

	/** Whether an element ends before this byte. */
	#ends(byte: number): boolean {
		if (this.#inString) {
			if (this.#escaped) this.#escaped = false;
			else if (byte === BACKSLASH) this.#escaped = true;
			else if (byte === QUOTE) this.#inString = false;
			return false;
		}
		if (byte === QUOTE) this.#inString = true;
		else if (OPEN.has(byte)) this.#depth++;
		else if (this.#depth === 0) return byte === COMMA || byte === CLOSE_ARRAY;
		else if (CLOSE.has(byte)) this.#depth--;
		return false;
	}

	#aroundArray(byte: number): void {
		this.#around += String.fromCharCode(byte);
		if (this.#state === 'head' && byte === OPEN_ARRAY) {
			const match = this.#head.exec(this.#around);
			this.#broken = match === null;
			this.#wrapped = match?.[1] !== undefined;
			this.#state = 'between';
			this.#around = '';
		} else if (SPACE.has(byte) && this.#state === 'tail') {
			this.#around = this.#around.trim();
		} else if (this.#around.length > MAX_HEAD) {
			this.#broken = true;
		}
	}

	#keep(bytes: Buffer): void {
		this.#bytes += bytes.length;
		// A copy: the piece's memory may be the inflater's.
		if (this.#bytes <= this.#maxBytes) this.#parts.push(Buffer.from(bytes));
		else this.#parts = [];
	}

	#finish(): Line {
		const number = ++this.#number;
		const bytes = Buffer.concat(this.#parts);
		const overlong = this.#bytes > this.#maxBytes;
		this.#parts = [];
		this.#bytes = 0;
		if (overlong) return { number, text: null, fault: 'length' };
		try {
			return { number, text: this.#decoder.decode(bytes).trim() };
		} catch {
			return { number, text: null, fault: 'encoding' };
		}
	}
}
