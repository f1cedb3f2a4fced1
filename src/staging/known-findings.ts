import Database from 'better-sqlite3';
import { sha256 } from '../records/canonical.ts';
import type { CheckedSet, CheckId, Finding, KnownFindings } from './port.ts';

const TABLE = 'CREATE TABLE known (finding TEXT PRIMARY KEY) STRICT, WITHOUT ROWID';
const ADD = 'INSERT OR IGNORE INTO known VALUES (?)';
const HAS = 'SELECT 1 FROM known WHERE finding = ?';

/**
 * Findings in a temporary database of their own: a project may have as many as it has references, and the worker's
 * connection cannot write while it hands out the rows of a check.
 */
export class StoredFindings implements KnownFindings, Disposable {
	readonly #db = new Database('');
	readonly #has: Database.Statement<[string]>;
	readonly size: number;

	constructor(set: CheckedSet, checks: readonly CheckId[]) {
		this.#db.pragma('journal_mode = OFF');
		this.#db.exec(TABLE);
		this.#has = this.#db.prepare(HAS);
		const add = this.#db.prepare(ADD);
		let size = 0;
		this.#db.transaction(() => {
			for (const id of checks) {
				set.check(id, (finding) => {
					size += add.run(keyOf(finding)).changes;
					return true;
				});
			}
		})();
		this.size = size;
	}

	has(finding: Finding): boolean {
		return this.#has.get(keyOf(finding)) !== undefined;
	}

	[Symbol.dispose](): void {
		this.#db.close();
	}
}

/** The same for the same finding of the same record. */
function keyOf({ code, uuid, path, pointer, reason }: Finding): string {
	return sha256(JSON.stringify([code, uuid, path, pointer ?? null, reason]));
}
