/** A revision's records as lines, for an export. */

import { MAX_BATCH_BYTES, takeWithin, textBytes } from '../../records/bounded.ts';
import { type Connection, settled } from '../../sqlite/connection.ts';
import { kindNumber } from '../../sqlite/kinds.ts';
import { unlessStopped } from '../../sqlite/stop-flag.ts';
import type { RecordSelection, Store } from '../port.ts';

/** Read at once: 2,000 lines are some 700 KB, unless records are large. */
const BATCH = { limit: 2_000, maxBytes: MAX_BATCH_BYTES };

const AT_REVISION = `
  live.project = (SELECT id FROM projects WHERE uuid = :project) AND live.kind = :kind
    AND live.valid_from <= :revision AND (live.valid_to IS NULL OR live.valid_to > :revision)`;

/** What a criterion asks of a record; a record that has no such thing does not match. */
const CRITERIA: Readonly<Record<keyof RecordSelection, string>> = {
	themes: `iif(live.kind = 1, live.uuid, live.theme) IN (SELECT value FROM json_each(:themes))`,
	tags: `EXISTS (SELECT 1 FROM json_each(live.line, '$.tags') AS t WHERE t.value IN (SELECT value FROM json_each(:tags)))`,
	folders: `live.line ->> '$.folder' IN (SELECT value FROM json_each(:folders))`,
	categories: `live.line ->> '$.category' IN (SELECT value FROM json_each(:categories))`,
	types: `live.type IN (SELECT value FROM json_each(:types))`,
	pathPrefixes: `live.kind = 2 AND EXISTS (
    SELECT 1 FROM json_each(:pathPrefixes) AS p WHERE substr(live.name, 1, length(p.value)) = p.value)`,
	kinds: `iif(live.kind = 1, 'themes', iif(live.kind = 2, 'tokens', 'components')) IN (SELECT value FROM json_each(:kinds))`,
};

/** A token's theme goes with it, chosen or not: without it the token could not be read again. */
const NEEDED_THEME = (conditions: string) => `
  live.kind = 1 AND live.uuid IN (
    SELECT live.theme FROM records AS live
    WHERE ${AT_REVISION.replace(':kind', '2')} AND ${conditions})`;

/** A kind's lines at a revision, ordered by uuid, in batches. */
export function* selectLines(db: Connection, ask: Parameters<Store['lines']>[0]): Generator<string[]> {
	const { selection } = ask;
	const statement = db.prepare<object, { uuid: string; line: string }>(`
    SELECT live.uuid, live.line FROM records AS live
    WHERE ${AT_REVISION} AND live.uuid > :after AND ${unlessStopped('live.uuid')}
      ${selection === null ? '' : `AND (${chosen(selection)})`}
    ORDER BY live.uuid`);
	const parameters = {
		...Object.fromEntries(
			Object.entries(selection ?? {}).map(([key, values]) => [key, JSON.stringify(values)]),
		),
		project: ask.projectUuid,
		kind: kindNumber(ask.kind),
		revision: ask.revision,
	};
	let after = '';
	for (let more = true; more; ) {
		const batch = settled(db, () =>
			takeWithin(statement.iterate({ ...parameters, after }), BATCH, ({ line }) => textBytes(line)),
		);
		const last = batch.items.at(-1);
		if (last === undefined) return;
		yield batch.items.map(({ line }) => line);
		more = batch.more;
		after = last.uuid;
	}
}

function chosen(selection: RecordSelection): string {
	// The keys of a RecordSelection are those of CRITERIA.
	const given = (Object.keys(CRITERIA) as (keyof RecordSelection)[]).filter(
		(key) => selection[key] !== undefined,
	);
	const conditions = given.map((key) => `(${CRITERIA[key]})`).join(' AND ') || 'TRUE';
	return `${conditions} OR (${NEEDED_THEME(conditions)})`;
}
