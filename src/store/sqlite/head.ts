/** Head moves: a project's next revision is shown in one small transaction, which survives a power cut. */
import type { Connection } from '../../sqlite/connection.ts';
import type { JobMark, NextRevision, Revision } from '../port.ts';
import { giveBack } from './lease.ts';
import { REVISION } from './revisions.ts';
import { fromNext, type RevisionRow, toRevision } from './rows.ts';

const INSERT_REVISION = `
  INSERT INTO revisions
    (project, number, cause, message, author, at, name, description, metadata, created_at, updated_at,
     themes, tokens, components, added, changed, removed, lamport, sync, origin, origin_project,
     origin_instance, origin_revision, faulty_references)
  VALUES
    (:project, :number, :cause, :message, :author, :at, :name, :description, :metadata, :created_at, :updated_at,
     :themes, :tokens, :components, :added, :changed, :removed, :lamport, :sync, :origin, :origin_project,
     :origin_instance, :origin_revision, :faulty_references)`;

const MOVE_HEAD = 'UPDATE projects SET head = :number WHERE id = :project';

/**
 * Ends the job that made a revision, in the transaction of its head move: with it or not at all. The queue's adapter
 * provides it.
 *
 * @throws {DssError} cancelled where the job makes no revision any more
 */
export type CompleteJob = (db: Connection, job: JobMark, revision: Revision) => void;

/** How many records a revision holds, and how many of them are other than before. */
export type Figures = Record<'themes' | 'tokens' | 'components' | 'added' | 'changed' | 'removed', number>;

/** Shows revision `number`: its row, the new head, and the lease given back, in one transaction. */
export function moveHead(
	db: Connection,
	{ project, projectUuid }: { project: number; projectUuid: string },
	number: number,
	next: NextRevision,
	figures: Figures,
	completeJob: CompleteJob,
): Revision {
	return flushed(db, () => {
		db.prepare(INSERT_REVISION).run({ project, number, ...fromNext(next), ...figures });
		db.prepare(MOVE_HEAD).run({ project, number });
		giveBack(db, projectUuid);
		// The row that was just inserted.
		const revision = toRevision(
			db.prepare<object, RevisionRow>(REVISION).get({ project: projectUuid, number }) as RevisionRow,
		);
		if (next.job) completeJob(db, next.job, revision);
		return revision;
	});
}

/**
 * Runs a short transaction that is on the disk when it returns. The write-ahead log is one sequential file, so flushing
 * it at this commit flushes all that was written before it, and batches need not flush one by one.
 */
export function flushed<T>(db: Connection, run: () => T): T {
	// The setting counts for whole transactions; within one it would be refused.
	db.pragma('synchronous = FULL');
	try {
		return db.transaction(run).immediate();
	} finally {
		db.pragma('synchronous = NORMAL');
	}
}
