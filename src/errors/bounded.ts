/** How much of a caller's text an error repeats (REFUSALS, "Bounds"): what came in is not reported without bound. */
import type { Fault } from '../../schemas/problem.ts';

/** Characters of a text of a caller's. */
const MAX_EXCERPT = 200;
/** Characters of a sentence of ours that holds such texts. */
const MAX_REASON = 1_000;
/** Bytes of a list of texts, such as the paths of a circle. */
const MAX_LIST_BYTES = 8_000;
/** Bytes of a problem document, and of an error that is stored. */
export const MAX_PROBLEM_BYTES = 64_000;

/** A text of a caller's as it is reported. */
export function excerpt(text: string): string {
	return cut(text, MAX_EXCERPT);
}

/** Details as they are reported: texts cut, in sentences as well; lists of texts cut. Other values are ours. */
export function boundedDetails<D extends object>(details: D): D {
	const entries = Object.entries(details).map(([name, value]) => [name, boundedDetail(name, value)]);
	// Every member keeps its name and its type.
	return Object.fromEntries(entries) as D;
}

function boundedDetail(name: string, value: unknown): unknown {
	if (typeof value === 'string') return name === 'reason' ? boundedReason(value) : excerpt(value);
	if (!isTextList(value)) return value;
	let bytes = 0;
	return value.map(excerpt).filter((text) => {
		bytes += bytesOf(text);
		return bytes <= MAX_LIST_BYTES;
	});
}

/** Texts of callers stand in quotes or braces, or are words of their own. */
function boundedReason(reason: string): string {
	if (reason.length <= MAX_EXCERPT) return reason;
	const withCut = reason.replace(/\{[^{}]{201,}\}|"[^"]{201,}"|\S{201,}/g, (long) => {
		const [open, close] = [long.charAt(0), long.charAt(long.length - 1)];
		const enclosed = (open === '{' && close === '}') || (open === '"' && close === '"');
		return enclosed ? `${open}${excerpt(long.slice(1, -1))}${close}` : excerpt(long);
	});
	return cut(withCut, MAX_REASON);
}

/** The first faults, as far as they fit into so many bytes; one at least. */
export function firstFaults(faults: readonly Fault[], maxBytes: number): Fault[] {
	return firstWithin(faults, maxBytes, 1);
}

/** Details with their lists cut from the end until all fits into so many bytes. */
export function detailsWithin(details: Readonly<Record<string, unknown>>, maxBytes: number) {
	let left = maxBytes - bytesOf(withoutLists(details));
	return Object.fromEntries(
		Object.entries(details).map(([name, value]) => {
			if (!Array.isArray(value)) return [name, value];
			const kept = firstWithin<unknown>(value, left, 0);
			left -= bytesOf(kept);
			return [name, kept];
		}),
	);
}

function firstWithin<T>(items: readonly T[], maxBytes: number, least: number): T[] {
	let bytes = 2;
	const end = items.findIndex((item, index) => {
		bytes += bytesOf(item) + 1;
		return bytes > maxBytes && index >= least;
	});
	return items.slice(0, end === -1 ? items.length : end);
}

function withoutLists(details: Readonly<Record<string, unknown>>) {
	return Object.fromEntries(Object.entries(details).filter(([, value]) => !Array.isArray(value)));
}

/** The bytes of a value as JSON. */
export function bytesOf(value: unknown): number {
	return Buffer.byteLength(JSON.stringify(value) ?? '');
}

function isTextList(value: unknown): value is string[] {
	return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function cut(text: string, most: number): string {
	return text.length <= most ? text : `${text.slice(0, most).toWellFormed()}…`;
}
