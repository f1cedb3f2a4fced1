import { type Bounds, takeWithin, textBytes } from '../../records/bounded.ts';
import { type Connection, translated } from '../../sqlite/connection.ts';
import { kindNumber, kindOf } from '../../sqlite/kinds.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { Page, Reader, RecordDifference, RecordFilter, RecordKey, Revision } from '../port.ts';
import { INSTANCE, REVISION, REVISIONS } from './revisions.ts';
import { REVISION_COLUMNS, type RevisionRow, toRevision } from './rows.ts';

/**
 * In the order of the primary key, bounded by `limit` where nothing is looked for. CROSS JOIN: one revision a project
 * is found by its key; the other way round every revision would be looked at. `fold()` is JavaScript's lower case,
 * since SQLite's knows ASCII only; a column for it would cost every write more than a search costs here (1 µs a project).
 */
export const PROJECTS = `
  SELECT p.id AS id, ${REVISION_COLUMNS}
  FROM projects AS p
  CROSS JOIN revisions AS r ON r.project = p.id AND r.number = p.head
  WHERE p.id > :after AND p.head > 0 AND (:query IS NULL OR instr(fold(r.name), :query) > 0)
  ORDER BY p.id
  LIMIT :limit`;

/** Without a query no revision is looked at. */
export const PROJECTS_COUNT = 'SELECT count(*) FROM projects WHERE head > 0';
export const PROJECTS_FOUND = `
  SELECT count(*)
  FROM projects AS p
  CROSS JOIN revisions AS r ON r.project = p.id AND r.number = p.head
  WHERE p.head > 0 AND instr(fold(r.name), :query) > 0`;

const REVISIONS_TOTAL = `
  SELECT count(*) FROM projects AS p CROSS JOIN revisions AS r ON r.project = p.id
  WHERE p.uuid = :project AND r.number <= p.head`;

/** The rows of one kind at one revision: a range of the primary key. */
const AT_REVISION = `
  project = (SELECT id FROM projects WHERE uuid = :project AND head > 0) AND kind = :kind
    AND valid_from <= :revision AND (valid_to IS NULL OR valid_to > :revision)`;

const RECORD = `SELECT line FROM records WHERE ${AT_REVISION} AND uuid = :uuid`;

const at = (name: string, revision: string) => `
  ${name}.project = t.project AND ${name}.kind = t.kind AND ${name}.uuid = t.uuid
    AND ${name}.valid_from <= :${revision} AND (${name}.valid_to IS NULL OR ${name}.valid_to > :${revision})`;

/** Keys of records that began or ended between two revisions. */
const TOUCHED = `
  SELECT project, kind, uuid FROM records
  WHERE project = (SELECT id FROM projects WHERE uuid = :project AND head > 0)
    AND (kind, uuid) > (:kind, :uuid)
    AND (valid_from > :low AND valid_from <= :high OR valid_to > :low AND valid_to <= :high) AND ${unlessStopped('uuid')}
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
	readonly #maxBytes: number;

	/** @param maxPageBytes how many bytes of a caller's data a page may hold */
	constructor(db: Connection, maxPageBytes: number) {
		this.#db = db;
		this.#maxBytes = maxPageBytes;
		db.function('fold', { deterministic: true }, fold);
	}

	async instance(): Promise<string> {
		return this.#one<string>(INSTANCE, {});
	}

	async projects(ask: {
		query?: string | undefined;
		after: number | null;
		limit: number;
	}): Promise<Page<Revision, number>> {
		const query = ask.query === undefined ? null : fold(ask.query);
		return translated(() => {
			const rows = this.#db
				.prepare<object, RevisionRow & { id: number }>(PROJECTS)
				.iterate({ after: ask.after ?? 0, query, limit: ask.limit + 1 });
			const { items, more } = takeWithin(rows, this.#bounds(ask.limit), revisionBytes);
			const total =
				query === null ? this.#one<number>(PROJECTS_COUNT, {}) : this.#one<number>(PROJECTS_FOUND, { query });
			return {
				items: items.map(toRevision),
				next: more ? (items.at(-1)?.id ?? null) : null,
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
			const rows = this.#db.prepare<object, RevisionRow>(REVISIONS).iterate({
				project: ask.projectUuid,
				before: ask.after ?? Number.MAX_SAFE_INTEGER,
				limit: ask.limit + 1,
			});
			const { items, more } = takeWithin(rows, this.#bounds(ask.limit), revisionBytes);
			const total = this.#one<number>(REVISIONS_TOTAL, { project: ask.projectUuid });
			return {
				items: items.map(toRevision),
				next: more ? (items.at(-1)?.number ?? null) : null,
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
					 WHERE ${AT_REVISION} AND uuid > :after AND ${unlessStopped('uuid')} ${conditions}
					 ORDER BY uuid`,
				)
				.iterate({ ...parameters, after: ask.after ?? '' });
			const { items, more } = takeWithin(rows, this.#bounds(ask.limit), ({ line }) => textBytes(line));
			const total =
				ask.total ??
				this.#one<number>(
					`SELECT count(*) FROM records WHERE ${AT_REVISION} AND ${unlessStopped('uuid')} ${conditions}`,
					parameters,
				);
			return {
				items: items.map((row) => row.line),
				next: more ? (items.at(-1)?.uuid ?? null) : null,
				total,
			};
		});
	}

	async record(ask: Parameters<Reader['record']>[0]): Promise<string | null> {
		const { projectUuid: project, kind, uuid, revision } = ask;
		return translated(() => this.#line({ project, kind: kindNumber(kind), uuid, revision }));
	}

	async differences(ask: Parameters<Reader['differences']>[0]): Promise<Page<RecordDifference, RecordKey>> {
		const { projectUuid: project, from, to, after, limit } = ask;
		const between = { project, from, to, low: Math.min(from, to), high: Math.max(from, to) };
		const position = { kind: after === null ? 0 : kindNumber(after.kind), uuid: after?.uuid ?? '' };
		return translated(() => {
			const keys = this.#db
				.prepare<object, { kind: number; uuid: string }>(
					`SELECT t.kind, t.uuid ${DIFFERENCES} ORDER BY t.kind, t.uuid LIMIT :limit`,
				)
				.all({ ...between, ...position, limit: limit + 1 });
			// Keys are small; lines are read one record at a time, until the page is full.
			const { items, more } = takeWithin(this.#pairs(keys, ask), this.#bounds(limit), (row) =>
				textBytes(row.from, row.to),
			);
			const last = items.at(-1);
			const total =
				ask.total ?? this.#one<number>(`SELECT count(*) ${DIFFERENCES}`, { ...between, kind: 0, uuid: '' });
			return { items, next: more && last ? { kind: last.kind, uuid: last.uuid } : null, total };
		});
	}

	async ping(): Promise<void> {
		this.#one<string>(INSTANCE, {});
	}

	close(): void {
		this.#db.close();
	}

	*#pairs(
		keys: readonly { kind: number; uuid: string }[],
		{ projectUuid: project, from, to }: { projectUuid: string; from: number; to: number },
	): Generator<RecordDifference> {
		for (const { kind, uuid } of keys) {
			const at = { project, kind, uuid };
			const [before, now] = [from, to].map((revision) => this.#line({ ...at, revision }));
			yield { kind: kindOf(kind), uuid, from: before ?? null, to: now ?? null };
		}
	}

	#line(at: { project: string; kind: number; uuid: string; revision: number }): string | null {
		return this.#db.prepare<object, { line: string }>(RECORD).get(at)?.line ?? null;
	}

	#bounds(limit: number): Bounds {
		return { limit, maxBytes: this.#maxBytes };
	}

	/** The one value of the one row that a statement answers; the caller names its type as the SQL gives it. */
	#one<T>(sql: string, parameters: object): T {
		// pluck() answers the first column.
		return translated(() => this.#db.prepare(sql).pluck().get(parameters) as T);
	}
}

/** The bytes of what a caller can make long in a revision. */
function revisionBytes({ description, metadata, sync }: RevisionRow): number {
	return textBytes(description, metadata, sync);
}

/** The criteria that are given. */
function filterKeys(filter: RecordFilter): (keyof RecordFilter)[] {
	// The keys of a RecordFilter are those of FILTERS.
	return (Object.keys(FILTERS) as (keyof RecordFilter)[]).filter((key) => filter[key] !== undefined);
}

/** Letters of either case, composed or not, become one. */
function fold(text: unknown): string {
	return String(text).normalize('NFC').toLowerCase();
}
