/** Merging 3,000 imported tokens into 5,000 local ones, a third of each changed, against joins and rows alone. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { sha256 } from '../src/records/canonical.ts';
import { Instance } from '../test/support/instance.ts';
import { makeFolder } from '../test/support/service.ts';
import { figure, peakMemory, ratioFigure } from './figures.ts';
import { benchTokens, THEME } from './tokens.ts';

const { values } = parseArgs({
	options: {
		local: { type: 'string', default: '5000' },
		imported: { type: 'string', default: '3000' },
		rounds: { type: 'string', default: '9' },
		/** One record in so many is changed on each side. */
		every: { type: 'string', default: '3' },
	},
});
const [local, imported, rounds, every] = [values.local, values.imported, values.rounds, values.every].map(
	Number,
);
if (!local || !imported || !rounds || !every) throw new Error('the options are numbers');

const tokens = benchTokens(local).map(({ line }) => {
	const { version: _v, createdAt: _c, updatedAt: _u, ...content } = JSON.parse(line);
	return content;
});
const changed = (from: number, count: number, word: string) =>
	tokens
		.slice(0, count)
		.filter((_, index) => index % every === from)
		.map((token) => ({ ...token, description: word }));

const floors: number[] = [];
const merges: number[] = [];
const wholes: number[] = [];
let conflicts = 0;
for (let round = -2; round < rounds; round++) {
	await using a = await Instance.make();
	await using b = await Instance.make();
	const { projectUuid } = await a.create('Bench');
	const themes = [{ uuid: THEME, name: 'base' }];
	await a.edit(projectUuid, { themes, tokens: tokens.slice(0, imported) });
	await b.import(await a.export(projectUuid));
	await b.edit(projectUuid, { tokens: changed(0, imported, 'theirs') });
	await a.edit(projectUuid, { tokens: [...tokens.slice(imported), ...changed(1, imported, 'ours')] });
	const archive = await b.export(projectUuid);
	const begun = performance.now();
	const { counts, durations } = await a.timedMerge(projectUuid, archive);
	const whole = performance.now() - begun;
	const floor = await floorOf();
	conflicts = counts.conflicts;
	if (round < 0) continue;
	wholes.push(whole);
	merges.push((durations.apply ?? 0) * 1000);
	floors.push(floor);
}
console.log(
	`merge of ${imported} into ${local} tokens, one in ${every} changed on each side, ${conflicts} conflicts`,
);
console.log(`merge   floor    ${figure(floors)}`);
console.log(`merge   service  ${figure(merges)}   ratio ${ratioFigure(merges, floors)}   target 3.0`);
console.log(
	`merge   with reading and checking the archive  ${figure(wholes)}   ratio ${ratioFigure(wholes, floors)}`,
);
console.log(`memory  ${peakMemory(process.pid)} MB at its peak`);

/** Two hash joins of the imported rows, with the local and with the base ones, and the changed rows written. */
async function floorOf(): Promise<number> {
	const folder = await makeFolder();
	const db = new Database(join(folder, 'floor.db'));
	try {
		db.pragma('journal_mode = WAL');
		db.pragma('synchronous = NORMAL');
		for (const table of ['base', 'local', 'imported'])
			db.exec(`CREATE TABLE ${table} (uuid TEXT PRIMARY KEY, hash TEXT, line TEXT) WITHOUT ROWID`);
		const fill = (table: string, rows: readonly { uuid: string }[]) => {
			const insert = db.prepare(`INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?)`);
			db.transaction(() => {
				for (const row of rows) insert.run(row.uuid, sha256(JSON.stringify(row)), JSON.stringify(row));
			})();
		};
		fill('base', tokens.slice(0, imported));
		fill('local', tokens);
		fill('local', changed(1, imported ?? 0, 'ours'));
		fill('imported', tokens.slice(0, imported));
		fill('imported', changed(0, imported ?? 0, 'theirs'));
		const begun = performance.now();
		db.exec(`
			CREATE TEMP TABLE differences AS
			SELECT i.uuid FROM imported AS i LEFT JOIN local AS l USING (uuid) LEFT JOIN base AS b USING (uuid)
			WHERE i.hash IS NOT l.hash AND i.hash IS NOT b.hash`);
		db.exec('INSERT OR REPLACE INTO local SELECT i.* FROM differences JOIN imported AS i USING (uuid)');
		return performance.now() - begun;
	} finally {
		db.close();
		await rm(folder, { recursive: true });
	}
}
