import type { Warning } from '../../../schemas/problem.ts';
import { excerpt } from '../../records/excerpt.ts';
import { isJsonObject, type JsonObject } from '../../records/json.ts';
import { ReferenceBudget } from '../../records/reference-budget.ts';
import { aliasPath, pointerTarget } from '../../records/references.ts';
import { isTokenType, modernised, valueFault } from '../../records/values.ts';
import { resolveExtends } from './extends.ts';
import { toPlainTree } from './plain-tree.ts';
import {
	type GroupNode,
	joinPath,
	type Node,
	PATH_TOO_LONG,
	type Report,
	readTree,
	shownPath,
	type TokenNode,
} from './tree.ts';

/** How a foreign file is read (FORMAT, "Formats of others"). */
export interface DtcgSettings {
	readonly values: 'keep' | 'strict';
	readonly references: 'strict' | 'warn';
	readonly maxTokens: number;
}

/** A token of the file: its content, but for the theme it will belong to. */
export interface DtcgToken {
	readonly path: string;
	readonly type?: string;
	readonly value: unknown;
	readonly description?: string;
	readonly deprecated?: true | string;
	readonly nonconforming?: true;
	readonly extensions?: JsonObject;
}

/** What was found at a place of the file. `code` is one of the catalogue, or of the warnings in docs/format.md. */
export interface DtcgNote {
	readonly code: string;
	readonly path: string;
	readonly reason: string;
	readonly pointer?: string;
	readonly rule?: string;
}

/** Members of the group or token at a path. (A list, since a path may be any name, such as `__proto__`.) */
export interface Members {
	readonly path: string;
	readonly members: JsonObject;
}

export interface DtcgFile {
	readonly tokens: DtcgToken[];
	readonly description?: string;
	/** What the groups say: nothing of it belongs to a single token. */
	readonly groups: readonly Members[];
	/** Members of groups and tokens that the format does not know. */
	readonly others: readonly Members[];
	/** Why the file is refused; empty if it is not. */
	readonly faults: DtcgNote[];
	/** What was let pass. */
	readonly notes: DtcgNote[];
}

/** What each warning says, by code; the places stand beside it. */
export const DTCG_WARNINGS: Readonly<Record<string, string>> = {
	older_form: 'Values in the older draft’s form were brought into the form of 2025.10',
	nonconforming_value: 'Values that their type does not allow were kept as they came',
	unknown_type: 'Types that Format 2025.10 does not know were kept as they came',
	untyped_token: 'Tokens without a type were kept',
	unknown_member: 'Members that Format 2025.10 does not know were kept beside the tokens',
	dotted_name: 'Names with dots became groups',
	token_with_children: 'Tokens that hold tokens were kept as $root beside them',
	dangling_reference: 'References lead to tokens that are not there',
};

/**
 * Reads a design tokens file (Design Tokens Format Module 2025.10).
 *
 * @param file the parsed file; the strict JSON reader has seen its text.
 * @throws {TooManyTokens} when there are more tokens than the settings allow
 * @throws {DssError} reference_web_too_large
 */
export function readDtcg(file: JsonObject, settings: DtcgSettings): DtcgFile {
	const faults: DtcgNote[] = [];
	const report: Report = (fault) => faults.push(fault);
	const notes: DtcgNote[] = [];
	const root = readTree(settings.values === 'keep' ? plain(file) : file, report, settings.values);
	resolveExtends(root, report, settings.maxTokens, new ReferenceBudget(countTokens(root)));
	const contents: Contents = { flat: [], groups: [], others: [], report };
	flatten(root, '', {}, contents);
	const { flat, groups, others } = contents;
	const { $description } = root.members;
	for (const { path, members } of others) {
		const names = excerpt(Object.keys(members).join('", "'));
		const reason = `Format 2025.10 knows no member "${names}" here (§5.2, §6.3)`;
		if (settings.values === 'strict') faults.push({ code: 'invalid_record', path, reason });
		else notes.push({ code: 'unknown_member', path, reason });
	}
	const byPath = new Map(flat.map((token) => [token.path, token]));
	const reader = new TokenReader(byPath, settings, faults, notes);
	const tokens = flat.map((token) => reader.read(token));
	return {
		tokens,
		...(typeof $description === 'string' ? { description: $description } : {}),
		groups,
		others,
		faults,
		notes,
	};

	function plain(loose: JsonObject): JsonObject {
		const { tree, ...found } = toPlainTree(loose, settings.maxTokens);
		notes.push(...found.notes);
		faults.push(...found.faults);
		return tree;
	}
}

interface Inherited {
	readonly type?: string;
	readonly deprecated?: boolean | string;
}

interface Flat extends Inherited {
	readonly path: string;
	readonly node: TokenNode;
}

interface Contents {
	readonly flat: Flat[];
	readonly groups: Members[];
	readonly others: Members[];
	readonly report: Report;
}

function countTokens(node: Node): number {
	if (node.kind === 'token') return 1;
	let count = 0;
	for (const child of node.children.values()) count += countTokens(child);
	return count;
}

/** Lists the tokens with what they inherit (§5.2.2, §6.3.1), and what the groups say themselves. */
function flatten(group: GroupNode, path: string, inherited: Inherited, contents: Contents): void {
	const { $type, $deprecated } = group.members;
	const passedOn: Inherited = {
		...inherited,
		...(typeof $type === 'string' ? { type: $type } : {}),
		...(typeof $deprecated === 'boolean' || typeof $deprecated === 'string'
			? { deprecated: $deprecated }
			: {}),
	};
	if (Object.keys(group.members).length > 0) contents.groups.push({ path, members: group.members });
	if (Object.keys(group.others).length > 0) contents.others.push({ path, members: group.others });
	for (const [name, node] of group.children) {
		const at = joinPath(path, name);
		// Paths as they were written have been looked at; by extension they grow.
		if (at === null) {
			contents.report({ code: 'invalid_record', path: shownPath(path, name), reason: PATH_TOO_LONG });
		} else visit(node, at, passedOn, contents);
	}
}

function visit(node: Node, path: string, inherited: Inherited, contents: Contents): void {
	if (node.kind === 'group') {
		flatten(node, path, inherited, contents);
		return;
	}
	contents.flat.push({ path, node, ...inherited });
	if (Object.keys(node.others).length > 0) contents.others.push({ path, members: node.others });
}

class TokenReader {
	readonly #byPath: ReadonlyMap<string, Flat>;
	readonly #settings: DtcgSettings;
	readonly #faults: DtcgNote[];
	readonly #notes: DtcgNote[];
	/** The type at the end of the chain of references that a token begins; null where it has none. */
	readonly #chainTypes = new Map<Flat, string | null>();

	constructor(
		byPath: ReadonlyMap<string, Flat>,
		settings: DtcgSettings,
		faults: DtcgNote[],
		notes: DtcgNote[],
	) {
		this.#byPath = byPath;
		this.#settings = settings;
		this.#faults = faults;
		this.#notes = notes;
	}

	read(token: Flat): DtcgToken {
		const { $description, $extensions, $deprecated } = token.node.members;
		const type = this.#typeOf(token);
		const deprecated = $deprecated ?? token.deprecated;
		return {
			path: token.path,
			...(type === null ? {} : { type }),
			...this.#valueOf(token, type),
			...(typeof $description === 'string' ? { description: $description } : {}),
			...(deprecated === true || (typeof deprecated === 'string' && deprecated !== '') ? { deprecated } : {}),
			...(isJsonObject($extensions) ? { extensions: $extensions } : {}),
		};
	}

	/** §5.2.2: its own type, else that of the token it refers to, else that of the nearest group. */
	#typeOf(token: Flat): string | null {
		const chain: Flat[] = [];
		const seen = new Set<Flat>();
		let found: string | null = null;
		for (let at: Flat | undefined = token; at !== undefined && !seen.has(at); ) {
			const known = this.#chainTypes.get(at);
			const { $type } = at.node.members;
			if (typeof $type === 'string' || known !== undefined) {
				found = typeof $type === 'string' ? $type : (known ?? null);
				break;
			}
			seen.add(at);
			chain.push(at);
			const target = wholeTarget(at.node);
			const next: Flat | undefined = target === null ? undefined : this.#byPath.get(target);
			if (next === undefined) found = at.type ?? null;
			at = next;
		}
		// Every token of the chain has its end's type: each is looked at once, however long the chains are.
		for (const passed of chain) this.#chainTypes.set(passed, found);
		return found ?? token.type ?? null;
	}

	#valueOf(token: Flat, type: string | null): { value: unknown; nonconforming?: true } {
		const { $value, $ref } = token.node.members;
		const value = $value === undefined ? this.#fromPointer(token.path, $ref) : $value;
		if (value === null) {
			this.#faults.push({
				code: 'invalid_value',
				path: token.path,
				reason: 'a value cannot be null (Format §5.1)',
			});
		}
		if (type === null) return this.#untyped(token.path, value);
		if (!isTokenType(type)) return this.#unknownType(token.path, type, value);
		if (typeof value === 'string' && aliasPath(value) !== null) return { value };
		if (isPointerObject(value)) return { value };
		if (valueFault(type, value) === null) return { value };
		return this.#misfit(token.path, type, value);
	}

	/** A token by `$ref`: `#/a/b/$value` is the same as `{a.b}` (§7.1.2); a part of a value stays a pointer. */
	#fromPointer(path: string, ref: unknown): unknown {
		const target = typeof ref === 'string' ? pointerTarget(ref) : null;
		if (target === null || (target.whole && this.#settings.references === 'strict')) {
			this.#reference(
				path,
				`$ref ${excerpt(JSON.stringify(ref))} does not lead to the $value of a token (Format §7.1.2)`,
			);
			return { $ref: ref };
		}
		return target.part === null ? `{${target.path}}` : { $ref: ref };
	}

	#untyped(path: string, value: unknown): { value: unknown } {
		const note = {
			path,
			reason: 'the token has no type, own or inherited or by reference',
			rule: 'DTCG Format 2025.10 §5.2.2',
		};
		if (this.#settings.values === 'strict') this.#faults.push({ code: 'invalid_value', ...note });
		else this.#notes.push({ code: 'untyped_token', ...note });
		return { value };
	}

	#unknownType(path: string, type: string, value: unknown): { value: unknown } {
		const note = {
			path,
			reason: `"${excerpt(type)}" is not a type of Format 2025.10`,
			rule: 'DTCG Format 2025.10 §8',
		};
		if (this.#settings.values === 'strict') this.#faults.push({ code: 'invalid_value', ...note });
		else this.#notes.push({ code: 'unknown_type', ...note });
		return { value };
	}

	/** A value that its type does not allow: brought into form without loss, or kept and flagged, or refused. */
	#misfit(
		path: string,
		type: Parameters<typeof valueFault>[0],
		value: unknown,
	): { value: unknown; nonconforming?: true } {
		const fault = valueFault(type, value);
		if (this.#settings.values === 'strict' && fault !== null) {
			this.#faults.push({ code: 'invalid_value', path, ...fault });
			return { value };
		}
		const modern = modernised(type, value);
		if (modern !== value && valueFault(type, modern) === null) {
			this.#notes.push({ code: 'older_form', path, reason: 'older form' });
			return { value: modern };
		}
		this.#notes.push({ code: 'nonconforming_value', path, reason: fault?.reason ?? 'nonconforming' });
		return { value, nonconforming: true };
	}

	#reference(path: string, reason: string): void {
		const list = this.#settings.references === 'strict' ? this.#faults : this.#notes;
		list.push({ code: 'dangling_reference', path, reason });
	}
}

/** The path of the token that a token refers to as a whole; null where its value is its own, or a part. */
function wholeTarget(node: TokenNode): string | null {
	const { $value, $ref } = node.members;
	if (typeof $value === 'string') return aliasPath($value);
	const ref = isPointerObject($value) ? $value.$ref : $ref;
	const target = typeof ref === 'string' ? pointerTarget(ref) : null;
	return target?.part === null ? target.path : null;
}

function isPointerObject(value: unknown): value is { $ref: string } {
	return isJsonObject(value) && typeof value['$ref'] === 'string' && Object.keys(value).length === 1;
}

/** Gathers notes into one warning a code, with the first ten places. */
export function toWarnings(notes: readonly DtcgNote[]): Warning[] {
	const byCode = Map.groupBy(notes, ({ code }) => code);
	return [...byCode].map(([code, same]) => ({
		code,
		message: DTCG_WARNINGS[code] ?? code,
		count: same.length,
		details: { paths: same.slice(0, 10).map(({ path }) => excerpt(path)) },
	}));
}
