/** Writing the rows of a project's next revision in short batches beyond head. */
import type { Statement } from 'better-sqlite3';
import { takeWithin } from '../../records/bounded.ts';
import type { Connection } from '../../sqlite/connection.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { Checkpoint } from '../port.ts';

/** Rows a transaction: the write lock is held for some 15 ms, measured; others come in between. */
const BATCH = 2_000;
/** Bytes a transaction: of large records fewer rows are written at once. */
const BATCH_BYTES = 4_000_000;

const IN_BATCH = '(d.kind, d.uuid) > (:kind, :uuid) AND (d.kind, d.uuid) <= (:lastKind, :lastUuid)';

/** Ends the rows that the next revision no longer holds. */
const END_ROWS = `
  UPDATE records SET valid_to = :next
  WHERE project = :project AND valid_to IS NULL
    AND (kind, uuid) IN (SELECT d.kind, d.uuid FROM temp.differences AS d WHERE d.change <> 1 AND ${IN_BATCH})`;

const INSERT_ROWS = `
  INSERT INTO records
    (project, kind, uuid, valid_from, valid_to, theme, name, theme_group, theme_order, type, version, hash,
     reference_list, line)`;

const BEGIN_CHANGED_ROWS = `${INSERT_ROWS}
  SELECT :project, s.kind, s.uuid, :next, NULL, s.theme, s.name, s.theme_group, s.theme_order, s.type, s.version,
    s.hash, s.reference_list, s.line
  FROM temp.differences AS d
  CROSS JOIN temp.staged AS s ON s.kind = d.kind AND s.uuid = d.uuid
  WHERE d.change <> 3 AND ${IN_BATCH} AND ${unlessStopped('d.uuid')}
  ORDER BY d.kind, d.uuid`;

/** In a new project everything is added: there are no differences to go by. */
const BEGIN_ALL_ROWS = `${INSERT_ROWS}
  SELECT :project, d.kind, d.uuid, :next, NULL, d.theme, d.name, d.theme_group, d.theme_order, d.type, d.version,
    d.hash, d.reference_list, d.line
  FROM temp.staged AS d
  WHERE ${IN_BATCH} AND ${unlessStopped('d.uuid')}
  ORDER BY d.kind, d.uuid`;

/** Part of the first batch's transaction: what a crash leaves from here on is swept. */
const MARK_WRITING = 'UPDATE leases SET writing = 1 WHERE project_uuid = ? AND holder = ?';

const WRITE_DECLINED_CHANGES = `
  INSERT INTO declined_changes (project, kind, uuid, revision, hash, line)
  SELECT :project, kind, uuid, :next, hash, line FROM temp.declines WHERE ${unlessStopped('uuid')}`;

export interface RowsToWrite {
	/** The project's id. */
	readonly project: number;
	readonly next: number;
	/** Whether all that is staged is written: the project is new. */
	readonly isNew: boolean;
	readonly lease: { readonly projectUuid: string; readonly holder: string };
}

/** The rows that are written, `d`, each with its line. */
const source = (isNew: boolean) =>
	isNew
		? 'temp.staged AS d'
		: 'temp.differences AS d LEFT JOIN temp.staged AS s ON s.kind = d.kind AND s.uuid = d.uuid';

/** The key of the last row of a full batch. */
const lastOf = (isNew: boolean) => `
  SELECT d.kind, d.uuid FROM ${isNew ? 'temp.staged' : 'temp.differences'} AS d
  WHERE (d.kind, d.uuid) > (:kind, :uuid)
  ORDER BY d.kind, d.uuid
  LIMIT 1 OFFSET ${BATCH - 1}`;
const bytesOf = (isNew: boolean) => `
  SELECT count(*) AS n, sum(octet_length(line)) AS bytes FROM ${source(isNew)} WHERE ${IN_BATCH}`;
/** Of a batch with too many bytes, rows one by one. */
const sizesOf = (isNew: boolean) => `
  SELECT d.kind, d.uuid, octet_length(line) AS bytes
  FROM ${source(isNew)}
  WHERE ${IN_BATCH}
  ORDER BY d.kind, d.uuid`;

/** Everything is before it: uuids are of [0-9a-f-]. */
const BEYOND = { kind: 9, uuid: '~' };

interface Key {
	readonly kind: number;
	readonly uuid: string;
}

/** Cuts what is written into batches. */
class Batches {
	readonly #last: Statement<[object], Key>;
	readonly #bytes: Statement<[object], { n: number; bytes: number | null }>;
	readonly #sizes: Statement<[object], Key & { bytes: number | null }>;

	constructor(db: Connection, isNew: boolean) {
		this.#last = db.prepare(lastOf(isNew));
		this.#bytes = db.prepare(bytesOf(isNew));
		this.#sizes = db.prepare(sizesOf(isNew));
	}

	/** The batch behind a key: where it ends, and how many rows it has. */
	after(from: Key): { last: Key; rows: number } {
		const last = this.#last.get(from) ?? BEYOND;
		const range = { ...from, lastKind: last.kind, lastUuid: last.uuid };
		const { n = 0, bytes = 0 } = this.#bytes.get(range) ?? {};
		if ((bytes ?? 0) <= BATCH_BYTES) return { last, rows: n };
		const sizes = this.#sizes.iterate(range);
		const { items } = takeWithin(sizes, { limit: BATCH, maxBytes: BATCH_BYTES }, (row) => row.bytes ?? 0);
		return { last: items.at(-1) ?? last, rows: items.length };
	}
}

/**
 * Writes rows of revision `next`: the differences, or in a new project all that is staged, in the order of the
 * primary key, so that new rows lie one behind the other. `checkpoint` is called between batches and may throw.
 */
export async function writeRows(db: Connection, rows: RowsToWrite, checkpoint: Checkpoint): Promise<void> {
	const { project, next, isNew, lease } = rows;
	const end = isNew ? null : db.prepare(END_ROWS);
	const begin = db.prepare(isNew ? BEGIN_ALL_ROWS : BEGIN_CHANGED_ROWS);
	const mark = db.prepare(MARK_WRITING);
	const batches = new Batches(db, isNew);
	const table = isNew ? 'temp.staged' : 'temp.differences';
	// pluck() returns the count.
	const total = db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
	let from: Key = { kind: 0, uuid: '' };
	for (let done = 0; done < total; ) {
		const batch = batches.after(from);
		const { kind: lastKind, uuid: lastUuid } = batch.last;
		const range = { project, next, kind: from.kind, uuid: from.uuid, lastKind, lastUuid };
		db.transaction(() => {
			if (done === 0) mark.run(lease.projectUuid, lease.holder);
			end?.run(range);
			begin.run(range);
		}).immediate();
		from = batch.last;
		done += batch.rows;
		await checkpoint(done, total);
	}
}

/** Writes what the next revision was offered and did not take. */
export function writeDeclinedChanges(db: Connection, at: { project: number; next: number }): void {
	db.prepare(WRITE_DECLINED_CHANGES).run(at);
}
