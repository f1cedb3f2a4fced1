/** Fuzzes for a given time: npm run fuzz -- --seconds 600 */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { startService } from '../support/service.ts';
import { mutatedArchives, randomRequests } from './properties.ts';

const { values } = parseArgs({
	options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } },
});
let seed = Number(values.seed ?? Date.now());
let runs = 0;

await using service = await startService();
const end = Date.now() + Number(values.seconds) * 1000;
while (Date.now() < end) {
	for (const property of [mutatedArchives(service.url), randomRequests(service.url)]) {
		console.log(`seed ${seed}, ${Math.max(0, Math.round((end - Date.now()) / 1000))} s left`);
		const result = await fc.check(property, { numRuns: 1_000, seed });
		runs += result.numRuns;
		if (result.failed) {
			console.error(fc.defaultReportMessage(result));
			process.exitCode = 1;
			break;
		}
	}
	if (process.exitCode === 1) break;
	seed++;
}
console.log(`${runs} runs`);
