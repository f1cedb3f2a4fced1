import { type Connection, translated } from '../../sqlite/connection.ts';

/** Runs something in a transaction that has the right to write from its beginning. */
export function inTransaction<T>(db: Connection, run: () => T): T {
	return translated(() => db.transaction(run).immediate());
}
