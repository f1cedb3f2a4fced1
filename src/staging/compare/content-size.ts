/** How much the lines of a set take in an archive, and the lines themselves. */
import { type Bounds, takeWithin, textBytes } from '../../records/bounded.ts';
import type { Connection } from '../../sqlite/connection.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';

/** A line end, and a version of 15 digits (2^48): what is small enough once stays so when it is written again. */
const PER_RECORD = 1 + 15;

/** `octet_length` reads the header of a row only, however long its line is. */
const bytesOf = (table: 'staged' | 'here') => `
  SELECT coalesce(sum(octet_length(line) - length(version) + ${PER_RECORD}), 0)
  FROM temp.${table} WHERE ${unlessStopped('uuid')}`;

/** By the key of the table. */
const LINES = `
  SELECT kind, uuid, line FROM temp.staged
  WHERE (kind, uuid) > (:kind, :uuid) AND ${unlessStopped('uuid')}
  ORDER BY kind, uuid`;

interface LineRow {
	readonly kind: number;
	readonly uuid: string;
	readonly line: string;
}

/** Bytes of all lines of the staged records, or of the layout `here`, as the entries of an archive hold them. */
export function contentBytes(db: Connection, table: 'staged' | 'here'): number {
	// pluck() returns the sum.
	return db.prepare(bytesOf(table)).pluck().get() as number;
}

/** The staged lines behind a key, ordered by kind and uuid. */
export function linesAfter(
	db: Connection,
	after: Pick<LineRow, 'kind' | 'uuid'>,
	bounds: Bounds,
): { readonly items: readonly LineRow[]; readonly more: boolean } {
	const rows = db.prepare<object, LineRow>(LINES).iterate({ kind: after.kind, uuid: after.uuid });
	return takeWithin(rows, bounds, ({ line }) => textBytes(line));
}
