/** Fuzzes for a given time: npm run fuzz -- --seconds 600 [--seed 42] [--only headers] */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { send } from '../support/http.ts';
import { metric } from '../support/metrics.ts';
import { startService } from '../support/service.ts';
import { FUZZED, MAX_RESIDENT_BYTES } from './table.ts';

const { values } = parseArgs({
	options: {
		seconds: { type: 'string', default: '60' },
		seed: { type: 'string' },
		/** A word of what is fuzzed. */
		only: { type: 'string', default: '' },
	},
});
let seed = Number(values.seed ?? Date.now());
let runs = 0;
const chosen = FUZZED.filter(({ what }) => what.includes(values.only));

await using service = await startService({ env: { DSS_UPLOAD_IDLE_MS: '1000' } });
const end = Date.now() + Number(values.seconds) * 1000;
const isOver = () => Date.now() >= end || process.exitCode === 1;
const fail = (report: string) => {
	console.error(report);
	process.exitCode = 1;
};
for (; !isOver(); seed++) {
	for (const { what, property } of chosen) {
		if (isOver()) break;
		console.log(`seed ${seed}, ${Math.round((end - Date.now()) / 1000)} s left: ${what}`);
		const result = await fc.check(property(service.url), {
			numRuns: 1_000,
			seed,
			interruptAfterTimeLimit: Math.min(30_000, end - Date.now()),
		});
		runs += result.numRuns;
		if (result.failed) fail(fc.defaultReportMessage(result) ?? 'it does not hold');
		else if ((await send(`${service.url}/readyz`)).status !== 200) fail('the service is not ready');
		else if ((await metric(service, 'process_resident_memory_bytes')) > MAX_RESIDENT_BYTES)
			fail(`the service has more than ${MAX_RESIDENT_BYTES} bytes in memory`);
	}
}
console.log(`${runs} runs`);
