/** The end of a job that makes a revision: written in the transaction of the revision's head move. */
import { errors } from '../../errors.ts';
import type { Connection } from '../../sqlite/connection.ts';
import { PROJECT_OF_OUTCOME } from './statements.ts';

const JOB = 'SELECT status, holder FROM jobs WHERE uuid = ?';
const SUCCEED = `
  UPDATE jobs
  SET status = 'succeeded', outcome = :outcome, ${PROJECT_OF_OUTCOME}, finished_at = :at, holder = NULL, input = NULL,
    stage = 'apply', done = items, total = items
  WHERE uuid = :uuid`;

/** A job, who runs it, and what it returns once its revision is known. */
interface CompletingJob<Revision> {
	readonly uuid: string;
	readonly holder: string;
	outcome(revision: Revision): string;
}

/**
 * Ends the job that made a revision: with it or not at all. Work that its request still waits for is no job: nothing
 * happens.
 *
 * @throws {DssError} cancelled where the job was cancelled, or is no longer its holder's
 */
export function completeJob<Revision>(
	db: Connection,
	{ uuid, holder, ...job }: CompletingJob<Revision>,
	revision: Revision,
): void {
	const found = db.prepare<[string], { status: string; holder: string | null }>(JOB).get(uuid);
	if (found === undefined) return;
	if (found.status !== 'running' || found.holder !== holder) throw errors.cancelled({});
	db.prepare(SUCCEED).run({ uuid, outcome: job.outcome(revision), at: new Date().toISOString() });
}
