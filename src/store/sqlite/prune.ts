/** Retention: removes revisions that are no longer to be kept, and the rows that only they held. */

import type { Connection } from '../../sqlite/connection.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { Retention } from '../port.ts';

/**
 * Kept whatever the retention is: head; what another instance is known to have taken in, and what was taken in from
 * each, since the next merge with it begins there; the last import of a foreign file, for the same reason.
 */
const FORGET_REVISIONS = `
  DELETE FROM revisions
  WHERE project = :project AND number < :head
    AND ((:keep IS NOT NULL AND number <= :head - :keep) OR (:before IS NOT NULL AND at < :before))
    AND number NOT IN (SELECT revision FROM seen_by WHERE project = :project)
    AND number NOT IN (
      SELECT max(number) FROM revisions WHERE project = :project AND origin IS NOT NULL
      GROUP BY origin, origin_instance)`;

/** A batch of rows that no revision holds, in the order of the primary key. */
const UNHELD = `
  SELECT kind, uuid, valid_from
  FROM records AS r
  WHERE project = :project AND (kind, uuid, valid_from) > (:kind, :uuid, :valid_from) AND valid_to IS NOT NULL
    AND ${unlessStopped('uuid')} AND NOT EXISTS (
      SELECT 1 FROM revisions AS v WHERE v.project = :project AND v.number >= r.valid_from AND v.number < r.valid_to)
  ORDER BY kind, uuid, valid_from
  LIMIT 1000`;
const FORGET_ROW = 'DELETE FROM records WHERE project = ? AND kind = ? AND uuid = ? AND valid_from = ?';
const FORGET_DECLINED_CHANGES = `
  DELETE FROM declined_changes
  WHERE project = :project AND revision NOT IN (SELECT number FROM revisions WHERE project = :project)`;

/** Prunes a project in short transactions; its lease must be held. Returns how many revisions were removed. */
export async function pruneHistory(
	db: Connection,
	{ project, head }: { project: number; head: number },
	{ revisions, before }: Retention,
	pause: () => Promise<void>,
): Promise<number> {
	const forgotten = db.prepare(FORGET_REVISIONS).run({ project, head, keep: revisions, before }).changes;
	if (forgotten === 0) return 0;
	const unheld = db.prepare<object, { kind: number; uuid: string; valid_from: number }>(UNHELD);
	const forget = db.prepare(FORGET_ROW);
	let after = { kind: 0, uuid: '', valid_from: 0 };
	for (;;) {
		const rows = unheld.all({ project, ...after });
		const last = rows.at(-1);
		if (last === undefined) break;
		db.transaction(() => {
			for (const { kind, uuid, valid_from } of rows) forget.run(project, kind, uuid, valid_from);
		}).immediate();
		after = last;
		await pause();
	}
	db.prepare(FORGET_DECLINED_CHANGES).run({ project });
	return forgotten;
}
