import { Compile, type Validator } from 'typebox/compile';
import { isTokenType, PARTS, TOKEN_TYPES, type TokenType } from '../../schemas/dtcg-values.ts';
import { isJsonObject } from './json.ts';
import { aliasPath } from './references.ts';
import { deepestFault } from './schema-faults.ts';

/** Why a value is not one of its type. */
export interface ValueFault {
	readonly reason: string;
	readonly pointer: string;
	/** The paragraph that rules it. */
	readonly rule: string;
}

const compiled = new Map<TokenType, Validator>();

/** The check of a type, compiled when it is first needed. */
function checkOf(type: TokenType): Validator {
	const known = compiled.get(type);
	if (known !== undefined) return known;
	const made = Compile(TOKEN_TYPES[type].schema);
	compiled.set(type, made);
	return made;
}

/**
 * Holds a literal against the rules of its type (Format §8, §9). References within it are taken as they are: where
 * they lead is a matter of the referential stage.
 */
export function valueFault(type: TokenType, value: unknown): ValueFault | null {
	const check = checkOf(type);
	if (check.Check(value)) return null;
	const { pointer, reason } = deepestFault(check, value);
	return { reason: `not a ${type}: ${reason}`, pointer, rule: TOKEN_TYPES[type].rule };
}

/** A value that is another token's, or a part of one. */
export function isReference(value: unknown): boolean {
	if (typeof value === 'string') return aliasPath(value) !== null;
	return isJsonObject(value) && typeof value['$ref'] === 'string' && Object.keys(value).length === 1;
}

/**
 * Brings what the older draft wrote as text into the form of 2025.10, where nothing is lost by it: colours in hex,
 * dimensions in px and rem, durations in ms and s; also within composite values. Answers the value itself where
 * there is nothing to do.
 */
export function modernised(type: string, value: unknown): unknown {
	if (typeof value === 'string') return READERS[type]?.(value) ?? value;
	const parts = PARTS[type];
	if (parts === undefined) return value;
	if (Array.isArray(value))
		return sameOr(
			value,
			value.map((item) => modernised(parts['*'] ?? '', item)),
		);
	if (!isJsonObject(value)) return value;
	const members = Object.entries(value).map(([member, part]) => [
		member,
		modernised(parts[member] ?? '', part),
	]);
	return members.some(([member, part]) => value[String(member)] !== part)
		? Object.fromEntries(members)
		: value;
}

const READERS: Readonly<Record<string, (text: string) => unknown>> = {
	color: (text) => hexColor(text),
	dimension: (text) => quantity(text, /^(-?(?:\d+(?:\.\d*)?|\.\d+))(px|rem)$/),
	duration: (text) => quantity(text, /^(-?(?:\d+(?:\.\d*)?|\.\d+))(ms|s)$/),
};

function quantity(text: string, form: RegExp): { value: number; unit: string } | null {
	const [, number, unit] = form.exec(text) ?? [];
	return number === undefined || unit === undefined ? null : { value: Number(number), unit };
}

/** `#rgb`, `#rgba`, `#rrggbb` or `#rrggbbaa` as a colour of sRGB, its six digits kept as the fallback. */
function hexColor(text: string): object | null {
	if (!/^#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})$/.test(text)) return null;
	const digits = text.length <= 5 ? text.slice(1).replace(/./g, '$&$&') : text.slice(1);
	const channel = (at: number) => Number.parseInt(digits.slice(at, at + 2), 16) / 255;
	return {
		colorSpace: 'srgb',
		components: [channel(0), channel(2), channel(4)],
		...(digits.length === 8 ? { alpha: channel(6) } : {}),
		hex: `#${digits.slice(0, 6).toLowerCase()}`,
	};
}

function sameOr(before: readonly unknown[], after: unknown[]): readonly unknown[] {
	return after.some((item, index) => item !== before[index]) ? after : before;
}

export { isTokenType };
