/** Bookkeeping for records that come without their own: edits, and formats that know no versions. */
import { canonicalJson } from '../../records/canonical.ts';
import { isJsonObject } from '../../records/json.ts';
import type { Connection } from '../../sqlite/connection.ts';

/** The added and changed records, each with its line at the revision where there is one. */
const DIFFERENT = `
  SELECT s.kind, s.uuid, s.line, live.line AS before
  FROM temp.differences AS d
  CROSS JOIN temp.staged AS s ON s.kind = d.kind AND s.uuid = d.uuid
  LEFT JOIN records AS live ON live.project = :project AND live.kind = d.kind AND live.uuid = d.uuid
    AND live.valid_from <= :revision AND (live.valid_to IS NULL OR live.valid_to > :revision)
  WHERE d.change <> 3 AND (d.kind, d.uuid) > (:kind, :uuid)
  ORDER BY d.kind, d.uuid
  LIMIT 1000`;

const STAMP = 'UPDATE temp.staged SET line = :line, version = :version WHERE kind = :kind AND uuid = :uuid';

interface DifferentRow {
	readonly kind: number;
	readonly uuid: string;
	readonly line: string;
	readonly before: string | null;
}

export function restampStaged(
	db: Connection,
	project: number | null,
	ask: { revision: number | null; version: number; at: string },
): void {
	const different = db.prepare<object, DifferentRow>(DIFFERENT);
	const stamp = db.prepare(STAMP);
	let after = { kind: 0, uuid: '' };
	for (;;) {
		const rows = different.all({ project, revision: ask.revision, ...after });
		const last = rows.at(-1);
		if (last === undefined) return;
		db.transaction(() => {
			for (const { kind, uuid, line, before } of rows) {
				const createdAt = before === null ? ask.at : createdAtOf(before);
				const stamped = { ...parse(line), createdAt, updatedAt: ask.at, version: ask.version };
				stamp.run({ kind, uuid, version: ask.version, line: canonicalJson(sortTop(stamped)) });
			}
		})();
		after = { kind: last.kind, uuid: last.uuid };
	}
}

function createdAtOf(line: string): unknown {
	return parse(line)['createdAt'];
}

function parse(line: string): Record<string, unknown> {
	const value: unknown = JSON.parse(line);
	if (!isJsonObject(value)) throw new TypeError('a stored line is not an object');
	return value;
}

/** Brings the members in order, so that the canonical form takes its fast path. */
function sortTop(record: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
