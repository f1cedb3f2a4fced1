/** Removing rows that nobody will see: what an unfinished write left, and removed projects. */
import type { Connection } from '../../sqlite/connection.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';

/** Rows a transaction: the write lock is held for some 15 ms. */
const BATCH = 2_000;

const PROJECT = 'SELECT id, head FROM projects WHERE uuid = ?';
const LEASES = 'SELECT project_uuid, writing FROM leases';
const FORGET_LEASE = 'DELETE FROM leases WHERE project_uuid = ?';
const HIDDEN = 'SELECT id FROM projects WHERE head = 0';

/** A batch of rows that began or ended beyond head, in the order of the primary key; read without the write lock. */
export const BEYOND_HEAD = `
  SELECT kind, uuid, valid_from
  FROM records
  WHERE project = :id AND (kind, uuid, valid_from) > (:kind, :uuid, :valid_from)
    AND (valid_from > :head OR valid_to > :head) AND ${unlessStopped('uuid')}
  ORDER BY kind, uuid, valid_from
  LIMIT ${BATCH}`;
const REMOVE_ROW = `
  DELETE FROM records
  WHERE project = :id AND kind = :kind AND uuid = :uuid AND valid_from = :valid_from AND valid_from > :head`;
const REOPEN_ROW = `
  UPDATE records SET valid_to = NULL
  WHERE project = :id AND kind = :kind AND uuid = :uuid AND valid_from = :valid_from AND valid_to > :head`;
const DECLINED_BEYOND_HEAD = 'DELETE FROM declined_changes WHERE project = :id AND revision > :head';
const REVISIONS_BEYOND_HEAD = 'DELETE FROM revisions WHERE project = :id AND number > :head';

const SOME_RECORDS = `
  DELETE FROM records
  WHERE (project, kind, uuid, valid_from) IN (
    SELECT project, kind, uuid, valid_from FROM records WHERE project = ? LIMIT ${BATCH})`;
const WHAT_ELSE_IT_HAS = [
	'DELETE FROM declined_changes WHERE project = ?',
	'DELETE FROM seen_by WHERE project = ?',
	'DELETE FROM revisions WHERE project = ?',
	'DELETE FROM projects WHERE id = ?',
];

/**
 * Removes what a write of a project left beyond head, in short transactions; its lease must be held.
 *
 * @param wrote whether anything was written there: looking for it costs a walk over all rows of the project
 */
export async function sweepBeyondHead(db: Connection, projectUuid: string, wrote: boolean): Promise<void> {
	const project = db.prepare<[string], { id: number; head: number }>(PROJECT).get(projectUuid);
	if (project === undefined) return;
	if (project.head === 0) return removeProject(db, project.id);
	if (!wrote) return;
	const some = db.prepare<object, { kind: number; uuid: string; valid_from: number }>(BEYOND_HEAD);
	const remove = db.prepare(REMOVE_ROW);
	const reopen = db.prepare(REOPEN_ROW);
	for (let after = { kind: 0, uuid: '', valid_from: 0 }; ; ) {
		const rows = some.all({ ...project, ...after });
		const last = rows.at(-1);
		if (last === undefined) break;
		db.transaction(() => {
			for (const row of rows) {
				if (remove.run({ ...project, ...row }).changes === 0) reopen.run({ ...project, ...row });
			}
		}).immediate();
		after = last;
		await pause();
	}
	db.transaction(() => {
		db.prepare(DECLINED_BEYOND_HEAD).run(project);
		db.prepare(REVISIONS_BEYOND_HEAD).run(project);
	}).immediate();
}

/** Removes all rows of a project in short transactions; the project must be hidden (head 0). */
export async function removeProject(db: Connection, id: number): Promise<void> {
	const some = db.prepare(SOME_RECORDS);
	while (some.run(id).changes > 0) await pause();
	db.transaction(() => {
		for (const statement of WHAT_ELSE_IT_HAS) db.prepare(statement).run(id);
	}).immediate();
}

/** At start nothing runs yet: every lease is of a dead process, every hidden project is a remainder. */
export async function sweepAll(db: Connection): Promise<number> {
	const leases = db.prepare<[], { project_uuid: string; writing: number }>(LEASES).all();
	for (const { project_uuid: projectUuid, writing } of leases) {
		await sweepBeyondHead(db, projectUuid, writing === 1);
		db.prepare(FORGET_LEASE).run(projectUuid);
	}
	// pluck() returns the first column of each row.
	const hidden = db.prepare(HIDDEN).pluck().all() as number[];
	for (const id of hidden) await removeProject(db, id);
	return leases.length + hidden.length;
}

/** Lets other work of the thread, and other writers, come in between. */
function pause(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
