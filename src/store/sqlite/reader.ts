import type { Page, Reader, RecordFilter, Revision } from '../port.ts';
import { type Connection, translated } from './connection.ts';
import { kindNumber, REVISION_COLUMNS, type RevisionRow, toRevision } from './rows.ts';

const INSTANCE = 'SELECT uuid FROM instance';

/** In the order of the primary key; bounded by `limit` where nothing is looked for. */
const PROJECTS = `
  SELECT p.id AS id, ${REVISION_COLUMNS}
  FROM projects AS p
  JOIN revisions AS r ON r.project = p.id AND r.number = p.head
  WHERE p.id > :after AND p.head > 0 AND (:query IS NULL OR instr(lower(r.name), :query) > 0)
  ORDER BY p.id
  LIMIT :limit`;

const PROJECTS_TOTAL = `
  SELECT count(*)
  FROM projects AS p
  JOIN revisions AS r ON r.project = p.id AND r.number = p.head
  WHERE p.head > 0 AND (:query IS NULL OR instr(lower(r.name), :query) > 0)`;

export const REVISION = `
  SELECT ${REVISION_COLUMNS}
  FROM projects AS p
  JOIN revisions AS r ON r.project = p.id
  WHERE p.uuid = :project AND p.head > 0
    AND r.number = coalesce(:number, p.head) AND r.number <= p.head`;

export const REVISIONS = `
  SELECT ${REVISION_COLUMNS}
  FROM projects AS p
  JOIN revisions AS r ON r.project = p.id
  WHERE p.uuid = :project AND r.number <= p.head AND r.number < :before
  ORDER BY r.number DESC
  LIMIT :limit`;

const REVISIONS_TOTAL = `
  SELECT count(*) FROM projects AS p JOIN revisions AS r ON r.project = p.id
  WHERE p.uuid = :project AND r.number <= p.head`;

/** The rows of one kind at one revision: a range of the primary key. */
const AT_REVISION = `
  project = (SELECT id FROM projects WHERE uuid = :project AND head > 0) AND kind = :kind
    AND valid_from <= :revision AND (valid_to IS NULL OR valid_to > :revision)`;

const RECORD = `SELECT line FROM records WHERE ${AT_REVISION} AND uuid = :uuid`;

/** The conditions of a filter; each names its parameter. */
const FILTERS: Record<keyof RecordFilter, string> = {
	theme: 'theme = :theme',
	type: 'type = :type',
	tag: "EXISTS (SELECT 1 FROM json_each(line, '$.tags') WHERE value = :tag)",
	folder: "json_extract(line, '$.folder') = :folder",
	category: "json_extract(line, '$.category') = :category",
	pathPrefix: 'substr(name, 1, length(:pathPrefix)) = :pathPrefix',
};

/** The Reader on SQLite: one read-only connection, used by one thread. */
export class SqliteReader implements Reader {
	readonly #db: Connection;

	constructor(db: Connection) {
		this.#db = db;
	}

	async instance(): Promise<string> {
		return this.#one<string>(INSTANCE, {});
	}

	async projects(ask: {
		query?: string | undefined;
		after: number | null;
		limit: number;
	}): Promise<Page<Revision, number>> {
		const query = ask.query?.toLowerCase() ?? null;
		return translated(() => {
			const rows = this.#db
				.prepare<object, RevisionRow & { id: number }>(PROJECTS)
				.all({ after: ask.after ?? 0, query, limit: ask.limit + 1 });
			const total = this.#one<number>(PROJECTS_TOTAL, { query });
			const items = rows.slice(0, ask.limit);
			return {
				items: items.map(toRevision),
				next: rows.length > ask.limit ? (items.at(-1)?.id ?? null) : null,
				total,
			};
		});
	}

	async revision(projectUuid: string, number?: number): Promise<Revision | null> {
		const row = translated(() =>
			this.#db.prepare<object, RevisionRow>(REVISION).get({ project: projectUuid, number: number ?? null }),
		);
		return row === undefined ? null : toRevision(row);
	}

	async revisions(ask: {
		projectUuid: string;
		after: number | null;
		limit: number;
	}): Promise<Page<Revision, number>> {
		return translated(() => {
			const rows = this.#db.prepare<object, RevisionRow>(REVISIONS).all({
				project: ask.projectUuid,
				before: ask.after ?? Number.MAX_SAFE_INTEGER,
				limit: ask.limit + 1,
			});
			const total = this.#one<number>(REVISIONS_TOTAL, { project: ask.projectUuid });
			const items = rows.slice(0, ask.limit);
			return {
				items: items.map(toRevision),
				next: rows.length > ask.limit ? (items.at(-1)?.number ?? null) : null,
				total,
			};
		});
	}

	async records(ask: Parameters<Reader['records']>[0]): Promise<Page<string, string>> {
		const conditions = filterKeys(ask.filter)
			.map((key) => `AND ${FILTERS[key]}`)
			.join(' ');
		const parameters = {
			...ask.filter,
			project: ask.projectUuid,
			kind: kindNumber(ask.kind),
			revision: ask.revision,
		};
		return translated(() => {
			const rows = this.#db
				.prepare<object, { uuid: string; line: string }>(
					`SELECT uuid, line FROM records
					 WHERE ${AT_REVISION} AND uuid > :after ${conditions}
					 ORDER BY uuid LIMIT :limit`,
				)
				.all({ ...parameters, after: ask.after ?? '', limit: ask.limit + 1 });
			const items = rows.slice(0, ask.limit);
			const total =
				ask.total ??
				this.#one<number>(`SELECT count(*) FROM records WHERE ${AT_REVISION} ${conditions}`, parameters);
			return {
				items: items.map((row) => row.line),
				next: rows.length > ask.limit ? (items.at(-1)?.uuid ?? null) : null,
				total,
			};
		});
	}

	async record(ask: Parameters<Reader['record']>[0]): Promise<string | null> {
		const row = translated(() =>
			this.#db.prepare<object, { line: string }>(RECORD).get({
				project: ask.projectUuid,
				kind: kindNumber(ask.kind),
				uuid: ask.uuid,
				revision: ask.revision,
			}),
		);
		return row?.line ?? null;
	}

	async ping(): Promise<void> {
		this.#one<string>(INSTANCE, {});
	}

	close(): void {
		this.#db.close();
	}

	/** The one value of the one row that a statement answers; the caller names its type as the SQL gives it. */
	#one<T>(sql: string, parameters: object): T {
		// pluck() answers the first column.
		return translated(() => this.#db.prepare(sql).pluck().get(parameters) as T);
	}
}

/** The criteria that are given. */
function filterKeys(filter: RecordFilter): (keyof RecordFilter)[] {
	// The keys of a RecordFilter are those of FILTERS.
	return (Object.keys(FILTERS) as (keyof RecordFilter)[]).filter((key) => filter[key] !== undefined);
}
