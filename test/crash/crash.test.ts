/** Jobs survive the deaths of their process; npm run crash does the same at random moments, for as long as it is asked. */
import { test } from 'tap';
import { crashStory } from './story.ts';

/** From the request to a little before the end of the work. */
const spread = (count: number) => [
	-1,
	...Array.from({ length: count - 1 }, (_, index) => (index / (count - 1)) * 0.95),
];
/** What remains after these takes longer than a process needs to die: the job is begun again. */
const isBeforeApply = (moment: number) => moment > 0 && moment < 0.7;

test('a job whose process dies', async (t) => {
	t.test('an import of 50,000 tokens, killed at 20 moments of its progress, ends once', async (t) => {
		const moments = spread(20);
		const { attempts } = await crashStory(t, { kind: 'import', signal: 'SIGKILL', tokens: 50_000, moments });
		const early = moments.filter(isBeforeApply).length;
		t.ok(attempts > early, `killed ${early} times before it applied, and begun ${attempts} times`);
	});

	for (const [kind, signal] of [
		['merge', 'SIGKILL'],
		['export', 'SIGKILL'],
		['import', 'SIGTERM'],
		['merge', 'SIGTERM'],
		['export', 'SIGTERM'],
	] as const) {
		t.test(`${kind} with ${signal} at 6 moments ends once`, async (t) => {
			await crashStory(t, { kind, signal, tokens: 20_000, moments: spread(6) });
		});
	}
});
