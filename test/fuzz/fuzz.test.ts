import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { send } from '../support/http.ts';
import { metric } from '../support/metrics.ts';
import { assertHolds } from '../support/property.ts';
import { serviceFor } from '../support/service.ts';
import { FUZZED, MAX_RESIDENT_BYTES } from './table.ts';

const SEED = Number(process.env['DSS_PROPERTY_SEED'] ?? 42);

test('fuzzing, briefly (npm run fuzz does it for long)', async (t) => {
	const service = await serviceFor(t, { env: { DSS_UPLOAD_IDLE_MS: '1000' } });
	for (const { what, property, runs } of FUZZED) {
		t.test(what, async (t) => {
			await assertHolds(t, property(service.url), { numRuns: runs, seed: SEED });
			t.equal((await send(`${service.url}/readyz`)).status, 200);
			t.strictSame(readdirSync(join(service.dataDir, 'spool')), []);
			t.ok(
				(await metric(service, 'process_resident_memory_bytes')) < MAX_RESIDENT_BYTES,
				'memory is bounded',
			);
		});
	}
});
