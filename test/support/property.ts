/** Properties over random input, as assertions of a test. */
import fc from 'fast-check';
import type { Test } from 'tap';

export interface PropertyOptions {
	readonly numRuns: number;
	readonly seed: number;
}

/**
 * Asserts that a property holds in all runs. The property itself throws where it does not hold, so that fast-check can
 * shrink the input: it uses node:assert, since an assertion of tap reports and goes on.
 */
export async function assertHolds(
	t: Test,
	property: fc.IAsyncProperty<unknown>,
	{ numRuns, seed }: PropertyOptions,
): Promise<void> {
	const result = await fc.check(property, { numRuns, seed });
	const report = fc.defaultReportMessage(result);
	t.equal(result.failed, false, `holds with DSS_PROPERTY_SEED=${seed}`, { report });
	if (!result.failed) t.equal(result.numRuns, numRuns, `${numRuns} runs`);
}
