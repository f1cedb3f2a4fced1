import { test } from 'tap';
import { send } from '../support/http.ts';
import { metric } from '../support/metrics.ts';
import { assertHolds } from '../support/property.ts';
import { serviceFor } from '../support/service.ts';
import { spoolCount } from '../support/spool.ts';
import { FUZZED, MAX_RESIDENT_BYTES } from './table.ts';

const SEED = Number(process.env['DSS_PROPERTY_SEED'] ?? 42);

test('fuzzing, briefly (npm run fuzz does it for long)', async (t) => {
	const service = await serviceFor(t, { env: { DSS_UPLOAD_IDLE_MS: '1000' } });
	for (const { what, property, runs } of FUZZED) {
		t.test(what, async (t) => {
			await assertHolds(t, property(service.url), { numRuns: runs, seed: SEED });
			t.equal((await send(`${service.url}/readyz`)).status, 200);
			// What a request has left that its client ended is removed when its work has noticed.
			t.equal(await spoolCount(service, 0), 0);
			t.ok(
				(await metric(service, 'process_resident_memory_bytes')) < MAX_RESIDENT_BYTES,
				'memory is bounded',
			);
		});
	}
});
