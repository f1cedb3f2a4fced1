/** The embedded outbox. A trigger writes a delivery for each address when a job ends (migration 0005). */
import { type Connection, translated } from '../../sqlite/connection.ts';
import type { Delivery, Outbox } from '../outbox.ts';
import { JOB_COLUMNS, type JobRow, toJob } from './rows.ts';
import { inTransaction } from './transaction.ts';

/** Each origin once, by steps through deliveries_by_origin: the cost grows with origins, not with deliveries. */
const ORIGINS = `
  WITH RECURSIVE origins (origin) AS (
    SELECT min(origin) FROM deliveries
    UNION ALL
    SELECT (SELECT min(d.origin) FROM deliveries AS d WHERE d.origin > o.origin)
    FROM origins AS o WHERE o.origin IS NOT NULL)
  SELECT origin FROM origins WHERE origin IS NOT NULL`;

/** By deliveries_by_origin. */
const DUE = `
  SELECT d.number AS delivery, d.url, d.origin, d.attempts AS tried, ${JOB_COLUMNS}
  FROM deliveries AS d JOIN jobs AS j ON j.number = d.job
  WHERE d.origin = :origin AND d.not_before <= :now AND d.number NOT IN (SELECT value FROM json_each(:underway))
  ORDER BY d.not_before, d.number
  LIMIT :perOrigin`;
const REMOVE = 'DELETE FROM deliveries WHERE number = ?';
const DEFER = 'UPDATE deliveries SET attempts = attempts + 1, not_before = :notBefore WHERE number = :number';

type DeliveryRow = JobRow & { delivery: number; url: string; origin: string; tried: number };

export class SqliteOutbox implements Outbox {
	readonly #db: Connection;

	constructor(db: Connection) {
		this.#db = db;
	}

	async due({ now, perOrigin, underway }: Parameters<Outbox['due']>[0]): Promise<Delivery[]> {
		return translated(() => {
			// pluck() answers the first column of each row.
			const origins = this.#db.prepare(ORIGINS).pluck().all() as string[];
			const due = this.#db.prepare<object, DeliveryRow>(DUE);
			const ask = { now, perOrigin, underway: JSON.stringify(underway) };
			return origins.flatMap((origin) =>
				due.all({ origin, ...ask }).map((row) => ({
					number: row.delivery,
					url: row.url,
					origin,
					attempts: row.tried,
					job: toJob(row),
				})),
			);
		});
	}

	async remove(number: number): Promise<void> {
		inTransaction(this.#db, () => this.#db.prepare(REMOVE).run(number));
	}

	async defer(ask: Parameters<Outbox['defer']>[0]): Promise<void> {
		inTransaction(this.#db, () => this.#db.prepare(DEFER).run(ask));
	}
}
