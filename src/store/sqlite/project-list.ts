/** Pages of projects. */
import { takeWithin } from '../../records/bounded.ts';
import type { Connection } from '../../sqlite/connection.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { Page, ProjectListAsk, ProjectPosition } from '../lists.ts';
import type { Revision } from '../port.ts';
import { fold } from './fold.ts';
import { REVISION_COLUMNS, type RevisionRow, revisionBytes, toRevision } from './rows.ts';

/**
 * CROSS JOIN: one revision a project is found by its primary key; the other way round every revision would be looked
 * at. `fold()` is JavaScript's lower case, since SQLite's knows ASCII only; a column for it would cost every write more
 * than a search costs here (1 µs a project).
 */
const HEADS = `
  FROM projects AS p
  CROSS JOIN revisions AS r ON r.project = p.id AND r.number = p.head
  WHERE p.head > 0 AND (:query IS NULL OR instr(fold(r.name), :query) > 0) AND ${unlessStopped('r.number')}`;

/** In the order of the primary key of `projects`, either way: nothing is sorted, and reading ends with the page. */
export const IN_ARRIVAL = `SELECT p.id AS key, p.uuid ${HEADS} AND p.id > :key ORDER BY p.id`;
export const LAST_ARRIVED_FIRST = `
  SELECT p.id AS key, p.uuid ${HEADS} AND (:key IS NULL OR p.id < :key) ORDER BY p.id DESC`;

/** What is compared. Times have no `Z`, so that a second comes before its fractions. */
const SORT_KEYS = {
	name: 'fold(r.name)',
	created_at: `rtrim(r.created_at, 'Z')`,
	updated_at: `rtrim(r.updated_at, 'Z')`,
};

/**
 * By something else than arrival: no index serves, since the properties are those of the newest revision. Every project
 * is looked at, and SQLite keeps the first `limit` of them in order (n log limit). Only keys are sorted, not whole rows.
 */
const ascending = (key: string) => `
  SELECT ${key} AS key, p.uuid ${HEADS} AND (:uuid IS NULL OR (${key}, p.uuid) > (:key, :uuid))
  ORDER BY key, p.uuid
  LIMIT :limit`;
const descending = (key: string) => `
  SELECT ${key} AS key, p.uuid ${HEADS} AND (:uuid IS NULL OR (${key}, p.uuid) < (:key, :uuid))
  ORDER BY key DESC, p.uuid DESC
  LIMIT :limit`;

/** Every statement by the way of sorting; constants, of which one is chosen. */
export const PROJECT_KEYS = {
	name: [ascending(SORT_KEYS.name), descending(SORT_KEYS.name)],
	created_at: [ascending(SORT_KEYS.created_at), descending(SORT_KEYS.created_at)],
	updated_at: [ascending(SORT_KEYS.updated_at), descending(SORT_KEYS.updated_at)],
} as const;

/** By the unique index of `projects` and the primary key of `revisions`. */
export const HEAD = `
  SELECT ${REVISION_COLUMNS}
  FROM projects AS p
  CROSS JOIN revisions AS r ON r.project = p.id AND r.number = p.head
  WHERE p.uuid = ?`;

/** Without a query no revision is looked at. */
export const PROJECTS_COUNT = 'SELECT count(*) FROM projects WHERE head > 0';
export const PROJECTS_FOUND = `SELECT count(*) ${HEADS}`;

/** Reads a page; its statements must see one state of the store. @param maxBytes bytes of a caller's data in a page */
export function listProjects(
	db: Connection,
	ask: ProjectListAsk,
	maxBytes: number,
): Page<Revision, ProjectPosition> {
	const query = ask.query === undefined ? null : fold(ask.query);
	const found = takeWithin(headsOf(db, ask, query), { limit: ask.limit, maxBytes }, ({ row }) =>
		revisionBytes(row),
	);
	const last = found.items.at(-1);
	const counting = query === null ? PROJECTS_COUNT : PROJECTS_FOUND;
	// pluck() answers the count.
	const count = () => db.prepare(counting).pluck().get({ query }) as number;
	return {
		items: found.items.map(({ row }) => toRevision(row)),
		next: found.more && last !== undefined ? last.position : null,
		total: ask.total ?? count(),
	};
}

function* headsOf(
	db: Connection,
	{ sort, after, limit }: ProjectListAsk,
	query: string | null,
): Generator<{ position: ProjectPosition; row: RevisionRow }> {
	const { by, descending } = sort ?? { by: 'arrival', descending: false };
	const sql =
		by === 'arrival' ? (descending ? LAST_ARRIVED_FIRST : IN_ARRIVAL) : PROJECT_KEYS[by][descending ? 1 : 0];
	const position = {
		key: after?.key ?? (by === 'arrival' && !descending ? 0 : null),
		uuid: after?.uuid ?? null,
	};
	const keys = db.prepare<object, ProjectPosition>(sql).iterate({ query, ...position, limit: limit + 1 });
	const head = db.prepare<[string], RevisionRow>(HEAD);
	for (const key of keys) {
		const row = head.get(key.uuid);
		if (row !== undefined) yield { position: key, row };
	}
}
