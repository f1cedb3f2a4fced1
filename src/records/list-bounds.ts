/**
 * Looks over JSON text before it is parsed: millions of tiny items cost a hundred times their bytes once they are values.
 * Brackets and commas outside of texts are counted, nothing else is looked at: whether it is JSON is the parser's to say.
 */

/** What the items of outer lists may be. */
export interface ListBounds {
	/** Levels of objects and arrays whose items are counted; what stands in them is an item's own. */
	readonly levels: number;
	/** Items that an object or array of these levels may have. */
	readonly maxItems: number;
	/** Bytes that an item of the last of these levels needs at least once it is written as canonical JSON. */
	readonly maxItemBytes: number;
}

const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** Which bound a text breaks; null where it breaks none. Linear, and keeps nothing. */
export function brokenBound(text: Uint8Array, { levels, maxItems, maxItemBytes }: ListBounds) {
	const commas = new Array<number>(levels + 1).fill(0);
	let depth = 0;
	let itemBytes = 0;
	for (let at = 0; at < text.length; at++) {
		const byte = text[at] ?? 0;
		if (byte === QUOTE) at = endOfText(text, at);
		else if (OPENING.has(byte)) {
			depth++;
			if (depth <= levels) commas[depth] = 0;
			if (depth === levels + 1) itemBytes = 0;
			// Both brackets.
			if (depth > levels) itemBytes += 2;
		} else if (CLOSING.has(byte)) depth--;
		else if (byte === COMMA) {
			if (depth > levels) itemBytes++;
			else {
				const items = (commas[depth] ?? 0) + 1;
				if (items >= maxItems) return 'items';
				commas[depth] = items;
			}
		}
		if (itemBytes > maxItemBytes) return 'item';
	}
	return null;
}

/** The quote that ends a text, or the end of all. */
function endOfText(text: Uint8Array, quote: number): number {
	let end = text.indexOf(QUOTE, quote + 1);
	while (end !== -1 && isEscaped(text, end)) end = text.indexOf(QUOTE, end + 1);
	return end === -1 ? text.length : end;
}

/** Whether an odd number of backslashes stands before a quote: each pair of them is one of the text. */
function isEscaped(text: Uint8Array, quote: number): boolean {
	let begin = quote;
	while (text[begin - 1] === BACKSLASH) begin--;
	return (quote - begin) % 2 === 1;
}
