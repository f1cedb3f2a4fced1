/**
 * A strict reader of JSON text: what it accepts, every correct reader understands alike.
 *
 * Beyond RFC 8259 it refuses what I-JSON (RFC 7493) warns of: a member name that stands twice in one object (§2.3),
 * a lone surrogate (§2.1), a number that a double does not hold (§2.2); and member names that reach an object's
 * prototype in careless code. The depth is bounded, so no text can exhaust the stack.
 */
import { type FaultKind, JsonFault } from './json-fault.ts';
import { JsonReader, locateFault } from './json-reader.ts';
import { isUnsafe } from './numbers.ts';
import { FORBIDDEN_NAMES, type StrictOptions } from './value-builder.ts';

export type { StrictOptions } from './value-builder.ts';

/** Why a text was not taken. `where` is the offset in UTF-16 code units. */
export interface StrictFault {
	readonly kind: FaultKind;
	readonly reason: string;
	/** How many objects and arrays are open around the fault. */
	readonly depth: number;
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

/**
 * Reads one JSON text.
 *
 * The fast path: a text that equals its own re-serialisation has no doubled name, no lost digit and no odd form. What
 * that does not show, one look at the value does. Only the other texts are read token by token.
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
			// Not JSON, or not plainly so: the reader of tokens finds the place.
		}
	}
	return readTokens(text, options);
}

function readTokens(text: string, options: StrictOptions): StrictResult {
	const reader = new JsonReader(options);
	try {
		reader.push(text);
		return { ok: true, value: reader.end(), canonical: false };
	} catch (error) {
		if (!(error instanceof JsonFault)) throw error;
		const { kind, message: reason, depth } = error;
		return { ok: false, fault: { kind, reason, depth, where: locateFault(text, options) } };
	}
}

const Form = { odd: 0, unordered: 1, ordered: 2 } as const;
type Form = (typeof Form)[keyof typeof Form];

/** Looks for what must be read by tokens (names that touch a prototype, large whole numbers), and at the order. */
function formOf(value: unknown): Form {
	if (typeof value === 'number') return isUnsafe(value) ? Form.odd : Form.ordered;
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
