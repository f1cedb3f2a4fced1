import { type Bounds, takeWithin, textBytes } from '../../records/bounded.ts';
import { type Connection, translated } from '../../sqlite/connection.ts';
import { kindNumber, kindOf } from '../../sqlite/kinds.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type {
	DifferenceListAsk,
	Page,
	ProjectListAsk,
	ProjectPosition,
	Reader,
	RecordDifference,
	RecordKey,
	RecordListAsk,
	Revision,
	RevisionListAsk,
} from '../port.ts';
import { fold } from './fold.ts';
import { listProjects } from './project-list.ts';
import { listRecords, RECORD } from './record-list.ts';
import { CURSOR_KEY, INSTANCE, NEWEST_FIRST, OLDEST_FIRST, REVISION, REVISIONS_TOTAL } from './revisions.ts';
import { type RevisionRow, revisionBytes, toRevision } from './rows.ts';

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

	async cursorKey(): Promise<Uint8Array> {
		return this.#one<Uint8Array>(CURSOR_KEY, {});
	}

	async projects(ask: ProjectListAsk): Promise<Page<Revision, ProjectPosition>> {
		return this.#together(() => listProjects(this.#db, ask, this.#maxBytes));
	}

	async revision(projectUuid: string, number?: number): Promise<Revision | null> {
		const row = translated(() =>
			this.#db.prepare<object, RevisionRow>(REVISION).get({ project: projectUuid, number: number ?? null }),
		);
		return row === undefined ? null : toRevision(row);
	}

	async revisions(ask: RevisionListAsk): Promise<Page<Revision, number>> {
		const { projectUuid: project, descending = true, after, limit } = ask;
		const causes = ask.causes === undefined ? null : JSON.stringify(ask.causes);
		return this.#together(() => {
			const rows = this.#db
				.prepare<object, RevisionRow>(descending ? NEWEST_FIRST : OLDEST_FIRST)
				.iterate({ project, causes, after });
			const { items, more } = takeWithin(rows, this.#bounds(limit), revisionBytes);
			const total = ask.total ?? this.#one<number>(REVISIONS_TOTAL, { project, causes });
			return { items: items.map(toRevision), next: more ? (items.at(-1)?.number ?? null) : null, total };
		});
	}

	async records(ask: RecordListAsk): Promise<Page<string, string>> {
		return this.#together(() => listRecords(this.#db, ask, this.#maxBytes));
	}

	async record(ask: Parameters<Reader['record']>[0]): Promise<string | null> {
		const { projectUuid: project, kind, uuid, revision } = ask;
		return translated(() => this.#line({ project, kind: kindNumber(kind), uuid, revision }));
	}

	async differences(ask: DifferenceListAsk): Promise<Page<RecordDifference, RecordKey>> {
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

	/** Runs reads that must see one state: a page and its total, or keys and their rows. */
	#together<T>(run: () => T): T {
		return translated(() => this.#db.transaction(run).deferred());
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
