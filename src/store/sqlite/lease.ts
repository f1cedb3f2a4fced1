/** Who may write a project, and the sweeping of what an unfinished write left. */
import { errors } from '../../errors.ts';
import type { Connection } from '../../sqlite/connection.ts';

const TAKE = 'INSERT OR IGNORE INTO leases (project_uuid, holder) VALUES (?, ?)';
const GIVE_BACK = 'DELETE FROM leases WHERE project_uuid = ?';
const HELD_BY = 'SELECT 1 FROM leases WHERE project_uuid = ? AND holder = ?';
const ALL_OF = 'SELECT project_uuid FROM leases WHERE holder = ?';
const HELD = 'SELECT project_uuid FROM leases';

const PROJECT = 'SELECT id, head FROM projects WHERE uuid = ?';
const HIDDEN = 'SELECT id FROM projects WHERE head = 0';

const BEYOND_HEAD = `
  DELETE FROM records WHERE project = :id AND valid_from > :head`;
const ENDED_BEYOND_HEAD = `
  UPDATE records SET valid_to = NULL WHERE project = :id AND valid_to > :head`;
const OFFERS_BEYOND_HEAD = 'DELETE FROM offers WHERE project = :id AND revision > :head';
const REVISIONS_BEYOND_HEAD = 'DELETE FROM revisions WHERE project = :id AND number > :head';

const SOME_RECORDS = `
  DELETE FROM records
  WHERE (project, kind, uuid, valid_from) IN (
    SELECT project, kind, uuid, valid_from FROM records WHERE project = ? LIMIT 2000)`;
const ALL_RECORDS = 'DELETE FROM records WHERE project = ?';
const ITS_OFFERS = 'DELETE FROM offers WHERE project = ?';
const SEEN_BY_OTHERS = 'DELETE FROM seen_by WHERE project = ?';
const ITS_REVISIONS = 'DELETE FROM revisions WHERE project = ?';
const ITSELF = 'DELETE FROM projects WHERE id = ?';

/** Takes the sole right to write a project. @throws {DssError} project_busy */
export function takeLease(db: Connection, projectUuid: string, holder: string): void {
	if (db.prepare(TAKE).run(projectUuid, holder).changes === 0) {
		throw errors.projectBusy({ project_id: projectUuid, retry_after: 1 });
	}
}

/**
 * Removes what stands beyond head and gives the right back, if `holder` still has it: after a finished write it went
 * back with the head move, and may be another's by now.
 */
export function releaseLease(db: Connection, projectUuid: string, holder: string): void {
	db.transaction(() => {
		if (db.prepare(HELD_BY).get(projectUuid, holder) !== undefined) sweepAndGiveBack(db, projectUuid);
	}).immediate();
}

/** Releases everything that a holder has. */
export function releaseAll(db: Connection, holder: string): void {
	// pluck() answers the first column of each row.
	const projects = db.prepare(ALL_OF).pluck().all(holder) as string[];
	for (const projectUuid of projects) releaseLease(db, projectUuid, holder);
}

/** Gives the right back; part of the transaction that shows what was written. */
export function giveBack(db: Connection, projectUuid: string): void {
	db.prepare(GIVE_BACK).run(projectUuid);
}

function sweepAndGiveBack(db: Connection, projectUuid: string): void {
	sweep(db, projectUuid);
	giveBack(db, projectUuid);
}

/** At start nothing runs yet: every lease is of a dead process, every hidden project is a remainder. */
export function recoverAll(db: Connection): number {
	// pluck() answers the first column of each row.
	const held = db.prepare(HELD).pluck().all() as string[];
	for (const projectUuid of held) db.transaction(() => sweepAndGiveBack(db, projectUuid)).immediate();
	const hidden = db.prepare(HIDDEN).pluck().all() as number[];
	for (const id of hidden) removeRows(db, id);
	return held.length + hidden.length;
}

/** Removes all rows of a project in short transactions; the project must be hidden (head 0). */
export function removeRows(db: Connection, id: number): void {
	const some = db.prepare(SOME_RECORDS);
	while (some.run(id).changes > 0);
	db.transaction(() => removeProject(db, id)).immediate();
}

function sweep(db: Connection, projectUuid: string): void {
	const project = db.prepare<[string], { id: number; head: number }>(PROJECT).get(projectUuid);
	if (project === undefined) return;
	if (project.head === 0) {
		db.prepare(ALL_RECORDS).run(project.id);
		removeProject(db, project.id);
		return;
	}
	db.prepare(BEYOND_HEAD).run(project);
	db.prepare(ENDED_BEYOND_HEAD).run(project);
	db.prepare(OFFERS_BEYOND_HEAD).run(project);
	db.prepare(REVISIONS_BEYOND_HEAD).run(project);
}

function removeProject(db: Connection, id: number): void {
	for (const statement of [ITS_OFFERS, SEEN_BY_OTHERS, ITS_REVISIONS, ITSELF]) db.prepare(statement).run(id);
}
