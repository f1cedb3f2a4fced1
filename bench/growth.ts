/**
 * How work grows with its content: each kind at n, 2n and 4n, through every way in that takes it. Twice as much should
 * take at most 2.3 times the processor time, and health checks beside it less than 50 ms; rows above that are marked.
 */
import { parseArgs } from 'node:util';
import { send } from '../test/support/http.ts';
import { type Service, startService } from '../test/support/service.ts';
import { ROWS, type Row } from './growth/kinds.ts';
import type { Cost } from './growth/measure.ts';

const { values } = parseArgs({
	options: {
		/** A part of the names of the kinds or ways in. */
		only: { type: 'string', default: '' },
		/** Makes all sizes smaller, for machines with less time. */
		scale: { type: 'string', default: '1' },
	},
});
const MAX_RATIO = 2.3;
const MAX_HEALTH_MS = 50;
/** Below this, what is constant outweighs what grows. */
const LEAST_CPU_MS = 200;

const COLUMNS = ['kind', 'way in', 'size', 'CPU ms', 'ratio', 'peak MB', 'health p99', 'answer', ''];

function shown({ kind, door }: Row, size: number, cost: Cost, ratio: number | null): string[] {
	const isSlow = ratio !== null && ratio > MAX_RATIO && cost.cpu >= LEAST_CPU_MS;
	const marks = [isSlow ? 'GROWS' : '', cost.health > MAX_HEALTH_MS ? 'WAITS' : ''].filter(
		(mark) => mark !== '',
	);
	return [
		kind,
		door,
		String(size),
		String(cost.cpu),
		ratio === null ? '' : ratio.toFixed(1),
		String(cost.memory),
		cost.health.toFixed(0),
		cost.answer,
		marks.join(' '),
	];
}

async function removeAll({ url }: Service): Promise<void> {
	const { body } = await send(`${url}/api/projects?limit=200`);
	for (const { project_id: id } of body.items) await send(`${url}/api/projects/${id}`, { method: 'DELETE' });
}

const printRow = (cells: readonly string[]) => console.log(`| ${cells.join(' | ')} |`);
const env = { DSS_PROFILE: 'aggressive', DSS_REQUEST_TIMEOUT_MS: '600000', DSS_RATE_LIMIT: '0' };
let marked = 0;
printRow(COLUMNS);
printRow(COLUMNS.map(() => '---'));
for (const row of ROWS) {
	if (!`${row.kind}, ${row.door}`.includes(values.only)) continue;
	// Few that unfold into very many are small already.
	const n = row.n < 100 ? row.n : Math.round(row.n * Number(values.scale));
	await using service = await startService({ env });
	// The first request warms up.
	await row.send(service, n);
	let before: Cost | null = null;
	for (const size of [n, 2 * n, 4 * n]) {
		await removeAll(service);
		const cost = await row.send(service, size);
		const cells = shown(row, size, cost, before && cost.cpu / Math.max(1, before.cpu));
		if (cells.at(-1) !== '') marked++;
		printRow(cells);
		before = cost;
	}
}
console.log(
	`${marked} rows are marked: GROWS where twice as much takes more than ${MAX_RATIO} times as long (from ${LEAST_CPU_MS} ms on), WAITS where the p99 of health checks is above ${MAX_HEALTH_MS} ms.`,
);
