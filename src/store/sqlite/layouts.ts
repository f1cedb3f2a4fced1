/** Revisions laid out in a staging on the same connection: TEMP VIEWs over the rows, which cost nothing. */
import type { Connection } from '../../sqlite/connection.ts';

/**
 * A view has no parameters: both numbers are integers of ours. Statements that join it find rows by the primary key of
 * `records` (project, kind, uuid, valid_from).
 */
const recordsAt = (name: 'here' | 'base', project: number, revision: number) => `
  DROP VIEW IF EXISTS temp.${name};
  CREATE TEMP VIEW ${name} AS
  SELECT kind, uuid, theme, name, theme_group, theme_order, type, version, hash, reference_list, line
  FROM main.records
  WHERE project = ${integer(project)} AND valid_from <= ${integer(revision)}
    AND (valid_to IS NULL OR valid_to > ${integer(revision)});`;

const declinedOf = (project: number) => `
  DROP VIEW IF EXISTS temp.declined;
  CREATE TEMP VIEW declined AS
  SELECT kind, uuid, revision, hash, line FROM main.declined_changes WHERE project = ${integer(project)};`;

/** Makes the view of a revision; revision 0 holds nothing. */
export function layOutRecords(
	db: Connection,
	name: 'here' | 'base',
	at: { project: number; revision: number },
): void {
	db.exec(recordsAt(name, at.project, at.revision));
}

export function layOutDeclinedChanges(db: Connection, project: number): void {
	db.exec(declinedOf(project));
}

function integer(number: number): number {
	if (!Number.isSafeInteger(number)) throw new RangeError(`${number} is not an integer`);
	return number;
}
