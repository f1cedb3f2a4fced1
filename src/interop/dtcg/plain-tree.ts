/** Files whose names hold dots and whose tokens hold others, brought into the form of Format §5.1.1 and §6.1. */
import { isJsonObject, type Json, type JsonObject } from '../../records/json.ts';
import { renameAliases } from '../../records/references.ts';

const ROOT = '$root';
/** As deep as any record may be nested: a name of dots makes no deeper tree than brackets could. */
const MAX_LEVELS = 64;
/** REFUSALS 44. A longer path is left as it is, for the reader of the tree to refuse. */
const MAX_PATH = 2_048;
/** Groups that dots may make for each token that is allowed: a name of 128 characters could make 63. */
const GROUPS_PER_TOKEN = 10;

interface TreeNote {
	readonly code: 'dotted_name' | 'token_with_children' | 'duplicate_record' | 'invalid_record';
	readonly path: string;
	readonly reason: string;
}

export interface PlainTree {
	readonly tree: JsonObject;
	/** What was changed, with the path that it had. */
	readonly notes: readonly TreeNote[];
	/** Where two would get one path, or a name has too many dots. */
	readonly faults: readonly TreeNote[];
}

/** Brings a file into the form of the format: a dotted name becomes groups, a token with children goes to `$root`. */
export function toPlainTree(file: JsonObject, maxTokens: number): PlainTree {
	const builder = new TreeBuilder(maxTokens * GROUPS_PER_TOKEN);
	const tree = emptyObject();
	builder.fill(tree, file, { path: '', level: 0 });
	builder.redirect();
	return { tree, notes: builder.notes, faults: builder.faults };
}

/** Where a group stands, and how many names lead to it. */
interface At {
	readonly path: string;
	readonly level: number;
}

class TreeBuilder {
	readonly notes: TreeNote[] = [];
	readonly faults: TreeNote[] = [];
	readonly #tokens = new Set<JsonObject>();
	/** The paths of tokens that went to `$root`. */
	readonly #moved = new Set<string>();
	readonly #maxGroups: number;
	#groups = 0;

	constructor(maxGroups: number) {
		this.#maxGroups = maxGroups;
	}

	/** Adds the members of a group to one that is built. */
	fill(group: JsonObject, source: JsonObject, at: At): void {
		for (const [key, member] of Object.entries(source)) {
			if (!isJsonObject(member) || isMember(key)) this.#set(group, key, member, at);
			else this.#place(group, key, member, at);
		}
	}

	/** References to a token that went to `$root` follow it there. */
	redirect(): void {
		if (this.#moved.size === 0) return;
		const rename = (path: string) => (this.#moved.has(path) ? `${path}.${ROOT}` : path);
		for (const token of this.#tokens) {
			const { $value, $ref } = token;
			if ($value !== undefined) token['$value'] = renameAliases($value, rename);
			const renamed = typeof $ref === 'string' ? renameAliases({ $ref }, rename) : null;
			if (isJsonObject(renamed) && renamed['$ref'] !== undefined) token['$ref'] = renamed['$ref'];
		}
	}

	/** A member that is no group and no token. */
	#set(group: JsonObject, key: string, member: Json, at: At): void {
		const present = own(group, key);
		if (present === undefined) group[key] = member;
		else if (JSON.stringify(present) !== JSON.stringify(member)) this.#clash(join(at, key).path);
	}

	/** A group or token, under its name or, where that has dots, in the groups that it names. */
	#place(group: JsonObject, key: string, member: JsonObject, at: At): void {
		let within = group;
		let place = at;
		const names = this.#namesOf(key, at);
		for (const name of names.slice(0, -1)) {
			place = join(place, name);
			const next = this.#groupAt(within, name, place);
			if (next === null) return;
			within = next;
		}
		this.#put(within, names.at(-1) ?? key, member, join(place, names.at(-1) ?? key));
	}

	/** The names that a dotted name stands for. What is no name without its dots either is left to be refused. */
	#namesOf(key: string, at: At): readonly string[] {
		const names = key.split('.');
		const { path } = join(at, key);
		if (names.length === 1 || path.length > MAX_PATH || !names.every(isName)) return [key];
		if (at.level + names.length > MAX_LEVELS || this.#groups > this.#maxGroups) {
			const reason = `its dots would make more than ${MAX_LEVELS} levels or ${this.#maxGroups} groups`;
			this.faults.push({ code: 'invalid_record', path, reason });
			return [key];
		}
		this.#groups += names.length - 1;
		this.notes.push({ code: 'dotted_name', path, reason: 'a name with dots' });
		return names;
	}

	/** The group of a name, which may not be there yet, or be a token so far. Null where it can be none. */
	#groupAt(within: JsonObject, name: string, { path }: At): JsonObject | null {
		const present = own(within, name);
		if (present !== undefined && !isJsonObject(present)) {
			this.#clash(path);
			return null;
		}
		if (present !== undefined && !this.#tokens.has(present)) return present;
		const group = emptyObject();
		within[name] = group;
		if (present !== undefined) this.#moveToRoot(group, present, path);
		return group;
	}

	#put(within: JsonObject, name: string, source: JsonObject, at: At): void {
		const present = own(within, name);
		if (present === undefined) within[name] = this.#node(source, at);
		else if (!isJsonObject(present)) this.#clash(at.path);
		else if (isToken(source)) this.#putToken(present, source, at);
		else this.fill(this.#groupAt(within, name, at) ?? emptyObject(), source, at);
	}

	/** A token where a token or a group stands already. */
	#putToken(present: JsonObject, source: JsonObject, at: At): void {
		const node = this.#tokens.has(present) ? null : this.#node(source, at);
		if (node !== null && this.#tokens.has(node)) this.#moveToRoot(present, node, at.path);
		else this.#clash(at.path);
	}

	#node(source: JsonObject, at: At): JsonObject {
		if (!isToken(source)) {
			const group = emptyObject();
			this.fill(group, source, at);
			return group;
		}
		const token = emptyObject();
		const children = emptyObject();
		for (const [key, member] of Object.entries(source)) {
			const isChild = isJsonObject(member) && !isMember(key) && holdsToken(member);
			(isChild ? children : token)[key] = member;
		}
		this.#tokens.add(token);
		if (Object.keys(children).length === 0) return token;
		const group = emptyObject();
		this.#moveToRoot(group, token, at.path);
		this.fill(group, children, at);
		return group;
	}

	#moveToRoot(group: JsonObject, token: JsonObject, path: string): void {
		if (own(group, ROOT) !== undefined) {
			this.#clash(`${path}.${ROOT}`);
			return;
		}
		group[ROOT] = token;
		this.#moved.add(path);
		this.notes.push({ code: 'token_with_children', path, reason: 'a token that holds tokens' });
	}

	#clash(path: string): void {
		const reason =
			'two would have this path, since a name with dots becomes groups and a token with children goes to $root';
		this.faults.push({ code: 'duplicate_record', path, reason });
	}
}

/** Without a prototype, so that `__proto__` is a name like others. */
function emptyObject(): JsonObject {
	// An object without a prototype is an object of unknown members.
	return Object.create(null) as JsonObject;
}

function own(object: JsonObject, key: string): Json | undefined {
	return Object.hasOwn(object, key) ? object[key] : undefined;
}

function join({ path, level }: At, name: string): At {
	return { path: path === '' ? name : `${path}.${name}`, level: level + 1 };
}

/** Whether a key is of the format, not a name of a group or token (§5.1.1, §6.2). */
function isMember(key: string): boolean {
	return key.startsWith('$') && key !== ROOT;
}

function isName(name: string): boolean {
	return name !== '' && !name.startsWith('$') && !/[{}]/.test(name);
}

/** As the reader of the tree tells tokens from groups (§6.4.1, §6.6.2). */
function isToken(value: JsonObject): boolean {
	if (Object.hasOwn(value, '$value')) return true;
	return Object.hasOwn(value, '$ref') && Object.keys(value).every(isMember);
}

/** Objects within a token that hold none are members that the format does not know. */
function holdsToken(value: JsonObject): boolean {
	return (
		isToken(value) ||
		Object.entries(value).some(
			([key, member]) => !isMember(key) && isJsonObject(member) && holdsToken(member),
		)
	);
}
