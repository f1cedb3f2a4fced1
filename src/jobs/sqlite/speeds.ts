/** The embedded Speeds. */
import { type Connection, translated } from '../../sqlite/connection.ts';
import type { Speeds } from '../speeds.ts';
import { inTransaction } from './transaction.ts';

const ALL = 'SELECT kind, records_per_second FROM speeds';
const KEEP = `
  INSERT INTO speeds (kind, records_per_second) VALUES (:kind, :recordsPerSecond)
  ON CONFLICT (kind) DO UPDATE SET records_per_second = excluded.records_per_second`;

export class SqliteSpeeds implements Speeds {
	readonly #db: Connection;

	constructor(db: Connection) {
		this.#db = db;
	}

	async all(): Promise<Record<string, number>> {
		return translated(() => {
			const rows = this.#db.prepare<[], { kind: string; records_per_second: number }>(ALL).all();
			return Object.fromEntries(rows.map((row) => [row.kind, row.records_per_second]));
		});
	}

	async keep(ask: Parameters<Speeds['keep']>[0]): Promise<void> {
		inTransaction(this.#db, () => this.#db.prepare(KEEP).run(ask));
	}
}
