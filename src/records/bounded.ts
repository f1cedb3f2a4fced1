/** Items taken one at a time until there are enough of them, or enough bytes. */

/** What the batches of long work hold at most: 4 MB. (Pages of lists: DSS_MAX_PAGE_BYTES.) */
export const MAX_BATCH_BYTES = 4_000_000;

/** How much is read at once. */
export interface Bounds {
	/** Rows at most; at least 1. */
	readonly limit: number;
	/** Bytes at most; the first row is taken however large it is. */
	readonly maxBytes: number;
}

/**
 * Takes rows until a bound is reached, and leaves the iterator closed. `more`: whether there was another row.
 *
 * @param bytesOf the bytes of a row that count
 */
export function takeWithin<Row>(
	rows: Iterable<Row>,
	{ limit, maxBytes }: Bounds,
	bytesOf: (row: Row) => number,
): { items: Row[]; more: boolean } {
	const items: Row[] = [];
	let bytes = 0;
	for (const row of rows) {
		bytes += bytesOf(row);
		if (items.length === limit || (items.length > 0 && bytes > maxBytes)) return { items, more: true };
		items.push(row);
	}
	return { items, more: false };
}

/** The bytes of texts in UTF-8; null has none. */
export function textBytes(...texts: readonly (string | null)[]): number {
	return texts.reduce((sum, text) => sum + (text === null ? 0 : Buffer.byteLength(text)), 0);
}
