/** Pages of records. */
import { takeWithin, textBytes } from '../../records/bounded.ts';
import type { Connection } from '../../sqlite/connection.ts';
import { kindNumber } from '../../sqlite/kinds.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { Page, RecordFilter, RecordListAsk } from '../lists.ts';
import { fold } from './fold.ts';

/**
 * The rows of one kind at one revision: a range of the primary key (project, kind, uuid, valid_from). There is no other
 * index (docs/decisions/0003), so a filter looks at each row of the range.
 */
const AT_REVISION = `
  project = (SELECT id FROM projects WHERE uuid = :project AND head > 0) AND kind = :kind
    AND valid_from <= :revision AND (valid_to IS NULL OR valid_to > :revision)`;

/** By the whole primary key. */
export const RECORD = `SELECT line FROM records WHERE ${AT_REVISION} AND uuid = :uuid`;

/** The conditions of a filter; each names its parameter, a JSON array but for the query. */
const FILTERS: Readonly<Record<keyof RecordFilter, string>> = {
	theme: 'theme IN (SELECT value FROM json_each(:theme))',
	type: 'type IN (SELECT value FROM json_each(:type))',
	pathPrefix: `EXISTS (
    SELECT 1 FROM json_each(:pathPrefix) AS p WHERE substr(name, 1, length(p.value)) = p.value)`,
	query: 'instr(fold(name), :query) > 0',
	tag: `EXISTS (
    SELECT 1 FROM json_each(line, '$.tags') AS t WHERE t.value IN (SELECT value FROM json_each(:tag)))`,
	folder: `json_extract(line, '$.folder') IN (SELECT value FROM json_each(:folder))`,
	category: `json_extract(line, '$.category') IN (SELECT value FROM json_each(:category))`,
};

/** What is compared. Times have no `Z`, so that a second comes before its fractions. */
const SORT_KEYS = {
	name: 'fold(name)',
	updated_at: `rtrim(json_extract(line, '$.updatedAt'), 'Z')`,
};

/** A page: where it stands in the list, and what it is looked for by. */
interface Shape {
	readonly by: 'uuid' | 'name' | 'updated_at';
	readonly descending: boolean;
	readonly after: boolean;
	readonly conditions: string;
}

/** In the order of the primary key, either way: nothing is sorted, and reading ends with the page. */
const byUuid = ({ descending, after, conditions }: Shape) => `
  SELECT uuid, line FROM records
  WHERE ${AT_REVISION} ${after ? `AND uuid ${descending ? '<' : '>'} :after` : ''}
    AND ${unlessStopped('uuid')} ${conditions}
  ORDER BY uuid ${descending ? 'DESC' : 'ASC'}`;

/**
 * By something else: every row of the range is looked at, and SQLite keeps the first `limit` of them in order
 * (n log limit). Only keys are sorted: lines are read afterwards, until the page is full. Where the page begins is computed from the record before it, which the revision holds for ever.
 */
const byKey = (key: string, { descending, after, conditions }: Shape) => `
  SELECT uuid, NULL AS line FROM records
  WHERE ${AT_REVISION} AND ${unlessStopped('uuid')} ${conditions}
    ${after ? `AND (${key}, uuid) ${descending ? '<' : '>'} ((SELECT ${key} FROM records WHERE ${AT_REVISION} AND uuid = :after), :after)` : ''}
  ORDER BY ${key} ${descending ? 'DESC' : 'ASC'}, uuid ${descending ? 'DESC' : 'ASC'}
  LIMIT :limit`;

/** The statement of a page, made of the fixed texts above; what a caller gives is bound. */
export function recordPage(shape: Shape): string {
	return shape.by === 'uuid' ? byUuid(shape) : byKey(SORT_KEYS[shape.by], shape);
}

const count = (conditions: string) => `
  SELECT count(*) FROM records WHERE ${AT_REVISION} AND ${unlessStopped('uuid')} ${conditions}`;

/** Reads a page; its statements must see one state of the store. @param maxBytes bytes of lines in a page */
export function listRecords(db: Connection, ask: RecordListAsk, maxBytes: number): Page<string, string> {
	const conditions = filterKeys(ask.filter)
		.map((key) => `AND ${FILTERS[key]}`)
		.join(' ');
	const at = { project: ask.projectUuid, kind: kindNumber(ask.kind), revision: ask.revision };
	const values = { ...at, ...filterValues(ask.filter) };
	const sort = ask.sort ?? { by: 'uuid', descending: false };
	const rows = db
		.prepare<object, Row>(recordPage({ ...sort, after: ask.after !== null, conditions }))
		.iterate({ ...values, after: ask.after, limit: ask.limit + 1 });
	const bounds = { limit: ask.limit, maxBytes };
	const { items, more } = takeWithin(linesOf(db, rows, at), bounds, ({ line }) => textBytes(line));
	// pluck() answers the count.
	const total = ask.total ?? (db.prepare(count(conditions)).pluck().get(values) as number);
	return { items: items.map(({ line }) => line), next: more ? (items.at(-1)?.uuid ?? null) : null, total };
}

interface Row {
	readonly uuid: string;
	/** Null where it is read apart. */
	readonly line: string | null;
}

function* linesOf(
	db: Connection,
	rows: Iterable<Row>,
	at: object,
): Generator<{ uuid: string; line: string }> {
	const record = db.prepare<object, { line: string }>(RECORD);
	for (const { uuid, line } of rows) {
		const found = line ?? record.get({ ...at, uuid })?.line;
		if (found !== undefined) yield { uuid, line: found };
	}
}

/** The criteria that are given. */
function filterKeys(filter: RecordFilter): (keyof RecordFilter)[] {
	// The keys of a RecordFilter are those of FILTERS.
	return (Object.keys(FILTERS) as (keyof RecordFilter)[]).filter((key) => filter[key] !== undefined);
}

function filterValues({ query, ...lists }: RecordFilter): Record<string, string> {
	const values = Object.entries(lists).map(([key, list]) => [key, JSON.stringify(list ?? [])]);
	return { ...Object.fromEntries(values), ...(query === undefined ? {} : { query: fold(query) }) };
}
