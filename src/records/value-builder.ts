/** Builds one value from tokens and checks as they pass what `JSON.parse` lets pass (REFUSALS 24 to 26, 29). */
import { excerpt } from './excerpt.ts';
import type { Json, JsonObject } from './json.ts';
import { type FaultKind, JsonFault } from './json-fault.ts';
import type { Token } from './json-tokens.ts';
import { isTooLong, MAX_NUMBER_LENGTH, survives } from './numbers.ts';

/** Member names that reach an object's prototype in careless code. */
export const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export interface StrictOptions {
	/** Objects and arrays that may stand within each other. */
	readonly maxDepth: number;
	/**
	 * Where given, the text is a design tokens file: names of groups and tokens may be any, and there may be so many
	 * tokens. Within a token's value, `$extensions` and the like the names are held as everywhere.
	 */
	readonly maxTokens?: number;
}

/**
 * Values that a design tokens file may hold, whatever they are: in memory each takes up to a hundred times its bytes.
 * Files of real systems have some ten a token.
 */
export function mostValues(maxTokens: number): number {
	return 100_000 + 100 * maxTokens;
}

/**
 * Groups and tokens that it may hold: each is visited a dozen times, at some 15 µs in all. Files of real systems have
 * fewer groups than tokens.
 */
export function mostGroups(maxTokens: number): number {
	return 10_000 + 10 * maxTokens;
}

type Container = JsonObject | Json[];

/** Takes the tokens of one value. What is faulty is not built any further, but its end is found. */
export class ValueBuilder {
	readonly #options: StrictOptions;
	/** The containers around the current one, outermost first. */
	readonly #open: (Container | null)[] = [];
	/** For each open container, whether its members are groups and tokens of a design tokens file. */
	readonly #groups: boolean[] = [];
	#current: Container | null = null;
	#inGroup = false;
	#key = '';
	#depth = 0;
	#tokens = 0;
	#values = 0;
	#groupCount = 0;
	#value: Json = null;
	#done = false;
	#fault: JsonFault | null = null;

	constructor(options: StrictOptions) {
		this.#options = options;
	}

	/** Whether the value has ended. */
	get done(): boolean {
		return this.#done;
	}

	/** The first fault. */
	get fault(): JsonFault | null {
		return this.#fault;
	}

	/** The value, once it is done and without a fault. */
	get value(): Json {
		return this.#value;
	}

	/** How many objects and arrays are open. */
	get depth(): number {
		return this.#depth;
	}

	take(token: Token): void {
		switch (token.name) {
			case 'keyValue':
				this.#takeKey(token.value);
				break;
			case 'stringValue':
				if (!token.value.isWellFormed()) this.#fail('ambiguous', 'a lone surrogate in a string');
				this.#add(token.value);
				break;
			case 'numberValue':
				if (survives(token.value)) this.#add(Number(token.value));
				else this.#failNumber(token.value);
				break;
			case 'trueValue':
			case 'falseValue':
			case 'nullValue':
				this.#add(token.value);
				break;
			case 'startObject':
				this.#begin({});
				break;
			case 'startArray':
				this.#begin([]);
				break;
			case 'endObject':
			case 'endArray':
				this.#end();
				break;
			// Only a precise reader gets these; what they are parts of comes whole as well.
			case 'startKey':
			case 'endKey':
			case 'startString':
			case 'endString':
			case 'stringChunk':
			case 'startNumber':
			case 'endNumber':
			case 'numberChunk':
			case 'whitespace':
				break;
		}
	}

	#takeKey(key: string): void {
		if (this.#fault !== null) return;
		const object = this.#current;
		if (object === null) return;
		if (!key.isWellFormed()) this.#fail('ambiguous', 'a lone surrogate in a member name');
		else if (Object.hasOwn(object, key)) this.#fail('ambiguous', `the member "${excerpt(key)}" stands twice`);
		else if (FORBIDDEN_NAMES.has(key) && !this.#inGroup)
			this.#fail('ambiguous', `"${key}" is not allowed as a member name`);
		else if (this.#inGroup && key === '$value') this.#countToken();
		this.#key = key;
	}

	#countToken(): void {
		this.#tokens++;
		const { maxTokens = 0 } = this.#options;
		if (this.#tokens > maxTokens) this.#fail('tokens', `it holds more than ${maxTokens} tokens`);
	}

	#countValue(): void {
		const { maxTokens } = this.#options;
		if (maxTokens === undefined || ++this.#values <= mostValues(maxTokens)) return;
		this.#fail('values', `it holds more than ${mostValues(maxTokens)} values`);
	}

	#countGroup(): void {
		const { maxTokens = 0 } = this.#options;
		if (++this.#groupCount <= mostGroups(maxTokens)) return;
		this.#fail('groups', `it holds more than ${mostGroups(maxTokens)} groups`);
	}

	#begin(container: Container): void {
		const { maxDepth, maxTokens } = this.#options;
		this.#countValue();
		if (this.#depth >= maxDepth) this.#fail('depth', `nested deeper than ${maxDepth} levels`);
		const isRoot = this.#depth++ === 0;
		if (this.#fault !== null) return;
		if (!isRoot) this.#attach(container);
		const within = isRoot ? maxTokens !== undefined : this.#inGroup && isName(this.#key);
		this.#open.push(this.#current);
		this.#groups.push(this.#inGroup);
		this.#current = container;
		this.#inGroup = within && !Array.isArray(container);
		if (this.#inGroup) this.#countGroup();
	}

	#end(): void {
		this.#depth--;
		this.#done = this.#depth === 0;
		if (this.#fault !== null) return;
		if (this.#done) this.#value = this.#current;
		this.#current = this.#open.pop() ?? null;
		this.#inGroup = this.#groups.pop() ?? false;
	}

	#add(value: Json): void {
		this.#countValue();
		if (this.#depth === 0) {
			this.#value = value;
			this.#done = true;
		} else if (this.#fault === null) {
			this.#attach(value);
		}
	}

	#attach(value: Json): void {
		const container = this.#current;
		if (Array.isArray(container)) container.push(value);
		else if (container !== null) set(container, this.#key, value);
	}

	#failNumber(raw: string): void {
		this.#fail(
			'number',
			isTooLong(raw)
				? `a number of more than ${MAX_NUMBER_LENGTH} characters`
				: `${excerpt(raw)} does not survive as a double`,
		);
		// A faulty number at the top ends the text all the same.
		if (this.#depth === 0) this.#done = true;
	}

	#fail(kind: FaultKind, reason: string): void {
		this.#fault ??= new JsonFault(kind, reason, this.#depth);
	}
}

/** A name of a group or token, not a member of the format (DTCG Format 2025.10 §5.1.1, §6.2). */
function isName(key: string): boolean {
	return !key.startsWith('$') || key === '$root';
}

/** Sets a member as `JSON.parse` does: `__proto__` is a name like others. */
function set(object: JsonObject, key: string, value: Json): void {
	if (key === '__proto__') {
		Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
	} else {
		object[key] = value;
	}
}
