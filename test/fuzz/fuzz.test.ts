import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { send } from '../support/http.ts';
import { startService } from '../support/service.ts';
import { mutatedArchives, randomRequests } from './properties.ts';

describe('fuzzing, briefly (npm run fuzz does it for long)', () => {
	for (const [what, property, numRuns] of [
		['a mutated archive is the original or a problem document', mutatedArchives, 400],
		['random requests are never answered 5xx', randomRequests, 400],
	] as const) {
		test(what, async (t) => {
			await using service = await startService();
			const seed = Number(process.env['FUZZ_SEED'] ?? Date.now());
			t.diagnostic(`seed ${seed}; run it again with FUZZ_SEED=${seed}`);
			await fc.assert(property(service.url), { numRuns, seed });
			assert.equal((await send(`${service.url}/readyz`)).status, 200);
			assert.deepEqual(readdirSync(join(service.dataDir, 'spool')), []);
		});
	}
});
