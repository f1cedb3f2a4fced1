/** How the service answers while a large import runs as a job: health checks and token pages, at a steady pace. */
import { parseArgs } from 'node:util';
import { buildDss, token } from '../test/support/dss-builder.ts';
import { put, send } from '../test/support/http.ts';
import { ended } from '../test/support/jobs.ts';
import { startService } from '../test/support/service.ts';
import { benchArchive, PROJECT } from './archive.ts';
import { peakMemory } from './figures.ts';
import { benchTokens } from './tokens.ts';

const { values } = parseArgs({ options: { tokens: { type: 'string', default: '200000' } } });
const count = Number(values.tokens);
const PACE_MS = 10;

await using service = await startService({
	env: { DSS_MAX_TOKENS: '10000000', DSS_MAX_ARCHIVE_BYTES: '2000000000' },
});
const archive = await benchArchive(benchTokens(count));
const small = buildDss({ tokens: Array.from({ length: 5_000 }, (_, index) => token(index)) });
const { body } = await put(`${service.url}/api/projects/import?project_id=new`, small, 'application/zip');
const page = `${service.url}/api/projects/${body.project_id}/tokens?limit=100`;

const before = peakMemory(service.pid);
const queued = await put(`${service.url}/api/projects/import/background`, archive, 'application/zip');
let running = true;
const begun = performance.now();
const end = ended(service, queued.body.job_id).finally(() => {
	running = false;
});
const health: number[] = [];
const pages: number[] = [];
const probe = async (url: string, times: number[]) => {
	while (running) {
		const asked = performance.now();
		const { status } = await send(url);
		if (status !== 200) throw new Error(`${url} answered ${status}`);
		times.push(performance.now() - asked);
		await new Promise((resolve) => setTimeout(resolve, PACE_MS));
	}
};
const another = async () => {
	const { status } = await put(`${service.url}/api/projects/import?project_id=new`, small, 'application/zip');
	return status;
};
const [job, , , status] = await Promise.all([
	end,
	probe(`${service.url}/healthz`, health),
	probe(page, pages),
	another(),
]);
if (job.status !== 'succeeded' || job.result.project_id !== PROJECT) throw new Error(JSON.stringify(job));
const seconds = ((performance.now() - begun) / 1000).toFixed(1);
console.log(
	`while ${count} tokens are imported as a job (${seconds} s), a small import was answered ${status}`,
);
console.log(`GET /healthz      ${percentiles(health)}   target p99 < 50 ms`);
console.log(`GET 100 tokens    ${percentiles(pages)}   target p99 < 50 ms`);
console.log(`memory  service  ${before} MB before, ${peakMemory(service.pid)} MB at its peak`);

function percentiles(times: readonly number[]): string {
	const sorted = [...times].sort((a, b) => a - b);
	const at = (part: number) =>
		(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0).toFixed(1);
	return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms, of ${times.length}`;
}
