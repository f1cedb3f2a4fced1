/** The merged whole: what is ours, and what was decided. */
import { takeWithin, textBytes } from '../../records/bounded.ts';
import type { Connection } from '../../sqlite/connection.ts';
import { kindNumber, kindOf } from '../../sqlite/kinds.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { Fork, MergedRecords, Sides } from '../port.ts';
import { nameIndexOf, RECORD_COLUMNS, STAGED } from '../tables.ts';
import { DECLINE_KEPT } from './open-cases.ts';

const UNSTAGE_LOCAL = `
  DELETE FROM temp.staged
  WHERE (kind, uuid) IN (SELECT kind, uuid FROM temp.cases WHERE take = 'local' AND ${unlessStopped('uuid')})`;
export const STAGE_THE_REST = `
  INSERT INTO temp.staged (${RECORD_COLUMNS})
  SELECT ${RECORD_COLUMNS}
  FROM temp.here AS l
  WHERE ${unlessStopped('l.uuid')}
    AND NOT EXISTS (SELECT 1 FROM temp.staged AS s WHERE s.kind = l.kind AND s.uuid = l.uuid)
    AND NOT EXISTS (
      SELECT 1 FROM temp.cases AS c WHERE c.kind = l.kind AND c.uuid = l.uuid AND c.take = 'imported')`;

const DIFFERS_FROM_IMPORT = `
  SELECT EXISTS (SELECT 1 FROM temp.cases WHERE take <> 'imported' AND ${unlessStopped('uuid')})
    OR EXISTS (SELECT 1 FROM temp.pairs WHERE chosen <> theirs AND ${unlessStopped('theirs')})
    OR (SELECT count(*) FROM temp.staged) <> :records`;

const ANY_FORK = 'SELECT EXISTS (SELECT 1 FROM temp.forks)';

const FORKS = `
  SELECT kind, uuid, theme, name, hash, line
  FROM temp.forks
  WHERE kind = :kind AND uuid > :after
  ORDER BY uuid
  LIMIT :limit`;

/** Makes the staged records the merged whole. */
export function applyDecisions(db: Connection, { overlay }: Sides): void {
	db.transaction(() => {
		if (overlay) db.prepare(DECLINE_KEPT).run();
		db.prepare(UNSTAGE_LOCAL).run();
		db.prepare(STAGE_THE_REST).run();
		// Names for forks are looked for by it.
		if (db.prepare(ANY_FORK).pluck().get() === 1) db.exec(nameIndexOf(STAGED));
	})();
}

/** Whether the merged whole is what an import of so many records holds. */
export function isImported(db: Connection, records: number): boolean {
	return db.prepare(DIFFERS_FROM_IMPORT).pluck().get({ records }) === 0;
}

/** The next forks of a kind. */
export function forks(db: Connection, ...[kind, page]: Parameters<MergedRecords['forks']>): Fork[] {
	const rows = db
		.prepare<object, Omit<Fork, 'kind'> & { kind: number }>(FORKS)
		.iterate({ kind: kindNumber(kind), after: page.after ?? '', limit: page.limit });
	const { items } = takeWithin(rows, page, ({ line }) => textBytes(line));
	return items.map((row) => ({ ...row, kind: kindOf(row.kind) }));
}
