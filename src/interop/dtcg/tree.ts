/** A design tokens file as a tree of groups and tokens (Format §5, §6), each with its place. */
import { excerpt } from '../../records/excerpt.ts';
import { isJsonObject, type JsonObject } from '../../records/json.ts';

export interface TokenNode {
	readonly kind: 'token';
	/** The members that the format knows. */
	readonly members: JsonObject;
	/** Other members: not of the format, but in published files. */
	readonly others: JsonObject;
}

export interface GroupNode {
	readonly kind: 'group';
	readonly members: JsonObject;
	readonly others: JsonObject;
	readonly children: Map<string, Node>;
}

export type Node = TokenNode | GroupNode;

/** Takes note of a fault and goes on, so that a file's faults are reported together. */
export type Report = (fault: {
	code: 'invalid_record' | 'invalid_value';
	path: string;
	reason: string;
}) => void;

const TOKEN_MEMBERS = new Set(['$value', '$ref', '$type', '$description', '$extensions', '$deprecated']);
const GROUP_MEMBERS = new Set(['$type', '$description', '$extensions', '$deprecated', '$extends', '$ref']);
const ROOT = '$root';
/** REFUSALS 44: looked at before a path is repeated for each token below it. */
const MAX_PATH = 2_048;
/** Names that a path of that length can have. */
export const MAX_LEVELS = MAX_PATH / 2;
export const PATH_TOO_LONG = `a path has more than ${MAX_PATH} characters`;

/** The path of what stands in a group under a name; null where it would be too long. */
export function joinPath(group: string, name: string): string | null {
	if (group.length + 1 + name.length > MAX_PATH + (group === '' ? 1 : 0)) return null;
	return group === '' ? name : `${group}.${name}`;
}

/** The beginning of such a path, for what is reported of one that is too long. */
export function shownPath(group: string, name: string): string {
	const beginning = excerpt(name);
	return excerpt(group === '' ? beginning : `${group}.${beginning}`);
}

/**
 * Reads the tree. What breaks a rule about names or form is reported with its path and left out. Under `keep` the
 * objects in a token are members that the format does not know: what holds tokens has gone (`toPlainTree`).
 */
export function readTree(file: JsonObject, report: Report, values: 'keep' | 'strict'): GroupNode {
	const { $schema: _schema, ...root } = file;
	return readGroup(root, '', report, values);
}

function readNode(value: JsonObject, path: string, report: Report, values: 'keep' | 'strict'): Node {
	const names = Object.keys(value).filter((key) => !key.startsWith('$') || key === ROOT);
	// An object with `$ref` and nothing below it is a token by reference (§6.6.2), else a group that extends (§6.4.1).
	if (Object.hasOwn(value, '$value') || (Object.hasOwn(value, '$ref') && names.length === 0)) {
		return readToken(value, values === 'keep' ? [] : names, path, report);
	}
	return readGroup(value, path, report, values);
}

function readToken(value: JsonObject, names: readonly string[], path: string, report: Report): TokenNode {
	const wrong = (reason: string) => report({ code: 'invalid_record', path, reason });
	const child = names.find((name) => isJsonObject(value[name]));
	if (child !== undefined) {
		wrong(`a token cannot hold other tokens or groups, as "${excerpt(child)}" here (Format §6.1)`);
	}
	if (Object.hasOwn(value, '$value') && Object.hasOwn(value, '$ref')) {
		wrong('a token has either $value or $ref');
	}
	const [members, others] = parted(value, TOKEN_MEMBERS);
	checkMembers(members, wrong);
	checkOthers(others, wrong);
	return { kind: 'token', members, others };
}

function readGroup(value: JsonObject, path: string, report: Report, values: 'keep' | 'strict'): GroupNode {
	const wrong = (reason: string) => report({ code: 'invalid_record', path, reason });
	const [members, rest] = parted(value, GROUP_MEMBERS);
	const children = new Map<string, Node>();
	for (const [key, member] of Object.entries(rest)) {
		if (!isJsonObject(member)) continue;
		const at = joinPath(path, key);
		const reason = at === null ? PATH_TOO_LONG : nameFault(key);
		if (at === null || reason !== null) {
			report({ code: 'invalid_record', path: shownPath(path, key), reason: reason ?? PATH_TOO_LONG });
			continue;
		}
		const node = readNode(member, at, report, values);
		if (key === ROOT && node.kind === 'group') {
			report({ code: 'invalid_record', path: at, reason: '$root must be a token (Format §6.2)' });
		}
		children.set(key, node);
	}
	const others = Object.fromEntries(Object.entries(rest).filter(([, member]) => !isJsonObject(member)));
	checkMembers(members, wrong);
	checkOthers(others, wrong);
	return { kind: 'group', members, others, children };
}

/** The members that are known, and the others. */
function parted(value: JsonObject, known: ReadonlySet<string>): [JsonObject, JsonObject] {
	const entries = Object.entries(value);
	return [
		Object.fromEntries(entries.filter(([key]) => known.has(key))),
		Object.fromEntries(entries.filter(([key]) => !known.has(key))),
	];
}

/** §5.1.1: no leading `$` but `$root`, no dot, no brace. */
function nameFault(name: string): string | null {
	if (name === ROOT) return null;
	if (name === '') return 'a name is empty';
	if (name.startsWith('$')) return 'a name must not begin with "$" (Format §5.1.1)';
	if (/[.{}]/.test(name)) return 'a name must not hold ".", "{" or "}" (Format §5.1.1)';
	return null;
}

/** Members that the format does not know are kept as they are; these names could not be (REFUSALS 25). */
function checkOthers(others: JsonObject, wrong: (reason: string) => void): void {
	for (const name of ['__proto__', 'constructor', 'prototype']) {
		if (Object.hasOwn(others, name)) wrong(`a member cannot be called "${name}"`);
	}
}

/** The forms of §5.2 and §6.3, alike for tokens and groups. */
function checkMembers(members: JsonObject, wrong: (reason: string) => void): void {
	const { $type, $description, $deprecated, $extensions, $ref } = members;
	if ($type !== undefined && typeof $type !== 'string') wrong('$type must be a text (Format §5.2.2)');
	if ($description !== undefined && typeof $description !== 'string') {
		wrong('$description must be a text (Format §5.2.1)');
	}
	if ($deprecated !== undefined && typeof $deprecated !== 'boolean' && typeof $deprecated !== 'string') {
		wrong('$deprecated must be true, false or a reason (Format §5.2.4)');
	}
	if ($extensions !== undefined && !isJsonObject($extensions))
		wrong('$extensions must be an object (Format §5.2.3)');
	if ($ref !== undefined && typeof $ref !== 'string') wrong('$ref must be a text (Format §7.1.2)');
}
