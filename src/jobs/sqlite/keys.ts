/** The embedded IdempotencyKeys. */
import type { Connection } from '../../sqlite/connection.ts';
import type { IdempotencyKeys, KnownKey } from '../keys.ts';
import { inTransaction } from './transaction.ts';

const KNOWN = 'SELECT fingerprint, answer FROM idempotency WHERE key = ?';
const BEGIN =
	'INSERT INTO idempotency (key, fingerprint, answer, created_at) VALUES (:key, :fingerprint, NULL, :now)';
const END = 'UPDATE idempotency SET answer = :answer WHERE key = :key';
const FORGET = 'DELETE FROM idempotency WHERE key = ?';
/** By idempotency_by_age. */
const FORGET_OLD = 'DELETE FROM idempotency WHERE created_at < ?';
const FORGET_UNANSWERED = 'DELETE FROM idempotency WHERE answer IS NULL';

export class SqliteKeys implements IdempotencyKeys {
	readonly #db: Connection;

	constructor(db: Connection) {
		this.#db = db;
	}

	async begin(ask: Parameters<IdempotencyKeys['begin']>[0]): Promise<KnownKey | null> {
		return inTransaction(this.#db, () => {
			const known = this.#db.prepare<[string], KnownKey>(KNOWN).get(ask.key);
			if (known === undefined) this.#db.prepare(BEGIN).run(ask);
			return known ?? null;
		});
	}

	async end({ key, answer }: Parameters<IdempotencyKeys['end']>[0]): Promise<void> {
		inTransaction(this.#db, () =>
			answer === null ? this.#db.prepare(FORGET).run(key) : this.#db.prepare(END).run({ key, answer }),
		);
	}

	async expire(before: number): Promise<void> {
		inTransaction(this.#db, () => this.#db.prepare(FORGET_OLD).run(before));
	}

	async recover(): Promise<void> {
		inTransaction(this.#db, () => this.#db.prepare(FORGET_UNANSWERED).run());
	}
}
