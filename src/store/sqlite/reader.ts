import { type Connection, translated } from '../../sqlite/connection.ts';
import type { Page, Reader, RecordDifference, RecordFilter, RecordKey, Revision } from '../port.ts';
import { kindNumber, kindOf, REVISION_COLUMNS, type RevisionRow, toRevision } from './rows.ts';

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

const at = (name: string, revision: string) => `
  ${name}.project = t.project AND ${name}.kind = t.kind AND ${name}.uuid = t.uuid
    AND ${name}.valid_from <= :${revision} AND (${name}.valid_to IS NULL OR ${name}.valid_to > :${revision})`;

/** Records that began or ended between two revisions, in the order of the primary key: nothing is sorted. */
const TOUCHED = `
  SELECT project, kind, uuid FROM records
  WHERE project = (SELECT id FROM projects WHERE uuid = :project AND head > 0)
    AND (kind, uuid) > (:kind, :uuid)
    AND (valid_from > :low AND valid_from <= :high OR valid_to > :low AND valid_to <= :high)
  GROUP BY project, kind, uuid`;

const DIFFERENCES = `
  FROM (${TOUCHED}) AS t
  LEFT JOIN records AS a ON ${at('a', 'from')}
  LEFT JOIN records AS b ON ${at('b', 'to')}
  WHERE a.hash IS NOT b.hash`;

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

	async differences(ask: Parameters<Reader['differences']>[0]): Promise<Page<RecordDifference, RecordKey>> {
		const { projectUuid: project, from, to, after, limit } = ask;
		const between = { project, from, to, low: Math.min(from, to), high: Math.max(from, to) };
		const position = { kind: after === null ? 0 : kindNumber(after.kind), uuid: after?.uuid ?? '' };
		return translated(() => {
			const rows = this.#db
				.prepare<object, { kind: number; uuid: string; before: string | null; now: string | null }>(
					`SELECT t.kind, t.uuid, a.line AS before, b.line AS now ${DIFFERENCES}
					 ORDER BY t.kind, t.uuid LIMIT :limit`,
				)
				.all({ ...between, ...position, limit: limit + 1 });
			const total =
				ask.total ?? this.#one<number>(`SELECT count(*) ${DIFFERENCES}`, { ...between, kind: 0, uuid: '' });
			const items = rows
				.slice(0, limit)
				.map((row) => ({ kind: kindOf(row.kind), uuid: row.uuid, from: row.before, to: row.now }));
			return { items, next: rows.length > limit ? (items.at(-1) ?? null) : null, total };
		});
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
