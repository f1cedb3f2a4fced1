/** Who may write a project. */
import { errors } from '../../errors.ts';
import type { Connection } from '../../sqlite/connection.ts';
import { sweepBeyondHead } from './sweep.ts';

const TAKE = 'INSERT OR IGNORE INTO leases (project_uuid, holder) VALUES (?, ?)';
const HELD = 'SELECT 1 FROM leases WHERE project_uuid = ?';
const GIVE_BACK = 'DELETE FROM leases WHERE project_uuid = ?';
const GIVE_BACK_OF = 'DELETE FROM leases WHERE project_uuid = ? AND holder = ?';
const HELD_BY = 'SELECT writing FROM leases WHERE project_uuid = ? AND holder = ?';
const ALL_OF = 'SELECT project_uuid FROM leases WHERE holder = ?';

/** Takes the sole right to write a project. @throws {DssError} project_busy */
export function takeLease(db: Connection, projectUuid: string, holder: string): void {
	if (db.prepare(TAKE).run(projectUuid, holder).changes === 0) throw busy(projectUuid);
}

/** @throws {DssError} project_busy where somebody has it */
export function assertFree(db: Connection, projectUuid: string): void {
	if (db.prepare(HELD).get(projectUuid) !== undefined) throw busy(projectUuid);
}

/** Gives the right back; part of the transaction that shows what was written. */
export function giveBack(db: Connection, projectUuid: string): void {
	db.prepare(GIVE_BACK).run(projectUuid);
}

/**
 * Removes what stands beyond head, if anything was written there, and gives the right back, if `holder` still has it:
 * after a finished write it went back with the head move, and may be another's by now.
 */
export async function releaseLease(db: Connection, projectUuid: string, holder: string): Promise<void> {
	// pluck() returns the column, or undefined where there is no row.
	const writing = db.prepare(HELD_BY).pluck().get(projectUuid, holder) as number | undefined;
	if (writing === undefined) return;
	await sweepBeyondHead(db, projectUuid, writing === 1);
	db.prepare(GIVE_BACK_OF).run(projectUuid, holder);
}

/** Releases everything that a holder has. */
export async function releaseAll(db: Connection, holder: string): Promise<void> {
	// pluck() returns the first column of each row.
	const projects = db.prepare(ALL_OF).pluck().all(holder) as string[];
	for (const projectUuid of projects) await releaseLease(db, projectUuid, holder);
}

function busy(projectUuid: string): Error {
	return errors.projectBusy({ project_id: projectUuid, retry_after: 1 });
}
