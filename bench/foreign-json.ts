/**
 * What the slow path of JSON costs: an archive whose lines are not canonical (as Python's `json.dumps` writes them),
 * against the same one in canonical lines; and the memory of an array of 1.x that is read element by element.
 */
import { parseArgs } from 'node:util';
import { ElementReader } from '../src/archive/record-array.ts';
import { readRecord } from '../src/records/check-record.ts';
import { figure, peakMemory, ratioFigure } from './figures.ts';
import { benchTokens } from './tokens.ts';

const { values } = parseArgs({
	options: {
		tokens: { type: 'string', default: '10000' },
		rounds: { type: 'string', default: '11' },
		megabytes: { type: 'string', default: '500' },
	},
});
const count = Number(values.tokens);
const limits = { maxRecordBytes: 1_000_000, maxRecordDepth: 64 };
const place = { entry: 'tokens.jsonl' };

/** The milliseconds of processor time that a run takes. */
function cpu(run: () => void): number {
	const begun = process.cpuUsage();
	run();
	const { user, system } = process.cpuUsage(begun);
	return (user + system) / 1_000;
}

/** A line as `json.dumps` writes it: members in the order of their making, a space behind each comma and colon. */
function dumped(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(dumped).join(', ')}]`;
	if (typeof value !== 'object' || value === null) return JSON.stringify(value);
	const members = Object.entries(value).reverse();
	return `{${members.map(([name, member]) => `${JSON.stringify(name)}: ${dumped(member)}`).join(', ')}}`;
}

const canonical = benchTokens(count).map(({ line }) => line);
const others = canonical.map((line) => dumped(JSON.parse(line)));
const readAll = (lines: readonly string[]) => () => {
	for (const line of lines) readRecord('tokens', line, place, { limits });
};
const times = { parse: [] as number[], canonical: [] as number[], others: [] as number[] };
for (let round = -3; round < Number(values.rounds); round++) {
	const parse = cpu(() => {
		for (const line of others) JSON.parse(line);
	});
	const ours = cpu(readAll(canonical));
	const theirs = cpu(readAll(others));
	if (round < 0) continue;
	times.parse.push(parse);
	times.canonical.push(ours);
	times.others.push(theirs);
}
console.log(`${count} token lines read and checked, processor time; median (min – max)`);
console.log(`JSON.parse alone          ${figure(times.parse)}`);
console.log(`canonical lines           ${figure(times.canonical)}`);
console.log(
	`lines as json.dumps writes ${figure(times.others)}   ratio to canonical ${ratioFigure(times.others, times.canonical)}`,
);

const before = peakMemory(process.pid);
const reader = new ElementReader('tokens', {
	maxBytes: limits.maxRecordBytes,
	maxDepth: limits.maxRecordDepth,
});
const piece = Buffer.from(`${others.slice(0, 700).join(',\n')},\n`);
const pieces = Math.ceil((Number(values.megabytes) * 1e6) / piece.length);
let elements = 0;
const arrayTime = cpu(() => {
	elements += reader.take(Buffer.from('[')).length;
	for (let index = 0; index < pieces; index++) elements += reader.take(piece).length;
	elements += reader.take(Buffer.from('{}]')).length + reader.end().length;
});
console.log(
	`array of ${Math.round((pieces * piece.length) / 1e6)} MB: ${elements} elements in ${(arrayTime / 1_000).toFixed(1)} s, memory ${before} → ${peakMemory(process.pid)} MB`,
);
