/** The embedded IdempotencyKeys. */
import type { Connection } from '../../sqlite/connection.ts';
import { type IdempotencyKeys, type KnownKey, MAX_KEY_BYTES, MAX_KEYS } from '../keys.ts';
import { inTransaction } from './transaction.ts';

const KNOWN = 'SELECT fingerprint, answer FROM idempotency WHERE key = ?';
const BEGIN =
	'INSERT INTO idempotency (key, fingerprint, answer, created_at) VALUES (:key, :fingerprint, NULL, :now)';
const END = 'UPDATE idempotency SET answer = :answer WHERE key = :key';
const FORGET = 'DELETE FROM idempotency WHERE key = ?';
/** By idempotency_by_age. */
const FORGET_OLD = 'DELETE FROM idempotency WHERE created_at < ?';
const FORGET_UNANSWERED = 'DELETE FROM idempotency WHERE answer IS NULL';

const TOTAL = 'SELECT count(*) AS keys, coalesce(sum(octet_length(answer)), 0) AS bytes FROM idempotency';
/** By idempotency_by_age. */
const OLDEST = `
  SELECT key, octet_length(answer) AS bytes FROM idempotency WHERE answer IS NOT NULL ORDER BY created_at`;

/** What the table holds. */
interface Total {
	readonly keys: number;
	readonly bytes: number;
}

export class SqliteKeys implements IdempotencyKeys {
	readonly #db: Connection;
	readonly #most: Total;
	/** Counted once and then kept, since counting reads the table; null where it has to be counted. */
	#total: Total | null = null;

	constructor(db: Connection, most: Total = { keys: MAX_KEYS, bytes: MAX_KEY_BYTES }) {
		this.#db = db;
		this.#most = most;
	}

	async begin(ask: Parameters<IdempotencyKeys['begin']>[0]): Promise<KnownKey | null> {
		return this.#change(() => {
			const known = this.#db.prepare<[string], KnownKey>(KNOWN).get(ask.key);
			if (known !== undefined) return { value: known };
			this.#db.prepare(BEGIN).run(ask);
			return { value: null, keys: 1 };
		});
	}

	async end({ key, answer }: Parameters<IdempotencyKeys['end']>[0]): Promise<void> {
		return this.#change(() => {
			if (answer === null) return { value: undefined, keys: -this.#db.prepare(FORGET).run(key).changes };
			const { changes } = this.#db.prepare(END).run({ key, answer });
			return { value: undefined, bytes: changes * Buffer.byteLength(answer) };
		});
	}

	async expire(before: number): Promise<void> {
		this.#total = null;
		inTransaction(this.#db, () => this.#db.prepare(FORGET_OLD).run(before));
	}

	async recover(): Promise<void> {
		this.#total = null;
		inTransaction(this.#db, () => this.#db.prepare(FORGET_UNANSWERED).run());
	}

	/** Runs a change in a transaction, and forgets the oldest answered keys where there is too much afterwards. */
	#change<T>(run: () => { value: T; keys?: number; bytes?: number }): T {
		return inTransaction(this.#db, () => {
			const before = this.#total ?? this.#counted();
			// If this transaction fails, it is counted anew.
			this.#total = null;
			const { value, keys = 0, bytes = 0 } = run();
			const after = { keys: before.keys + keys, bytes: before.bytes + bytes };
			this.#total = this.#cut(after);
			return value;
		});
	}

	#counted(): Total {
		return this.#db.prepare<[], Total>(TOTAL).get() ?? { keys: 0, bytes: 0 };
	}

	#cut({ keys, bytes }: Total): Total {
		const isOver = () => keys > this.#most.keys || bytes > this.#most.bytes;
		if (!isOver()) return { keys, bytes };
		const forgotten: string[] = [];
		for (const oldest of this.#db.prepare<[], { key: string; bytes: number }>(OLDEST).iterate()) {
			forgotten.push(oldest.key);
			keys--;
			bytes -= oldest.bytes;
			if (!isOver()) break;
		}
		for (const key of forgotten) this.#db.prepare(FORGET).run(key);
		return { keys, bytes };
	}
}
