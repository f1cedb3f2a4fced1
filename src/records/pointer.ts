import { isJsonObject } from './json.ts';

/** The reference tokens of a JSON Pointer (RFC 6901 §3), unescaped; null where it is not one. */
export function parsePointer(pointer: string): string[] | null {
	if (pointer === '') return [];
	if (!pointer.startsWith('/')) return null;
	const segments = pointer.slice(1).split('/');
	if (segments.some((segment) => /~(?![01])/.test(segment))) return null;
	return segments.map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Writes reference tokens as a JSON Pointer (RFC 6901 §3). */
export function formatPointer(segments: readonly (string | number)[]): string {
	return segments
		.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`)
		.join('');
}

/** What a pointer's segments lead to within a value (RFC 6901 §4); undefined where there is nothing. */
export function valueAt(value: unknown, segments: readonly string[]): unknown {
	let at = value;
	for (const segment of segments) {
		if (Array.isArray(at)) {
			if (!/^(?:0|[1-9]\d*)$/.test(segment)) return undefined;
			at = at[Number(segment)];
		} else if (isJsonObject(at) && Object.hasOwn(at, segment)) {
			at = at[segment];
		} else {
			return undefined;
		}
	}
	return at;
}
