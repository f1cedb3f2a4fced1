import { test } from 'tap';
import { Watchers } from '../../src/service/watchers.ts';

test('so many may watch a job, and so many in all; a place that is given back is free again', async (t) => {
	const watchers = new Watchers();
	const leaves = Array.from({ length: 20 }, () => watchers.take('a'));
	t.throws(() => watchers.take('a'), { code: 'too_busy' });
	leaves[0]?.();
	leaves[0]?.();
	watchers.take('a');
	t.throws(() => watchers.take('a'), { code: 'too_busy' }, 'a place is given back once');
	for (let job = 0; job < 24; job++) for (let count = 0; count < 20; count++) watchers.take(`b${job}`);
	t.throws(() => watchers.take('c'), { code: 'too_busy' }, '500 in all');
});
