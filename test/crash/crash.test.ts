/** Jobs survive the deaths of their process; npm run crash does the same at random moments, for as long as it is asked. */
import { test } from 'tap';
import { crashStory, spread } from './story.ts';

for (const [kind, signal] of [
	['merge', 'SIGKILL'],
	['export', 'SIGKILL'],
	['import', 'SIGTERM'],
	['merge', 'SIGTERM'],
	['export', 'SIGTERM'],
] as const) {
	test(`a job whose process dies: ${kind} with ${signal} at 6 moments ends once`, async (t) => {
		await crashStory(t, { kind, signal, tokens: 20_000, moments: spread(6) });
	});
}
