/** Values with their pointers replaced by what these lead to; each part is resolved once. */
import { isJsonObject } from '../../records/json.ts';
import { formatPointer, parsePointer } from '../../records/pointer.ts';
import type { ReferenceBudget } from '../../records/reference-budget.ts';
import { aliasPath, pointerTarget } from '../../records/references.ts';

/** References and levels of a value that may lie within each other. */
const MAX_DEPTH = 64;

/** Characters of a key that cost a step. */
const KEY_PIECE = 64;
/** What is remembered is dropped at so many nodes: it can be found again. */
const MAX_REMEMBERED = 1_000_000;

/** The value of the token that a path means, seen from a theme; undefined where there is none. */
export type ValueOf = (theme: string, path: string) => unknown;

export type Resolved =
	| { readonly ok: true; readonly value: unknown; readonly nodes: number; readonly depth: number }
	| { readonly ok: false; readonly reason: string };

/** Where a pointer leads: a token, and the way to a part of its value. */
interface Place {
	readonly key: string;
	readonly path: string;
	readonly part: readonly string[];
	/** The reference, as it was written. */
	readonly ref: string;
}

/** What stands at a place: a value of its own, another place that has it, or nothing. */
type Found =
	| { readonly value: unknown }
	| { readonly place: Place; readonly levels: number }
	| { readonly reason: string };

/** A place that waits for others. */
interface Open {
	readonly place: Place;
	readonly found: Found;
	readonly waitsFor: Iterator<Place>;
}

/**
 * Resolves pointers as seen from themes. Places are walked with a stack of their own, however long a chain is, and
 * remembered. A step is a place, a node that is read there, or a node that a pointer brings into another value.
 */
export class PartResolver {
	readonly #valueOf: ValueOf;
	readonly #budget: ReferenceBudget;
	#theme = '';
	#known = new Map<string, Resolved>();
	#remembered = 0;

	constructor(look: ValueOf, budget: ReferenceBudget) {
		this.#valueOf = look;
		this.#budget = budget;
	}

	/**
	 * A value with every pointer in it replaced. Values of one theme are best asked for one after the other: what is
	 * remembered is of one theme.
	 *
	 * @throws {DssError} reference_web_too_large
	 */
	resolve(theme: string, value: unknown): Resolved {
		if (theme !== this.#theme || this.#remembered > MAX_REMEMBERED) {
			this.#theme = theme;
			this.#known = new Map();
			this.#remembered = 0;
		}
		for (const place of placesIn(value).places) this.#resolvePlace(place);
		return this.#build(value, 0);
	}

	#resolvePlace(first: Place): void {
		if (this.#known.has(first.key)) return;
		const open: Open[] = [this.#open(first)];
		const under = new Set([first.key]);
		for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
			const next = top.waitsFor.next();
			if (next.done) {
				open.pop();
				under.delete(top.place.key);
				if (!this.#known.has(top.place.key)) this.#remember(top.place, this.#complete(top.found));
				continue;
			}
			const place: Place = next.value;
			if (this.#known.has(place.key)) continue;
			if (under.has(place.key)) {
				// Circles are another check's matter; here they must only end.
				this.#remember(place, { ok: false, reason: TOO_DEEP });
				continue;
			}
			under.add(place.key);
			open.push(this.#open(place));
		}
	}

	#open(place: Place): Open {
		this.#budget.spend(1 + Math.floor(place.key.length / KEY_PIECE));
		const found = this.#find(place);
		return { place, found, waitsFor: this.#neededBy(found)[Symbol.iterator]() };
	}

	#neededBy(found: Found): readonly Place[] {
		if ('reason' in found) return [];
		if ('place' in found) return [found.place];
		const { places, nodes } = placesIn(found.value);
		this.#budget.spend(nodes);
		return places;
	}

	/** Goes to a part of a token's value; what it passes through may be a pointer itself. */
	#find({ path, part, ref }: Place): Found {
		if (part.length > MAX_DEPTH) return { reason: TOO_DEEP };
		let at = this.#valueOf(this.#theme, path);
		if (at === undefined) return { reason: `${ref} leads to the token {${path}}, which is not there` };
		const alias = typeof at === 'string' ? aliasPath(at) : null;
		if (alias !== null) return { place: placeOf(alias, part, ref), levels: 0 };
		for (const [index, segment] of part.entries()) {
			const pointed = pointerOf(at);
			if (pointed !== null) return this.#through(pointed, part.slice(index));
			at = childOf(at, segment);
			if (at === undefined) return { reason: `${ref} leads to a part that is not there` };
		}
		const pointed = pointerOf(at);
		return pointed === null ? { value: at } : this.#through(pointed, []);
	}

	#through(ref: string, rest: readonly string[]): Found {
		const place = placeAt(ref, rest);
		return place === null ? { reason: leadsNowhere(ref) } : { place, levels: 1 };
	}

	/** Puts a value together out of places that are known. */
	#complete(found: Found): Resolved {
		if ('reason' in found) return { ok: false, reason: found.reason };
		return 'place' in found ? this.#use(found.place, found.levels) : this.#build(found.value, 0);
	}

	#build(value: unknown, level: number): Resolved {
		if (level > MAX_DEPTH) return { ok: false, reason: TOO_DEEP };
		const ref = pointerOf(value);
		if (ref !== null) {
			const place = placeAt(ref, []);
			return place === null ? { ok: false, reason: leadsNowhere(ref) } : this.#use(place, level + 1);
		}
		if (typeof value !== 'object' || value === null) return { ok: true, value, nodes: 1, depth: level };
		const members = Object.entries(value);
		const made: [string, unknown][] = [];
		let nodes = 1;
		let depth = level;
		for (const [name, member] of members) {
			const part = this.#build(member, level + 1);
			if (!part.ok) return part;
			made.push([name, part.value]);
			nodes += part.nodes;
			depth = Math.max(depth, part.depth);
		}
		const whole = Array.isArray(value) ? made.map(([, part]) => part) : Object.fromEntries(made);
		return { ok: true, value: whole, nodes, depth };
	}

	/** What stands at a place that was resolved before, so many levels down in another value. */
	#use({ key }: Place, levels: number): Resolved {
		const known = this.#known.get(key) ?? { ok: false, reason: TOO_DEEP };
		if (!known.ok) return known;
		// Whoever looks at the value looks at each of these nodes again.
		this.#budget.spend(known.nodes);
		const depth = known.depth + levels;
		return depth > MAX_DEPTH ? { ok: false, reason: TOO_DEEP } : { ...known, depth };
	}

	#remember({ key }: Place, resolved: Resolved): void {
		this.#known.set(key, resolved);
		this.#remembered += resolved.ok ? resolved.nodes : 1;
	}
}

const TOO_DEEP = 'its references take too many steps';
const leadsNowhere = (ref: string) => `${ref} leads to no token's value`;

/** The places that pointers in a value lead to, and how many nodes it has. */
function placesIn(value: unknown): { places: Place[]; nodes: number } {
	const places: Place[] = [];
	let nodes = 0;
	const walk = (at: unknown): void => {
		nodes++;
		if (typeof at !== 'object' || at === null) return;
		const ref = pointerOf(at);
		const place = ref === null ? null : placeAt(ref, []);
		if (place !== null) places.push(place);
		if (ref === null) for (const part of Object.values(at)) walk(part);
	};
	walk(value);
	return { places, nodes };
}

function pointerOf(value: unknown): string | null {
	if (!isJsonObject(value)) return null;
	const { $ref } = value;
	return typeof $ref === 'string' ? $ref : null;
}

/** @param rest the way on from where the reference leads */
function placeAt(ref: string, rest: readonly string[]): Place | null {
	const target = pointerTarget(ref);
	if (target === null) return null;
	const part = target.part === null ? [] : (parsePointer(target.part) ?? []);
	return placeOf(target.path, [...part, ...rest], ref);
}

function placeOf(path: string, part: readonly string[], ref: string): Place {
	// A path holds no brace, so no two places have one key.
	return { key: `{${path}}${formatPointer(part)}`, path, part, ref };
}

function childOf(value: unknown, segment: string): unknown {
	if (Array.isArray(value)) return /^(?:0|[1-9]\d*)$/.test(segment) ? value[Number(segment)] : undefined;
	return isJsonObject(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
}
