/** The embedded queue: jobs in the store's file. The folder's lock keeps other processes out, so a claim never lapses. */
import { errors } from '../../errors.ts';
import type { Connection } from '../../sqlite/connection.ts';
import { translated } from '../../sqlite/connection.ts';
import type { Job, JobFile, JobQueue, QueueFigures } from '../queue.ts';
import { fromNewJob, type JobRow, toJob } from './rows.ts';
import * as sql from './statements.ts';
import { inTransaction } from './transaction.ts';

type NumberedFile = JobFile & { readonly number: number };

export class SqliteJobQueue implements JobQueue {
	readonly #db: Connection;
	readonly #now: () => number;

	/** @param now the time in milliseconds since 1970 */
	constructor(db: Connection, now: () => number = Date.now) {
		this.#db = db;
		this.#now = now;
	}

	async add({ job, limit }: Parameters<JobQueue['add']>[0]): Promise<Job> {
		return inTransaction(this.#db, () => {
			// pluck() answers the count.
			const waiting = this.#db.prepare(sql.COUNT_WAITING).pluck().get() as number;
			if (waiting >= limit) throw errors.tooBusy({ retry_after: 5 });
			const idle = { status: 'queued', attempts: 0, holder: null, started_at: null };
			this.#db.prepare(sql.ADD).run({ ...fromNewJob(job), ...idle, now: this.#at() });
			return this.#require(job.uuid);
		});
	}

	async adopt({ job, holder }: Parameters<JobQueue['adopt']>[0]): Promise<Job> {
		return inTransaction(this.#db, () => {
			const now = this.#at();
			const held = { status: 'running', attempts: 1, holder, started_at: now };
			this.#db.prepare(sql.ADD).run({ ...fromNewJob(job), ...held, now });
			return this.#require(job.uuid);
		});
	}

	async claim({ holder }: Parameters<JobQueue['claim']>[0]): Promise<Job | null> {
		const now = { now: this.#now() };
		// Most looks find nothing: they need no right to write.
		if (translated(() => this.#db.prepare(sql.NEXT).get(now)) === undefined) return null;
		return inTransaction(this.#db, () => {
			const next = this.#db.prepare<object, JobRow>(sql.NEXT).get(now);
			if (next === undefined) return null;
			this.#db.prepare(sql.CLAIM).run({ number: next.number, holder, at: this.#at() });
			return this.#require(next.uuid);
		});
	}

	async renew({ uuid, holder, progress }: Parameters<JobQueue['renew']>[0]): Promise<boolean> {
		return this.#changes(sql.RENEW, { uuid, holder, ...progress });
	}

	async end({ uuid, holder, end }: Parameters<JobQueue['end']>[0]): Promise<boolean> {
		const run = { uuid, holder };
		switch (end.status) {
			case 'succeeded': {
				const { name = null, bytes = 0, sha256 = null } = end.result ?? {};
				const made = { outcome: end.outcome, result: name, bytes, sha256 };
				return this.#changes(sql.SUCCEED, { ...run, at: this.#at(), ...made });
			}
			case 'failed':
				return this.#changes(sql.FAIL, { ...run, at: this.#at(), error: JSON.stringify(end.error) });
			case 'cancelled':
				return this.#changes(sql.CANCEL, { ...run, at: this.#at() });
			case 'queued':
				return this.#changes(sql.AGAIN, { ...run, notBefore: end.notBefore, reason: end.reason });
		}
	}

	async cancelWaiting(uuid: string): Promise<boolean> {
		return this.#changes(sql.CANCEL_WAITING, { uuid, at: this.#at() });
	}

	async get(uuid: string): Promise<Job | null> {
		const row = translated(() => this.#db.prepare<[string], JobRow>(sql.GET).get(uuid));
		return row === undefined ? null : toJob(row);
	}

	async list({ status, after, limit }: Parameters<JobQueue['list']>[0]) {
		return translated(() => {
			const before = after ?? Number.MAX_SAFE_INTEGER;
			const rows = this.#db.prepare<object, JobRow>(sql.LIST).all({ before, status, limit: limit + 1 });
			const items = rows.slice(0, limit);
			const next = rows.length > limit ? (items.at(-1)?.number ?? null) : null;
			const count =
				status === null
					? this.#db.prepare(sql.COUNT).pluck().get()
					: this.#db.prepare(sql.COUNT_OF_STATUS).pluck().get({ status });
			// pluck() answers the count.
			return { items: items.map(toJob), next, total: count as number };
		});
	}

	async figures(): Promise<QueueFigures> {
		return translated(() => {
			const row = this.#db.prepare<[], QueueFigures>(sql.FIGURES).get();
			return row ?? { queued: 0, running: 0, oldest: null };
		});
	}

	async recover(): Promise<number> {
		return inTransaction(this.#db, () => this.#db.prepare(sql.RECOVER).run().changes);
	}

	async files() {
		return translated(() => ({
			inputs: this.#db.prepare<[], JobFile>(sql.INPUTS).all(),
			results: this.#db.prepare<[], NumberedFile>(sql.RESULTS).all().map(toFile),
		}));
	}

	async forgetResults(bytes: number): Promise<JobFile[]> {
		return inTransaction(this.#db, () => {
			const forgotten: NumberedFile[] = [];
			let left = bytes;
			for (const file of this.#db.prepare<[], NumberedFile>(sql.RESULTS).iterate()) {
				if (left <= 0) break;
				forgotten.push(file);
				left -= file.bytes;
			}
			return this.#forget(forgotten);
		});
	}

	async expire({ results, jobs, limit }: Parameters<JobQueue['expire']>[0]) {
		return inTransaction(this.#db, () => {
			const expired = this.#db
				.prepare<object, NumberedFile>(sql.EXPIRED_RESULTS)
				.all({ before: results, limit });
			const files = this.#forget(expired);
			const forgotten = this.#db.prepare(sql.FORGET_JOBS).run({ before: jobs, limit }).changes;
			return { files, more: expired.length === limit || forgotten === limit };
		});
	}

	#forget(results: readonly NumberedFile[]): JobFile[] {
		const forget = this.#db.prepare(sql.FORGET_RESULT);
		for (const { number } of results) forget.run(number);
		return results.map(toFile);
	}

	#changes(statement: string, values: object): boolean {
		return inTransaction(this.#db, () => this.#db.prepare(statement).run(values).changes === 1);
	}

	#require(uuid: string): Job {
		const row = this.#db.prepare<[string], JobRow>(sql.GET).get(uuid);
		if (row === undefined) throw new Error(`job ${uuid} is not in the queue`);
		return toJob(row);
	}

	#at(): string {
		return new Date(this.#now()).toISOString();
	}
}

function toFile({ name, bytes, sha256 }: NumberedFile): JobFile {
	return { name, bytes, sha256 };
}
