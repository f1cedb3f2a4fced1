/** JSON text cut into tokens by stream-json, synchronously: a piece of text gives the tokens that it completes. */
import { jsonParser, type Token } from 'stream-json/core/parser.js';
import { JsonFault } from './json-fault.ts';

export type { Token } from 'stream-json/core/parser.js';

/** Ends a number or a literal that stands last; longer than what stream-json waits for before it decides on one. */
const END = ' '.repeat(20);

/** stream-json's messages in words for a caller. */
const REASONS: readonly (readonly [part: string, reason: string])[] = [
	['escaped characters', 'a string holds a control character or a bad escape'],
	['unexpected characters', 'bytes after the end of the value'],
	["expected ':'", 'a colon is missing'],
	["expected ','", 'a comma or a closing bracket is missing'],
	['expected an object key', 'a member name is missing'],
	['unexpected token', 'a value or a member is missing before a closing bracket'],
	['expected a value', 'not a JSON value'],
];

/**
 * The tokens of one JSON text. Text comes decoded, since stream-json would read bad UTF-8 as U+FFFD; it bounds
 * neither depth nor lengths, so the caller does.
 */
export class Tokenizer {
	readonly #parse: ReturnType<typeof jsonParser>;

	/** @param precise gives a token also where each name, string and number begins; slower */
	constructor(precise = false) {
		this.#parse = jsonParser({ packValues: true, streamValues: precise });
	}

	/** @throws {JsonFault} of kind `syntax` */
	push(text: string): readonly Token[] {
		try {
			const tokens = this.#parse(text);
			return typeof tokens === 'symbol' ? [] : tokens.values;
		} catch (error) {
			throw new JsonFault('syntax', reasonOf(error), 0);
		}
	}

	/** @throws {JsonFault} of kind `syntax` */
	end(): readonly Token[] {
		return this.push(END);
	}
}

function reasonOf(error: unknown): string {
	const message = error instanceof Error ? error.message : '';
	return REASONS.find(([part]) => message.includes(part))?.[1] ?? 'not JSON';
}
