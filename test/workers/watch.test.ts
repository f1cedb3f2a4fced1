import { type Test, test } from 'tap';
import type { Reading } from '../../src/workers/signs.ts';
import { type Order, Watch } from '../../src/workers/watch.ts';

const limits = { stallMs: 100, statementMs: 400, totalMs: 1_000, graceMs: 50, rollBackMs: 500 };
const still: Reading = { steps: 0, calls: 0, obeyed: false };

/** Ticks of 10 ms until an order is given. */
function ticksUntil(watch: Watch, order: Order, reading: (tick: number) => Reading): number {
	for (let tick = 1; tick < 1_000; tick++) {
		if (watch.tick(reading(tick), 10) === order) return tick;
	}
	return Number.POSITIVE_INFINITY;
}
const stops = (t: Test, reading: (tick: number) => Reading, ticks: number, message: string) =>
	t.equal(ticksUntil(new Watch(limits, still), 'stop', reading), ticks, message);

test('a task without a sign of life stops after the stall time-out, one that steps goes on', async (t) => {
	stops(t, () => still, 10, 'no sign');
	stops(t, (tick) => ({ ...still, steps: Math.floor(tick / 9) }), 100, 'it steps: its total budget');
});

test('a statement that calls checkpoint() has a budget of its own, and may not go on for ever', async (t) => {
	stops(t, (tick) => ({ ...still, calls: tick }), 40, 'calls are no steps');
	stops(t, (tick) => ({ ...still, calls: tick, steps: Math.floor(tick / 30) }), 100, 'many statements');
});

test('a counter that begins again after 2^31 is a step', async (t) => {
	const watch = new Watch(limits, { ...still, steps: 2 ** 31 - 1 });
	t.equal(watch.tick({ ...still, steps: -(2 ** 31) }, 90), 'go on');
	t.equal(watch.tick({ ...still, steps: -(2 ** 31) }, 90), 'go on');
});

test('a task that was told to stop is ended after its grace; one that rolls back has time for that', async (t) => {
	const deaf = new Watch(limits, still);
	deaf.stopAsked();
	t.equal(
		ticksUntil(deaf, 'end', (tick) => ({ ...still, steps: tick })),
		5,
		'steps are no excuse',
	);
	t.equal(deaf.stalled, false, 'its caller told it');
	const obedient = new Watch(limits, still);
	obedient.stopAsked();
	t.equal(
		ticksUntil(obedient, 'end', () => ({ ...still, obeyed: true })),
		50,
	);
	const stalled = new Watch(limits, still);
	t.equal(
		ticksUntil(stalled, 'stop', () => still),
		10,
	);
	t.equal(
		ticksUntil(stalled, 'end', () => still),
		5,
	);
	t.equal(stalled.stalled, true);
});
