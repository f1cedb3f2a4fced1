import { PARTS } from '../../schemas/dtcg-values.ts';
import { isJsonObject, type Json } from './json.ts';
import { formatPointer, parsePointer } from './pointer.ts';

/** A reference within a token's value. */
export interface ValueReference {
	/** The path of the token that is pointed at. */
	readonly target: string;
	/** The type that the target must have; null where a part of it is meant, or any type may stand. */
	readonly expects: string | null;
	/** Where the reference stands in the value, as a JSON Pointer; empty for the whole. */
	readonly pointer: string;
	/** The part of the target's value that is meant, as a JSON Pointer; null for the whole. */
	readonly part: string | null;
}

/** `{path.of.token}` as a path; null for any other text (Format §7.1.1). */
export function aliasPath(text: string): string | null {
	return /^\{[^{}]+\}$/.test(text) ? text.slice(1, -1) : null;
}

/**
 * A `$ref` (Format §7.1.2, §7.4) as the token and the part of its value that it leads to. `whole` is true where the
 * pointer stops at the token instead of its `$value`. Null where it leads to no token's value.
 */
export function pointerTarget(ref: string): { path: string; part: string | null; whole: boolean } | null {
	if (!ref.startsWith('#/')) return null;
	const segments = parsePointer(decodeFragment(ref.slice(1)) ?? 'not a pointer');
	if (segments === null) return null;
	const at = segments.indexOf('$value');
	const names = at === -1 ? segments : segments.slice(0, at);
	if (names.length === 0 || names.some((name) => name === '' || /[.{}]/.test(name))) return null;
	if (
		names.some((name, index) => name.startsWith('$') && !(name === '$root' && index === names.length - 1))
	) {
		return null;
	}
	const rest = at === -1 ? [] : segments.slice(at + 1);
	return { path: names.join('.'), part: rest.length === 0 ? null : formatPointer(rest), whole: at === -1 };
}

/** Every reference in a value of a type, at any depth (REFUSALS 33). */
export function valueReferences(type: string | undefined, value: unknown): ValueReference[] {
	const found: ValueReference[] = [];
	walk(type ?? null, value, [], found);
	return found;
}

function walk(
	type: string | null,
	value: unknown,
	pointer: (string | number)[],
	found: ValueReference[],
): void {
	if (typeof value === 'string') {
		const target = aliasPath(value);
		if (target !== null) found.push({ target, expects: type, pointer: formatPointer(pointer), part: null });
	} else if (Array.isArray(value)) {
		const element = partType(type, '*');
		value.forEach((item, index) => {
			walk(element, item, [...pointer, index], found);
		});
	} else if (isJsonObject(value)) {
		const target = typeof value['$ref'] === 'string' ? pointerTarget(value['$ref']) : null;
		if (target !== null) {
			const expects = target.part === null ? type : null;
			found.push({ target: target.path, expects, pointer: formatPointer(pointer), part: target.part });
			return;
		}
		for (const [member, part] of Object.entries(value)) {
			walk(partType(type, member), part, [...pointer, member], found);
		}
	}
}

/** A value whose references lead to other paths, in both of their forms, at any depth. */
export function renameAliases(value: Json, rename: (path: string) => string): Json {
	if (typeof value === 'string') {
		const path = aliasPath(value);
		return path === null ? value : `{${rename(path)}}`;
	}
	if (Array.isArray(value)) return value.map((item) => renameAliases(item, rename));
	if (!isJsonObject(value)) return value;
	const ref = value['$ref'];
	const target = typeof ref === 'string' ? pointerTarget(ref) : null;
	if (target !== null) {
		const to = rename(target.path);
		if (to === target.path) return value;
		const part = target.whole ? '' : `/$value${target.part ?? ''}`;
		return { ...value, $ref: `#${encodeURI(formatPointer(to.split('.')) + part)}` };
	}
	return Object.fromEntries(
		Object.entries(value).map(([member, part]) => [member, renameAliases(part, rename)]),
	);
}

/** The type that a member of a value of a type has; null where the format gives it none. */
function partType(type: string | null, member: string): string | null {
	if (type === null) return null;
	return PARTS[type]?.[member] ?? null;
}

function decodeFragment(fragment: string): string | null {
	try {
		return decodeURIComponent(fragment);
	} catch {
		return null;
	}
}
