/**
 * How the service answers while three large imports run, beside how it answers when idle: health, readiness, a small
 * write, a page. Prints percentiles and their ratio; the target is a p99 under 50 ms.
 */
import { parseArgs } from 'node:util';
import { buildDss, token } from '../test/support/dss-builder.ts';
import { post, put, send } from '../test/support/http.ts';
import { ended } from '../test/support/jobs.ts';
import { startService } from '../test/support/service.ts';
import { benchArchive } from './archive.ts';
import { peakMemory } from './figures.ts';
import { benchTokens } from './tokens.ts';

const { values } = parseArgs({
	options: {
		tokens: { type: 'string', default: '50000' },
		imports: { type: 'string', default: '3' },
		idle: { type: 'string', default: '10' },
	},
});
const PACE_MS = 20;

await using service = await startService({
	env: {
		DSS_MAX_TOKENS: '10000000',
		DSS_MAX_ARCHIVE_BYTES: '2000000000',
		DSS_REQUEST_TIMEOUT_MS: '600000',
	},
});
const archive = await benchArchive(benchTokens(Number(values.tokens)));
const small = buildDss({ tokens: Array.from({ length: 5_000 }, (_, index) => token(index)) });
const { body } = await put(`${service.url}/api/projects/import?project_id=new`, small, 'application/zip');

const QUESTIONS: Readonly<Record<string, () => Promise<{ status: number }>>> = {
	'GET /healthz': () => send(`${service.url}/healthz`),
	'GET /readyz': () => send(`${service.url}/readyz`),
	'POST /api/projects': () => post(`${service.url}/api/projects`, { name: 'Small' }),
	'GET 100 tokens': () => send(`${service.url}/api/projects/${body.project_id}/tokens?limit=100`),
};

/** Asks each question at a steady pace until something has ended. Answers the times, in milliseconds, sorted. */
async function askWhile(something: Promise<unknown>): Promise<Map<string, number[]>> {
	let running = true;
	const end = something.finally(() => {
		running = false;
	});
	const times = new Map<string, number[]>();
	const asking = Object.entries(QUESTIONS).map(async ([name, ask]) => {
		const own: number[] = [];
		times.set(name, own);
		while (running) {
			const asked = performance.now();
			const { status } = await ask();
			if (status >= 300) throw new Error(`${name} was answered ${status}`);
			own.push(performance.now() - asked);
			await new Promise((resolve) => setTimeout(resolve, PACE_MS));
		}
		own.sort((a, b) => a - b);
	});
	await Promise.all([end, ...asking]);
	return times;
}

const imports = async () => {
	const url = `${service.url}/api/projects/import/background?project_id=new`;
	const [job, ...requests] = await Promise.all(
		Array.from({ length: Number(values.imports) }, (_, index) =>
			put(
				index === 0 ? url : `${service.url}/api/projects/import?project_id=new`,
				archive,
				'application/zip',
			),
		),
	);
	for (const { status } of requests) if (status !== 201) throw new Error(`an import was answered ${status}`);
	const { status } = await ended(service, job?.body.job_id);
	if (status !== 'succeeded') throw new Error(`the job has ${status}`);
};

await askWhile(new Promise((resolve) => setTimeout(resolve, 2_000)));
const idle = await askWhile(new Promise((resolve) => setTimeout(resolve, Number(values.idle) * 1_000)));
const before = peakMemory(service.pid);
const begun = performance.now();
const busy = await askWhile(imports());
const seconds = ((performance.now() - begun) / 1000).toFixed(1);
console.log(
	`${values.imports} imports of ${values.tokens} tokens, ${seconds} s, against idle; target p99 < 50 ms`,
);
for (const [name, times] of busy) {
	const idleTimes = idle.get(name) ?? [];
	const ratio = (at(times, 0.99) / at(idleTimes, 0.99)).toFixed(1);
	console.log(
		`${name.padEnd(19)} idle ${percentiles(idleTimes)}   busy ${percentiles(times)}   p99 × ${ratio}`,
	);
}
console.log(`memory  ${before} MB before, ${peakMemory(service.pid)} MB at its peak`);

function at(sorted: readonly number[], part: number): number {
	return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}

function percentiles(sorted: readonly number[]): string {
	const shown = (part: number) => at(sorted, part).toFixed(1);
	return `p50 ${shown(0.5)} p99 ${shown(0.99)} max ${shown(1)} ms (${sorted.length})`;
}
