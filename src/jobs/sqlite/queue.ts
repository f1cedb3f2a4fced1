/** The embedded queue: the JobQueue on SQLite. */
import { errors } from '../../errors.ts';
import { type Connection, translated } from '../../sqlite/connection.ts';
import type { Delivery, Job, JobFile, JobQueue, QueueFigures, Remembered } from '../queue.ts';
import { fromNewJob, JOB_COLUMNS, type JobRow, toJob } from './rows.ts';

const ADD = `
  INSERT INTO jobs
    (uuid, kind, status, project_uuid, takes, caller, items, seconds, attempts, faults, not_before, holder, lease_until,
     done, total, input, input_bytes, input_sha256, result_bytes, webhooks, created_at, started_at)
  VALUES
    (:uuid, :kind, :status, :project_uuid, :takes, :caller, :items, :seconds, :attempts, 0, 0, :holder, :lease_until,
     0, 0, :input, :input_bytes, :input_sha256, 0, :webhooks, :now, :started_at)`;
const WAITING = "SELECT count(*) FROM jobs WHERE status = 'queued'";

/**
 * The next in turn. Both looks at other jobs of the project go by the index jobs_by_status; so few wait that the
 * order among projects needs none.
 */
const NEXT = `
  SELECT ${JOB_COLUMNS}
  FROM jobs AS j
  WHERE j.status = 'queued' AND j.not_before <= :now
    AND NOT EXISTS (SELECT 1 FROM jobs AS r WHERE r.status = 'running' AND r.project_uuid = j.project_uuid)
    AND NOT EXISTS (
      SELECT 1 FROM jobs AS e WHERE e.status = 'queued' AND e.project_uuid = j.project_uuid AND e.number < j.number)
  ORDER BY coalesce((SELECT max(p.started_at) FROM jobs AS p WHERE p.project_uuid = j.project_uuid), ''), j.number
  LIMIT 1`;
const TAKE = `
  UPDATE jobs
  SET status = 'running', holder = :holder, lease_until = :until, attempts = attempts + 1,
    started_at = coalesce(started_at, :at), stage = NULL, done = 0, total = 0
  WHERE number = :number`;
/** Leases that ran out: of a process that died, where several share the data. */
const LAPSED = `
  UPDATE jobs SET status = 'queued', holder = NULL, lease_until = NULL
  WHERE status = 'running' AND lease_until < :now`;
const RECOVER = `
  UPDATE jobs SET status = 'queued', holder = NULL, lease_until = NULL WHERE status = 'running'`;
const RENEW = `
  UPDATE jobs SET lease_until = :until, stage = :stage, done = :done, total = :total
  WHERE uuid = :uuid AND holder = :holder AND status = 'running'`;

const HELD = `uuid = :uuid AND holder = :holder AND status = 'running'`;
const SUCCEED = `
  UPDATE jobs
  SET status = 'succeeded', outcome = :outcome, finished_at = :at, holder = NULL, lease_until = NULL,
    stage = 'apply', done = items, total = items, input = NULL, result = :result, result_bytes = :bytes, result_sha256 = :sha256
  WHERE ${HELD}`;
const FAIL = `
  UPDATE jobs
  SET status = 'failed', error = :error, finished_at = :at, holder = NULL, lease_until = NULL, input = NULL
  WHERE ${HELD}`;
const CANCEL = `
  UPDATE jobs
  SET status = 'cancelled', finished_at = :at, holder = NULL, lease_until = NULL, input = NULL
  WHERE ${HELD}`;
const AGAIN = `
  UPDATE jobs
  SET status = 'queued', not_before = :notBefore, faults = faults + :fault, holder = NULL, lease_until = NULL
  WHERE ${HELD}`;
const CANCEL_WAITING = `
  UPDATE jobs SET status = 'cancelled', finished_at = :at, input = NULL WHERE uuid = :uuid AND status = 'queued'`;

const GET = `SELECT ${JOB_COLUMNS} FROM jobs AS j WHERE j.uuid = ?`;
const LIST = `
  SELECT ${JOB_COLUMNS} FROM jobs AS j
  WHERE j.number < :before AND (:status IS NULL OR j.status = :status)
  ORDER BY j.number DESC
  LIMIT :limit`;
const COUNT = 'SELECT count(*) FROM jobs WHERE :status IS NULL OR status = :status';
const FIGURES = `
  SELECT
    (SELECT count(*) FROM jobs WHERE status = 'queued') AS queued,
    (SELECT count(*) FROM jobs WHERE status = 'running') AS running,
    (SELECT min(created_at) FROM jobs WHERE status = 'queued') AS oldest`;
const FILES = `
  SELECT input AS name, input_bytes AS bytes, input_sha256 AS sha256 FROM jobs WHERE input IS NOT NULL
  UNION ALL
  SELECT result, result_bytes, result_sha256 FROM jobs WHERE result IS NOT NULL`;

const OLD_RESULTS = 'UPDATE jobs SET result = NULL WHERE result IS NOT NULL AND finished_at < ?';
const OLD_RESULT_FILES = `
  SELECT result AS name, result_bytes AS bytes, result_sha256 AS sha256
  FROM jobs WHERE result IS NOT NULL AND finished_at < ?`;
const OLD_JOBS = 'DELETE FROM jobs WHERE finished_at < ?';
const OLD_KEYS = 'DELETE FROM idempotency WHERE created_at < ?';
/** Requests end with their process, and an answer that nobody got was none. */
const UNANSWERED_KEYS = 'DELETE FROM idempotency WHERE answer IS NULL';

const NEXT_DELIVERY = `
  SELECT d.number AS delivery, d.url, d.attempts AS sent, ${JOB_COLUMNS}
  FROM deliveries AS d JOIN jobs AS j ON j.number = d.job
  WHERE d.not_before <= ?
  ORDER BY d.not_before, d.number
  LIMIT 1`;
const DROP_DELIVERY = 'DELETE FROM deliveries WHERE number = ?';
const DEFER_DELIVERY =
	'UPDATE deliveries SET attempts = attempts + 1, not_before = :notBefore WHERE number = :number';

const REMEMBERED = 'SELECT fingerprint, answer FROM idempotency WHERE key = ?';
const BEGIN_KEY =
	'INSERT INTO idempotency (key, fingerprint, answer, created_at) VALUES (:key, :fingerprint, NULL, :now)';
const END_KEY = 'UPDATE idempotency SET answer = :answer WHERE key = :key';
const FORGET_KEY = 'DELETE FROM idempotency WHERE key = ?';
const SPEEDS = 'SELECT kind, records_per_second FROM speeds';
const LEARN = `
  INSERT INTO speeds (kind, records_per_second) VALUES (:kind, :recordsPerSecond)
  ON CONFLICT (kind) DO UPDATE SET records_per_second = excluded.records_per_second`;

export class SqliteQueue implements JobQueue {
	readonly #db: Connection;

	/** @param db a connection of its own: what is accepted is on the disk before it is said so */
	constructor(db: Connection) {
		this.#db = db;
		db.pragma('synchronous = FULL');
	}

	async add({ job, limit }: Parameters<JobQueue['add']>[0]): Promise<Job> {
		return this.#write(() => {
			// pluck() answers the count.
			const waiting = this.#db.prepare(WAITING).pluck().get() as number;
			if (waiting >= limit) throw errors.tooBusy({ retry_after: 5 });
			const idle = { status: 'queued', attempts: 0, holder: null, lease_until: null, started_at: null };
			this.#db.prepare(ADD).run({ ...fromNewJob(job), ...idle, now: now() });
			return this.#require(job.uuid);
		});
	}

	async adopt({ job, holder, leaseMs }: Parameters<JobQueue['adopt']>[0]): Promise<Job> {
		return this.#write(() => {
			const held = { status: 'running', attempts: 1, holder, lease_until: Date.now() + leaseMs };
			this.#db.prepare(ADD).run({ ...fromNewJob(job), ...held, now: now(), started_at: now() });
			return this.#require(job.uuid);
		});
	}

	async take({ holder, leaseMs }: Parameters<JobQueue['take']>[0]): Promise<Job | null> {
		return this.#write(() => {
			this.#db.prepare(LAPSED).run({ now: Date.now() });
			const next = this.#db.prepare<object, JobRow>(NEXT).get({ now: Date.now() });
			if (next === undefined) return null;
			const until = Date.now() + leaseMs;
			this.#db.prepare(TAKE).run({ number: next.number, holder, until, at: now() });
			return this.#require(next.uuid);
		});
	}

	async renew({ uuid, holder, leaseMs, progress }: Parameters<JobQueue['renew']>[0]): Promise<boolean> {
		const until = Date.now() + leaseMs;
		return this.#write(() => this.#db.prepare(RENEW).run({ uuid, holder, until, ...progress }).changes === 1);
	}

	async end({ uuid, holder, end }: Parameters<JobQueue['end']>[0]): Promise<boolean> {
		const held = { uuid, holder };
		const changes = (sql: string, values: object) =>
			this.#db.prepare(sql).run({ ...held, ...values }).changes === 1;
		return this.#write(() => {
			switch (end.status) {
				case 'succeeded': {
					const { name = null, bytes = 0, sha256 = null } = end.result ?? {};
					return changes(SUCCEED, { at: now(), outcome: end.outcome, result: name, bytes, sha256 });
				}
				case 'failed':
					return changes(FAIL, { at: now(), error: JSON.stringify(end.error) });
				case 'cancelled':
					return changes(CANCEL, { at: now() });
				case 'queued':
					return changes(AGAIN, { notBefore: end.notBefore, fault: end.fault ? 1 : 0 });
			}
		});
	}

	async cancelWaiting(uuid: string): Promise<boolean> {
		return this.#write(() => this.#db.prepare(CANCEL_WAITING).run({ uuid, at: now() }).changes === 1);
	}

	async get(uuid: string): Promise<Job | null> {
		const row = translated(() => this.#db.prepare<[string], JobRow>(GET).get(uuid));
		return row === undefined ? null : toJob(row);
	}

	async list({ status, after, limit }: Parameters<JobQueue['list']>[0]) {
		return translated(() => {
			const before = after ?? Number.MAX_SAFE_INTEGER;
			const rows = this.#db.prepare<object, JobRow>(LIST).all({ before, status, limit: limit + 1 });
			const items = rows.slice(0, limit);
			const next = rows.length > limit ? (items.at(-1)?.number ?? null) : null;
			// pluck() answers the count.
			const total = this.#db.prepare(COUNT).pluck().get({ status }) as number;
			return { items: items.map(toJob), next, total };
		});
	}

	async figures(): Promise<QueueFigures> {
		return translated(() => {
			const row = this.#db.prepare<[], QueueFigures>(FIGURES).get();
			return row ?? { queued: 0, running: 0, oldest: null };
		});
	}

	async recover(): Promise<number> {
		return this.#write(() => {
			this.#db.prepare(UNANSWERED_KEYS).run();
			return this.#db.prepare(RECOVER).run().changes;
		});
	}

	async files(): Promise<JobFile[]> {
		return translated(() => this.#db.prepare<[], JobFile>(FILES).all());
	}

	async expire({ results, jobs, keys }: Parameters<JobQueue['expire']>[0]): Promise<JobFile[]> {
		return this.#write(() => {
			const files = this.#db.prepare<[string], JobFile>(OLD_RESULT_FILES).all(results);
			this.#db.prepare(OLD_RESULTS).run(results);
			this.#db.prepare(OLD_JOBS).run(jobs);
			this.#db.prepare(OLD_KEYS).run(keys);
			return files;
		});
	}

	async nextDelivery(at: number): Promise<Delivery | null> {
		return translated(() => {
			const row = this.#db
				.prepare<[number], JobRow & { delivery: number; url: string; sent: number }>(NEXT_DELIVERY)
				.get(at);
			if (row === undefined) return null;
			return { number: row.delivery, url: row.url, attempts: row.sent, job: toJob(row) };
		});
	}

	async dropDelivery(number: number): Promise<void> {
		this.#write(() => this.#db.prepare(DROP_DELIVERY).run(number));
	}

	async deferDelivery(ask: Parameters<JobQueue['deferDelivery']>[0]): Promise<void> {
		this.#write(() => this.#db.prepare(DEFER_DELIVERY).run(ask));
	}

	async beginKey(ask: Parameters<JobQueue['beginKey']>[0]): Promise<Remembered> {
		return this.#write(() => {
			const known = this.#db
				.prepare<[string], { fingerprint: string; answer: string | null }>(REMEMBERED)
				.get(ask.key);
			if (known === undefined) this.#db.prepare(BEGIN_KEY).run(ask);
			return known ?? null;
		});
	}

	async endKey({ key, answer }: Parameters<JobQueue['endKey']>[0]): Promise<void> {
		this.#write(() => {
			if (answer === null) this.#db.prepare(FORGET_KEY).run(key);
			else this.#db.prepare(END_KEY).run({ key, answer });
		});
	}

	async speeds(): Promise<Record<string, number>> {
		return translated(() => {
			const rows = this.#db.prepare<[], { kind: string; records_per_second: number }>(SPEEDS).all();
			return Object.fromEntries(rows.map((row) => [row.kind, row.records_per_second]));
		});
	}

	async learn(ask: Parameters<JobQueue['learn']>[0]): Promise<void> {
		this.#write(() => this.#db.prepare(LEARN).run(ask));
	}

	close(): void {
		this.#db.close();
	}

	#require(uuid: string): Job {
		const row = this.#db.prepare<[string], JobRow>(GET).get(uuid);
		if (row === undefined) throw new Error(`job ${uuid} is not in the queue`);
		return toJob(row);
	}

	#write<T>(run: () => T): T {
		return translated(() => this.#db.transaction(run).immediate());
	}
}

function now(): string {
	return new Date().toISOString();
}
