import { test } from 'tap';
import { BelievedTime } from '../../src/service/believed-time.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.parse('2026-01-01T00:00:00Z');

/** A machine whose clock can be set while its time goes on; asked every minute, as expiry does. */
function machine() {
	let monotonic = 5_000;
	let error = 0;
	const now = () => START + monotonic + error;
	const time = new BelievedTime({ now, monotonic: () => monotonic });
	time.now();
	return {
		/** How far the believed time is from the true one. */
		after(ms: number): number {
			for (const end = monotonic + ms; monotonic < end; ) {
				monotonic += Math.min(MINUTE, end - monotonic);
				time.now();
			}
			return time.now() - (START + monotonic);
		},
		set: (ms: number) => {
			error += ms;
		},
	};
}

test('a clock that goes right is believed, and so is a small step', async (t) => {
	const { after, set } = machine();
	t.equal(after(40 * DAY), 0);
	set(HOUR);
	t.equal(after(MINUTE), HOUR);
	set(-HOUR);
	t.equal(after(MINUTE), 0);
});

test('a clock 400 days ahead for some minutes is not believed', async (t) => {
	const { after, set } = machine();
	for (const minutes of [1, 5, 59]) {
		after(DAY);
		set(400 * DAY);
		t.equal(after(minutes * MINUTE), 0);
		set(-400 * DAY);
		t.equal(after(MINUTE), 0);
	}
});

test('a clock that stays ahead is believed after an hour', async (t) => {
	const { after, set } = machine();
	set(400 * DAY);
	t.equal(after(HOUR), 0);
	t.equal(after(2 * MINUTE), 400 * DAY);
	set(-400 * DAY);
	t.equal(after(MINUTE), 0, 'a step back is believed at once');
});
