/** Kills jobs at random moments: npm run crash -- --rounds 500 [--seed N] */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { crashStory } from './story.ts';

const { values } = parseArgs({
	options: { rounds: { type: 'string', default: '50' }, seed: { type: 'string' } },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
/** Below 0 is while the work is being requested. */
const percent = fc.integer({ min: -10, max: 100 }).map((value) => value / 100);
const stories = fc.sample(
	fc.record({
		kind: fc.constantFrom('import' as const, 'merge' as const, 'export' as const),
		signal: fc.constantFrom('SIGKILL' as const, 'SIGKILL' as const, 'SIGTERM' as const),
		tokens: fc.integer({ min: 2_000, max: 20_000 }),
		moments: fc.array(percent, { minLength: 1, maxLength: 5 }),
	}),
	{ numRuns: rounds, seed },
);
t.comment(`seed ${seed}, ${rounds} rounds`);
t.setTimeout(0);
for (const [index, story] of stories.entries()) {
	const name = `${index + 1}: ${story.kind} with ${story.signal} at ${story.moments.join(', ')}`;
	await t.test(name, async (t) => {
		const { deaths, attempts } = await crashStory(t, story);
		t.comment(`died ${deaths} times, was begun ${attempts} times`);
	});
	if (!t.passing()) break;
}
