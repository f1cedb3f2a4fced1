/** Statements on revisions, shared by readers and workers. */
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import { REVISION_COLUMNS } from './rows.ts';

export const INSTANCE = 'SELECT uuid FROM instance';

/** By the unique index of `projects` and the primary key of `revisions`. */
export const REVISION = `
  SELECT ${REVISION_COLUMNS}
  FROM projects AS p
  CROSS JOIN revisions AS r ON r.project = p.id
  WHERE p.uuid = :project AND p.head > 0
    AND r.number = coalesce(:number, p.head) AND r.number <= p.head`;

/** The key that cursors are signed with. */
export const CURSOR_KEY = "SELECT value FROM keys WHERE name = 'cursors'";

/** Newest first, in the order of the primary key: nothing is sorted. */
export const REVISIONS = `
  SELECT ${REVISION_COLUMNS}
  FROM projects AS p
  CROSS JOIN revisions AS r ON r.project = p.id
  WHERE p.uuid = :project AND r.number <= p.head AND r.number < :before
  ORDER BY r.number DESC
  LIMIT :limit`;

/**
 * A list of them, either way, in the order of the primary key: nothing is sorted, and reading ends with the page. Causes
 * are looked for row by row.
 */
const LISTED = `
  FROM projects AS p
  CROSS JOIN revisions AS r ON r.project = p.id
  WHERE p.uuid = :project AND r.number <= p.head
    AND (:causes IS NULL OR r.cause IN (SELECT value FROM json_each(:causes)))
    AND ${unlessStopped('r.cause')}`;
export const NEWEST_FIRST = `
  SELECT ${REVISION_COLUMNS} ${LISTED} AND (:after IS NULL OR r.number < :after) ORDER BY r.number DESC`;
export const OLDEST_FIRST = `
  SELECT ${REVISION_COLUMNS} ${LISTED} AND r.number > coalesce(:after, 0) ORDER BY r.number`;
export const REVISIONS_TOTAL = `SELECT count(*) ${LISTED}`;
