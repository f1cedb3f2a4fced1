/**
 * The records of a JSON array, from pieces of bytes: `[…]`, or an object with the one array under a given name. Each
 * element is built from its tokens and handed on; nothing else of the entry is ever in memory.
 */
import type { Json } from '../records/json.ts';
import { JsonFault } from '../records/json-fault.ts';
import { type Token, Tokenizer } from '../records/json-tokens.ts';
import { ValueBuilder } from '../records/value-builder.ts';

/** An element as it stands in the array: its value, or why there is none. */
export type Element = { readonly number: number } & (
	| { readonly value: Json }
	| { readonly fault: JsonFault }
	/** More bytes than a record may have; what stands behind it is not read. */
	| { readonly fault: 'length' }
);

export interface ElementLimits {
	readonly maxBytes: number;
	readonly maxDepth: number;
}

/**
 * Text is read in pieces of this many characters. An element is known to be too long a piece late at most; where the
 * array itself is broken, elements that end in the same piece are not reported.
 */
const PIECE = 4_096;

type State = 'start' | 'name' | 'array' | 'elements' | 'close' | 'end' | 'broken';

export class ElementReader {
	readonly #name: string;
	readonly #limits: ElementLimits;
	readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
	readonly #tokenizer = new Tokenizer();
	#state: State = 'start';
	#wrapped = false;
	/** The element that is being read. */
	#builder: ValueBuilder | null = null;
	#characters = 0;
	#number = 0;

	/** @param name under which an object may hold the array */
	constructor(name: string, limits: ElementLimits) {
		this.#name = name;
		this.#limits = limits;
	}

	/** The elements that a piece completes. After a fault of the array itself nothing is read. */
	take(piece: Buffer): Element[] {
		return this.#read((found) => {
			const text = this.#decode(piece, true);
			for (let at = 0; at < text.length && this.#state !== 'broken'; at += PIECE) {
				this.#takeText(text.slice(at, at + PIECE), found);
			}
		});
	}

	/** What the end of the entry shows: that it is not one whole array. */
	end(): Element[] {
		return this.#read((found) => {
			this.#takeText(this.#decode(Buffer.alloc(0), false), found);
			for (const token of this.#tokenizer.end()) this.#takeToken(token, found);
			if (this.#state !== 'end') throw new JsonFault('syntax', 'it is cut off', 0);
		});
	}

	#read(run: (found: Element[]) => void): Element[] {
		const found: Element[] = [];
		if (this.#state === 'broken') return found;
		try {
			run(found);
		} catch (error) {
			if (!(error instanceof JsonFault)) throw error;
			this.#state = 'broken';
			found.push({ number: this.#number + 1, fault: error });
		}
		return found;
	}

	#decode(bytes: Buffer, stream: boolean): string {
		try {
			return this.#decoder.decode(bytes, { stream });
		} catch {
			throw new JsonFault('syntax', 'not valid UTF-8', 0);
		}
	}

	#takeText(text: string, found: Element[]): void {
		for (const token of this.#tokenizer.push(text)) this.#takeToken(token, found);
		this.#characters += text.length;
		if (this.#builder === null || this.#characters <= this.#limits.maxBytes + PIECE) return;
		this.#state = 'broken';
		found.push({ number: this.#number + 1, fault: 'length' });
	}

	#takeToken(token: Token, found: Element[]): void {
		switch (this.#state) {
			case 'start':
				this.#wrapped = token.name === 'startObject';
				this.#state = this.#wrapped ? 'name' : this.#arrayBegins(token);
				break;
			case 'name':
				if (token.name !== 'keyValue' || token.value !== this.#name) throw notTheArray(this.#name);
				this.#state = 'array';
				break;
			case 'array':
				this.#state = this.#arrayBegins(token);
				break;
			case 'elements':
				if (this.#builder === null && token.name === 'endArray')
					this.#state = this.#wrapped ? 'close' : 'end';
				else this.#takeElement(token, found);
				break;
			case 'close':
				if (token.name !== 'endObject') throw notTheArray(this.#name);
				this.#state = 'end';
				break;
			// stream-json refuses what stands behind the end.
			case 'end':
			case 'broken':
				break;
		}
	}

	#arrayBegins({ name }: Token): State {
		if (name !== 'startArray') throw notTheArray(this.#name);
		return 'elements';
	}

	#takeElement(token: Token, found: Element[]): void {
		let builder = this.#builder;
		if (builder === null) {
			builder = new ValueBuilder(this.#limits);
			this.#builder = builder;
			this.#characters = 0;
		}
		builder.take(token);
		if (!builder.done) return;
		const number = ++this.#number;
		const { fault, value } = builder;
		found.push(fault === null ? { number, value } : { number, fault });
		this.#builder = null;
	}
}

function notTheArray(name: string): JsonFault {
	return new JsonFault('syntax', `it is neither an array nor an object with one array under "${name}"`, 0);
}
