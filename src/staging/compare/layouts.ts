/**
 * What a store lays out, as statements here read it. It shares the connection and makes TEMP VIEWs over its rows, or it
 * fills TEMP tables of the same names:
 *
 * - `temp.here`, `temp.base`: the records of a revision, with RECORD_COLUMNS; found by (kind, uuid) at the cost of an
 *   index. A remote store streams keys, hashes and the columns that checks need, and fetches lines by key only where a
 *   person's change is read (open cases, restamping, carrying over).
 * - `temp.declined`: changes that merges declined: kind, uuid, revision (that the merge made), hash and line (null: it
 *   was offered as removed).
 */
import type { Connection } from '../../sqlite/connection.ts';
import { RECORD_COLUMNS } from '../tables.ts';

const COLUMNS = {
	here: RECORD_COLUMNS,
	base: RECORD_COLUMNS,
	declined: 'kind, uuid, revision, hash, line',
} as const;

/** Throws where a layout is not there, or lacks a column. */
export function assertLaidOut(db: Connection, name: keyof typeof COLUMNS): void {
	db.prepare(`SELECT ${COLUMNS[name]} FROM temp.${name} LIMIT 0`).all();
}
