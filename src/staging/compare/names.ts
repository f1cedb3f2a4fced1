/** Names that are in use, and names that several records have. */
import type { Kind } from '../../../schemas/records.ts';
import { takeWithin, textBytes } from '../../records/bounded.ts';
import type { Connection } from '../../sqlite/connection.ts';
import { kindNumber, kindOf } from '../../sqlite/kinds.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { NameClash, PageBounds } from '../port.ts';

/** Whether a name of a kind is in use, by the index by name; a theme's name is taken within its group. */
export const IS_TAKEN: Readonly<Record<Kind, string>> = {
	themes: `
    SELECT EXISTS (SELECT 1 FROM temp.staged WHERE kind = 1 AND name = :name AND theme_group IS :group)`,
	tokens: 'SELECT EXISTS (SELECT 1 FROM temp.staged WHERE kind = 2 AND name = :name)',
	components: 'SELECT EXISTS (SELECT 1 FROM temp.staged WHERE kind = 3 AND name = :name)',
};

/** In the order of the index by name: no sorting. */
const ANY_CLASH = `
  SELECT EXISTS (
    SELECT 1 FROM temp.staged WHERE ${unlessStopped('uuid')}
    GROUP BY kind, name, theme, theme_group HAVING count(*) > 1)`;

const FIND_CLASHES = `
  INSERT INTO temp.clashes (kind, uuid)
  SELECT kind, uuid
  FROM (
    SELECT kind, uuid, row_number() OVER (PARTITION BY kind, name, theme, theme_group ORDER BY uuid) AS place
    FROM temp.staged
    WHERE ${unlessStopped('uuid')})
  WHERE place > 1`;

const CLASHES = `
  SELECT s.kind, s.uuid, s.line, s.name, s.theme_group AS "group"
  FROM temp.clashes AS c
  CROSS JOIN temp.staged AS s ON s.kind = c.kind AND s.uuid = c.uuid
  WHERE (c.kind, c.uuid) > (:kind, :uuid) AND ${unlessStopped('c.uuid')}
  ORDER BY c.kind, c.uuid
  LIMIT :limit`;

/** Whether a name is in use. Names are asked for one by one: those that begin alike can be very many. */
export function isTaken(db: Connection, kind: Kind, name: string, group: string | null): boolean {
	const parameters = { name, ...(kind === 'themes' ? { group } : {}) };
	return db.prepare(IS_TAKEN[kind]).pluck().get(parameters) === 1;
}

/** Notes all but the first of the records that share an identity; returns how many there are. */
export function findClashes(db: Connection): number {
	if (db.prepare(ANY_CLASH).pluck().get() === 0) return 0;
	return db.prepare(FIND_CLASHES).run().changes;
}

/** The next of the records that were noted. */
export function clashes(db: Connection, page: PageBounds): NameClash[] {
	const { after, limit } = page;
	const from = { kind: after === null ? 0 : kindNumber(after.kind), uuid: after?.uuid ?? '' };
	const rows = db
		.prepare<object, Omit<NameClash, 'kind'> & { kind: number }>(CLASHES)
		.iterate({ ...from, limit });
	const { items } = takeWithin(rows, page, ({ line }) => textBytes(line));
	return items.map((row) => ({ ...row, kind: kindOf(row.kind) }));
}
