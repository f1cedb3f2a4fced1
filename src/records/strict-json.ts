/**
 * A strict reader of JSON text: what it accepts, every correct reader understands alike.
 *
 * Beyond RFC 8259 it refuses what I-JSON (RFC 7493) warns of: a member name that stands twice in one object (§2.3),
 * a lone surrogate (§2.1), a number that a double does not hold (§2.2); and member names that reach an object's
 * prototype in careless code. The depth is bounded, so no text can exhaust the stack.
 */

/** Why a text was not taken. `where` is the offset in UTF-16 code units. */
export interface StrictFault {
	readonly kind: 'json' | 'number' | 'depth';
	readonly reason: string;
	readonly where: number;
}

export type StrictResult =
	| {
			readonly ok: true;
			readonly value: unknown;
			/** Whether the text is in canonical form (RFC 8785); false also where that was not looked at. */
			readonly canonical: boolean;
	  }
	| { readonly ok: false; readonly fault: StrictFault };

export interface StrictOptions {
	/** Arrays and objects that may stand within each other. */
	readonly maxDepth: number;
	/** Whether member names such as `__proto__` are names of tokens here, and so allowed. */
	readonly anyNames?: boolean;
}

/**
 * Reads one JSON text.
 *
 * The fast path: a text that equals its own re-serialisation has no doubled name, no lost digit and no odd form. What
 * that does not show, one look at the value does. Only the other texts are scanned character by character.
 */
export function parseStrict(text: string, options: StrictOptions): StrictResult {
	if (nestingAtMost(text, options.maxDepth) && text.isWellFormed() && !text.includes('\\ud')) {
		try {
			const value: unknown = JSON.parse(text);
			const form = formOf(value);
			if (form !== Form.odd && JSON.stringify(value) === text) {
				return { ok: true, value, canonical: form === Form.ordered };
			}
		} catch {
			// Not JSON, or not plainly so: the scanner says where.
		}
	}
	return scan(text, options);
}

const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

const Form = { odd: 0, unordered: 1, ordered: 2 } as const;
type Form = (typeof Form)[keyof typeof Form];

/** Looks for what the scanner must judge (names that touch a prototype, large whole numbers), and at the order. */
function formOf(value: unknown): Form {
	if (typeof value === 'number')
		return Number.isInteger(value) && !Number.isSafeInteger(value) ? Form.odd : Form.ordered;
	if (typeof value !== 'object' || value === null) return Form.ordered;
	let form: Form = Form.ordered;
	if (Array.isArray(value)) {
		for (const item of value) {
			const part = formOf(item);
			if (part < form) form = part;
		}
		return form;
	}
	let previous = '';
	for (const name in value) {
		if (FORBIDDEN_NAMES.has(name)) return Form.odd;
		// ECMAScript iterates names such as "9" and "10" as numbers, before all others: that is not the canonical order.
		if (name < previous || (name.charCodeAt(0) <= 57 && name.charCodeAt(0) >= 48)) form = Form.unordered;
		previous = name;
		// `value` is a non-null object here and `name` one of its own enumerable names.
		const part = formOf((value as Record<string, unknown>)[name]);
		if (part === Form.odd) return part;
		if (part < form) form = part;
	}
	return form;
}

/** An upper bound of the nesting, by counting brackets; brackets inside strings only make it stricter. */
function nestingAtMost(text: string, limit: number): boolean {
	return bracketsAtMost(text, limit) || depthOf(text) <= limit;
}

/** Few brackets cannot nest deeply: most records are settled by a dozen native searches. */
function bracketsAtMost(text: string, limit: number): boolean {
	let count = 0;
	for (const bracket of ['{', '[']) {
		for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
			if (++count > limit) return false;
		}
	}
	return true;
}

function depthOf(text: string): number {
	let depth = 0;
	let deepest = 0;
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code === 123 || code === 91) {
			depth++;
			if (depth > deepest) deepest = depth;
		} else if (code === 125 || code === 93) {
			depth--;
		}
	}
	return deepest;
}

class Fault extends Error {
	readonly fault: StrictFault;
	constructor(kind: StrictFault['kind'], reason: string, where: number) {
		super(reason);
		this.fault = { kind, reason, where };
	}
}

function scan(text: string, options: StrictOptions): StrictResult {
	try {
		const end = new Scanner(text, options).document();
		if (end !== text.length) throw new Fault('json', 'bytes after the end of the value', end);
		return { ok: true, value: JSON.parse(text) as unknown, canonical: false };
	} catch (error) {
		if (error instanceof Fault) return { ok: false, fault: error.fault };
		return { ok: false, fault: { kind: 'json', reason: 'not JSON', where: 0 } };
	}
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 §7 names them
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

/** Walks the grammar of RFC 8259 §2 to §7 and checks what `JSON.parse` lets pass; builds nothing. */
class Scanner {
	readonly #text: string;
	readonly #options: StrictOptions;
	#at = 0;

	constructor(text: string, options: StrictOptions) {
		this.#text = text;
		this.#options = options;
	}

	/** Scans one value with the white space around it; returns where it ends. */
	document(): number {
		this.#value(0);
		return this.#at;
	}

	#value(depth: number): void {
		this.#take(SPACE);
		const char = this.#text[this.#at];
		if (char === '{' || char === '[') {
			if (depth >= this.#options.maxDepth) {
				throw new Fault('depth', `nested deeper than ${this.#options.maxDepth} levels`, this.#at);
			}
			if (char === '{') this.#object(depth + 1);
			else this.#array(depth + 1);
		} else if (char === '"') {
			this.#string();
		} else if (char === '-' || (char !== undefined && char >= '0' && char <= '9')) {
			this.#number();
		} else if (this.#take(WORD) === null) {
			throw new Fault('json', char === undefined ? 'cut off' : 'not a JSON value', this.#at);
		}
		this.#take(SPACE);
	}

	#object(depth: number): void {
		const names = new Set<string>();
		this.#at++;
		this.#take(SPACE);
		if (this.#next('}')) return;
		do {
			this.#take(SPACE);
			const where = this.#at;
			const name = this.#string();
			if (names.has(name)) throw new Fault('json', `the member "${name}" stands twice`, where);
			if (!this.#options.anyNames && FORBIDDEN_NAMES.has(name)) {
				throw new Fault('json', `"${name}" is not allowed as a member name`, where);
			}
			names.add(name);
			this.#take(SPACE);
			if (!this.#next(':')) throw new Fault('json', 'a colon is missing', this.#at);
			this.#value(depth);
		} while (this.#next(','));
		if (!this.#next('}')) throw new Fault('json', 'an object is not closed', this.#at);
	}

	#array(depth: number): void {
		this.#at++;
		this.#take(SPACE);
		if (this.#next(']')) return;
		do {
			this.#value(depth);
		} while (this.#next(','));
		if (!this.#next(']')) throw new Fault('json', 'an array is not closed', this.#at);
	}

	#string(): string {
		const where = this.#at;
		const raw = this.#take(STRING);
		if (raw === null) throw new Fault('json', 'not a string', where);
		// The pattern admitted nothing but a JSON string.
		const value = JSON.parse(raw) as string;
		if (!value.isWellFormed()) throw new Fault('json', 'a lone surrogate in a string', where);
		return value;
	}

	#number(): void {
		const where = this.#at;
		const raw = this.#take(NUMBER);
		if (raw === null) throw new Fault('json', 'not a number', where);
		if (!survives(raw)) throw new Fault('number', `${excerpt(raw)} does not survive as a double`, where);
	}

	#next(char: string): boolean {
		if (this.#text[this.#at] !== char) return false;
		this.#at++;
		return true;
	}

	#take(pattern: RegExp): string | null {
		pattern.lastIndex = this.#at;
		const match = pattern.exec(this.#text);
		if (match === null) return null;
		this.#at = pattern.lastIndex;
		return match[0];
	}
}

/** Whether a number's text and the double read from it name the same value, and that one can be told apart. */
function survives(raw: string): boolean {
	const value = Number(raw);
	return Number.isFinite(value) && !isUnsafe(value) && decimal(raw) === decimal(String(value));
}

/**
 * Whole numbers beyond ±(2^53 − 1) that are written in plain digits, so that a reader may take them for exact. From
 * 10^21 on ECMAScript writes an exponent, which nobody takes for that.
 */
function isUnsafe(value: number): boolean {
	return Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21;
}

/** A number's text as sign, digits and exponent without needless zeros, so that equal values are equal texts. */
function decimal(raw: string): string {
	const sign = raw.startsWith('-') ? '-' : '';
	const [mantissa = '', exponent = '0'] = raw.slice(sign.length).toLowerCase().split('e');
	const [whole = '', fraction = ''] = mantissa.split('.');
	const digits = (whole + fraction).replace(/^0+/, '');
	const significant = digits.replace(/0+$/, '');
	if (significant === '') return '0';
	return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

function excerpt(raw: string): string {
	return raw.length <= 40 ? raw : `${raw.slice(0, 40)}…`;
}
