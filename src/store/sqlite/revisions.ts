/** Statements on revisions, shared by readers and workers. */
import { REVISION_COLUMNS } from './rows.ts';

export const INSTANCE = 'SELECT uuid FROM instance';

/** By the unique index of `projects` and the primary key of `revisions`. */
export const REVISION = `
  SELECT ${REVISION_COLUMNS}
  FROM projects AS p
  CROSS JOIN revisions AS r ON r.project = p.id
  WHERE p.uuid = :project AND p.head > 0
    AND r.number = coalesce(:number, p.head) AND r.number <= p.head`;

/** Newest first, in the order of the primary key: nothing is sorted. */
export const REVISIONS = `
  SELECT ${REVISION_COLUMNS}
  FROM projects AS p
  CROSS JOIN revisions AS r ON r.project = p.id
  WHERE p.uuid = :project AND r.number <= p.head AND r.number < :before
  ORDER BY r.number DESC
  LIMIT :limit`;
