/** Bookkeeping for records that come without their own: edits, and formats that know no versions. */
import { type Bounds, takeWithin, textBytes } from '../../records/bounded.ts';
import { restampedLine } from '../../records/line.ts';
import type { Connection } from '../../sqlite/connection.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';

/** The added and changed records in the order of their keys, each with the time of its making where it was here. */
export const DIFFERENT = `
  SELECT s.kind, s.uuid, s.line, h.line ->> '$.createdAt' AS createdAt
  FROM temp.differences AS d
  CROSS JOIN temp.staged AS s ON s.kind = d.kind AND s.uuid = d.uuid
  LEFT JOIN temp.here AS h ON h.kind = d.kind AND h.uuid = d.uuid
  WHERE d.change <> 3 AND (d.kind, d.uuid) > (:kind, :uuid) AND ${unlessStopped('d.uuid')}
  ORDER BY d.kind, d.uuid
  LIMIT :limit`;

const STAMP = 'UPDATE temp.staged SET line = :line, version = :version WHERE kind = :kind AND uuid = :uuid';

interface DifferentRow {
	readonly kind: number;
	readonly uuid: string;
	readonly line: string;
	readonly createdAt: string | null;
}

/** Stamps the records of `differences`, a batch at a time. */
export function restamp(db: Connection, stamp: { version: number; at: string }, bounds: Bounds): void {
	const { version, at } = stamp;
	const different = db.prepare<object, DifferentRow>(DIFFERENT);
	const write = db.prepare(STAMP);
	let after = { kind: 0, uuid: '' };
	for (;;) {
		const rows = different.iterate({ ...after, limit: bounds.limit + 1 });
		const { items, more } = takeWithin(rows, bounds, ({ line }) => textBytes(line));
		db.transaction(() => {
			for (const { kind, uuid, line, createdAt } of items) {
				const stamped = restampedLine(line, { version, createdAt: createdAt ?? at, updatedAt: at });
				write.run({ kind, uuid, version, line: stamped });
			}
		})();
		const last = items.at(-1);
		if (!more || last === undefined) return;
		after = { kind: last.kind, uuid: last.uuid };
	}
}
