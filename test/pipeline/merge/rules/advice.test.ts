import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adviseByClocks, adviseByVersion } from '../../../../src/pipeline/merge/rules/advice.ts';

const now = Date.parse('2026-06-01T12:00:00Z');
const clock = { now, toleranceMs: 5_000, driftMs: 3_600_000 };
const at = (offsetMs: number, version: number | null = null, hash = 'a') => ({
	version,
	updatedAt: new Date(now + offsetMs).toISOString(),
	hash,
});
const HOUR = 3_600_000;

describe('advice without a base', () => {
	for (const [what, local, imported, advice, warned, skew] of [
		['the higher version, whatever the clocks', at(-HOUR, 3), at(0, 2), 'local', false, false],
		['the later time where versions are equal', at(-60_000, 2), at(0, 2), 'imported', false, false],
		['the later time where one has no version', at(0, 2), at(-60_000), 'local', false, false],
		['unknown within the tolerance', at(-5_000), at(0), 'unknown', true, false],
		['a warning beyond the drift threshold', at(-2 * HOUR), at(0), 'imported', true, true],
		['a warning for a time in the future', at(60_000), at(0), 'local', true, true],
		['none for a future within the tolerance', at(4_000), at(-4_000), 'local', false, false],
		['unknown and a warning for two futures close together', at(60_000), at(61_000), 'unknown', true, true],
	] as const) {
		test(what, () => {
			const found = adviseByClocks(local, imported, clock);
			assert.equal(found.advice, advice);
			assert.equal(found.warning !== null, warned);
			assert.equal(found.clockSkew, skew);
		});
	}
});

describe('advice with a base', () => {
	test('the higher version wins; clocks are not looked at', () => {
		assert.equal(adviseByVersion(at(-HOUR * 9000, 4), at(HOUR * 9000, 3)).advice, 'local');
	});
	test('of one version both sides choose alike', () => {
		const [one, other] = [at(0, 3, 'aa'), at(0, 3, 'bb')];
		assert.equal(adviseByVersion(one, other).advice, 'imported');
		assert.equal(adviseByVersion(other, one).advice, 'local');
		assert.ok(adviseByVersion(one, other).warning);
	});
	test('a change outweighs a deletion', () => {
		assert.equal(adviseByVersion(null, at(0, 1)).advice, 'imported');
		assert.equal(adviseByVersion(at(0, 1), null).advice, 'local');
	});
});
