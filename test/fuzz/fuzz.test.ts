import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { send } from '../support/http.ts';
import { assertHolds } from '../support/property.ts';
import { serviceFor } from '../support/service.ts';
import { mutatedArchives, randomRequests } from './properties.ts';

const SEED = Number(process.env['DSS_PROPERTY_SEED'] ?? 42);

test('fuzzing, briefly (npm run fuzz does it for long)', async (t) => {
	const service = await serviceFor(t);
	for (const [what, property, numRuns] of [
		['a mutated archive is the original or a problem document', mutatedArchives, 400],
		['random requests are never answered 5xx', randomRequests, 400],
	] as const) {
		t.test(what, async (t) => {
			await assertHolds(t, property(service.url), { numRuns, seed: SEED });
			t.equal((await send(`${service.url}/readyz`)).status, 200);
			t.strictSame(readdirSync(join(service.dataDir, 'spool')), []);
		});
	}
});
