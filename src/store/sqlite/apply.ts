/** Writing a project's next revision: rows in short batches beyond head, then head in one tiny transaction. */
import type { Connection } from '../../sqlite/connection.ts';
import type { Checkpoint, NextRevision, Revision } from '../port.ts';
import { giveBack } from './lease.ts';
import { REVISION } from './reader.ts';
import { fromNext, type RevisionRow, toRevision } from './rows.ts';

/** Rows a transaction: the write lock is held for some 15 ms, measured; others come in between. */
const BATCH = 2_000;

const IN_BATCH = '(d.kind, d.uuid) > (:kind, :uuid) AND (d.kind, d.uuid) <= (:lastKind, :lastUuid)';

/** Ends the rows that the next revision no longer holds. */
const END_ROWS = `
  UPDATE records SET valid_to = :next
  WHERE project = :project AND valid_to IS NULL
    AND (kind, uuid) IN (SELECT d.kind, d.uuid FROM temp.differences AS d WHERE d.change <> 1 AND ${IN_BATCH})`;

const INSERT_ROWS = `
  INSERT INTO records
    (project, kind, uuid, valid_from, valid_to, theme, name, theme_group, theme_order, type, version, hash,
     reference_list, line)`;

const BEGIN_CHANGED_ROWS = `${INSERT_ROWS}
  SELECT :project, s.kind, s.uuid, :next, NULL, s.theme, s.name, s.theme_group, s.theme_order, s.type, s.version,
    s.hash, s.reference_list, s.line
  FROM temp.differences AS d
  CROSS JOIN temp.staged AS s ON s.kind = d.kind AND s.uuid = d.uuid
  WHERE d.change <> 3 AND ${IN_BATCH}
  ORDER BY d.kind, d.uuid`;

/** In a new project everything is added: there are no differences to go by. */
const BEGIN_ALL_ROWS = `${INSERT_ROWS}
  SELECT :project, d.kind, d.uuid, :next, NULL, d.theme, d.name, d.theme_group, d.theme_order, d.type, d.version,
    d.hash, d.reference_list, d.line
  FROM temp.staged AS d
  WHERE ${IN_BATCH}
  ORDER BY d.kind, d.uuid`;

const INSERT_REVISION = `
  INSERT INTO revisions
    (project, number, cause, message, author, at, name, description, metadata, created_at, updated_at,
     themes, tokens, components, added, changed, removed, lamport, sync, origin, origin_project,
     origin_instance, origin_revision)
  VALUES
    (:project, :number, :cause, :message, :author, :at, :name, :description, :metadata, :created_at, :updated_at,
     :themes, :tokens, :components, :added, :changed, :removed, :lamport, :sync, :origin, :origin_project,
     :origin_instance, :origin_revision)`;

const MOVE_HEAD = 'UPDATE projects SET head = :number WHERE id = :project';

/** Everything is beyond any uuid: uuids are of [0-9a-f-]. */
const BEYOND = '~';

/**
 * Writes rows of revision `next`: the differences, or in a new project all that is staged, in the order of the
 * primary key, so that new rows lie one behind the other. `checkpoint` is called between batches and may throw.
 */
export async function writeRows(
	db: Connection,
	{ project, next, isNew }: { project: number; next: number; isNew: boolean },
	checkpoint: Checkpoint,
): Promise<void> {
	const source = isNew ? 'temp.staged' : 'temp.differences';
	const last = db.prepare<object, { kind: number; uuid: string }>(`
    SELECT kind, uuid FROM ${source}
    WHERE (kind, uuid) > (:kind, :uuid)
    ORDER BY kind, uuid
    LIMIT 1 OFFSET ${BATCH - 1}`);
	const end = isNew ? null : db.prepare(END_ROWS);
	const begin = db.prepare(isNew ? BEGIN_ALL_ROWS : BEGIN_CHANGED_ROWS);
	// pluck() answers the count.
	const total = db.prepare(`SELECT count(*) FROM ${source}`).pluck().get() as number;
	let from = { kind: 0, uuid: '' };
	for (let done = 0; done < total; done += BATCH) {
		const to = last.get(from) ?? { kind: 9, uuid: BEYOND };
		const range = { project, next, ...from, lastKind: to.kind, lastUuid: to.uuid };
		db.transaction(() => {
			end?.run(range);
			begin.run(range);
		}).immediate();
		from = to;
		await checkpoint(Math.min(done + BATCH, total), total);
	}
}

const WRITE_DECLINED_CHANGES = `
  INSERT INTO offers (project, kind, uuid, revision, hash, line)
  SELECT :project, kind, uuid, :next, hash, line FROM temp.offered`;

/** Writes what the next revision was offered and did not take. */
export function writeDeclinedChanges(db: Connection, at: { project: number; next: number }): void {
	db.prepare(WRITE_DECLINED_CHANGES).run(at);
}

/**
 * Ends a job in the transaction that shows the revision which it made; the queue's adapter gives it, since its tables
 * are its own.
 */
export type FinishJob = (
	db: Connection,
	run: { readonly uuid: string; readonly holder: string },
	outcome: () => string,
) => void;

/** Shows revision `number`: its row, the new head, and the right to write given back, in one transaction. */
export function moveHead(
	db: Connection,
	{ project, projectUuid }: { project: number; projectUuid: string },
	number: number,
	next: NextRevision,
	figures: Record<'themes' | 'tokens' | 'components' | 'added' | 'changed' | 'removed', number>,
	finishJob: FinishJob | null,
): Revision {
	return db
		.transaction(() => {
			db.prepare(INSERT_REVISION).run({ project, number, ...fromNext(next), ...figures });
			db.prepare(MOVE_HEAD).run({ project, number });
			giveBack(db, projectUuid);
			// The row that was just inserted.
			const revision = toRevision(
				db.prepare<object, RevisionRow>(REVISION).get({ project: projectUuid, number }) as RevisionRow,
			);
			const { job } = next;
			if (job) finishJob?.(db, job, () => job.outcome(revision));
			return revision;
		})
		.immediate();
}
