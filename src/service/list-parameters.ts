/** Parameters of lists as requests give them. */
import type { Sort } from '../store/port.ts';

/** A sort parameter, `key` or `-key`, as the store takes it. */
export function sortOf<By extends string>(parameter: By | `-${By}`): Sort<By> {
	const descending = parameter.startsWith('-');
	// Without its sign the parameter is one of the keys.
	return { by: (descending ? parameter.slice(1) : parameter) as By, descending };
}

/** The values of a filter once each, in an order of their own: a cursor holds however they are given. */
export function distinct<T extends string>(values: readonly T[]): T[] {
	return [...new Set(values)].sort();
}
