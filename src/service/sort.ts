import type { Sort } from '../store/port.ts';

/** A sort parameter, `key` or `-key`, as the store takes it. */
export function sortOf<By extends string>(parameter: By | `-${By}`): Sort<By> {
	const descending = parameter.startsWith('-');
	// Without its sign the parameter is one of the keys.
	return { by: (descending ? parameter.slice(1) : parameter) as By, descending };
}
