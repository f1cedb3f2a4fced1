import { test } from 'tap';
import { adviseByClocks, adviseByVersion } from '../../../../src/pipeline/merge/rules/advice.ts';

const now = Date.parse('2026-06-01T12:00:00Z');
const clock = { now, toleranceMs: 5_000, driftMs: 3_600_000 };
const at = (offsetMs: number, version: number | null = null, hash = 'a') => ({
	version,
	updatedAt: new Date(now + offsetMs).toISOString(),
	hash,
});
const HOUR = 3_600_000;

test('advice without a base', async (t) => {
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
		t.test(what, async (t) => {
			const found = adviseByClocks(local, imported, clock);
			t.equal(found.advice, advice);
			t.equal(found.warning !== null, warned);
			t.equal(found.clockSkew, skew);
		});
	}
});

test('advice with a base', async (t) => {
	t.test('the higher version wins; clocks are not looked at', async (t) => {
		t.equal(adviseByVersion(at(-HOUR * 9000, 4), at(HOUR * 9000, 3)).advice, 'local');
	});
	t.test('of one version both sides choose alike', async (t) => {
		const [one, other] = [at(0, 3, 'aa'), at(0, 3, 'bb')];
		t.equal(adviseByVersion(one, other).advice, 'imported');
		t.equal(adviseByVersion(other, one).advice, 'local');
		t.ok(adviseByVersion(one, other).warning);
	});
	t.test('a change outweighs a deletion', async (t) => {
		t.equal(adviseByVersion(null, at(0, 1)).advice, 'imported');
		t.equal(adviseByVersion(at(0, 1), null).advice, 'local');
	});
});
