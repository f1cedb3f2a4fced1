import { errors } from '../../errors.ts';
import type { Connection } from '../../sqlite/connection.ts';

const JOB = 'SELECT status, holder FROM jobs WHERE uuid = ?';
const FINISH = `
  UPDATE jobs
  SET status = 'succeeded', outcome = :outcome, finished_at = :at, holder = NULL, input = NULL,
    stage = 'apply', done = items, total = items
  WHERE uuid = :uuid`;

/**
 * Ends a job inside the transaction that shows its revision: with it or not at all. Work that its request still waits
 * for is no job; then nothing changes.
 *
 * @throws {DssError} cancelled where the job is not this run's any more
 */
export function finishJob(
	db: Connection,
	{ uuid, holder }: { readonly uuid: string; readonly holder: string },
	outcome: () => string,
): void {
	const job = db.prepare<[string], { status: string; holder: string | null }>(JOB).get(uuid);
	if (job === undefined) return;
	if (job.status !== 'running' || job.holder !== holder) throw errors.cancelled({});
	db.prepare(FINISH).run({ uuid, outcome: outcome(), at: new Date().toISOString() });
}
