/** Jobs survive the deaths of their process; npm run crash does the same at random moments, for as long as it is told. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crashStory } from './story.ts';

/** Spread over the whole life of the work, and a little beyond its end. */
const spread = (count: number) => Array.from({ length: count }, (_, index) => ((index + 1) / count) * 1.1);

describe('a job whose process dies', () => {
	test('an import of 50,000 tokens, killed at 20 moments, ends once', async () => {
		const { attempts } = await crashStory({
			kind: 'import',
			signal: 'SIGKILL',
			tokens: 50_000,
			moments: spread(20),
		});
		assert.ok(attempts > 3, `it was killed while it ran, and begun ${attempts} times`);
	});

	for (const [kind, signal] of [
		['merge', 'SIGKILL'],
		['export', 'SIGKILL'],
		['import', 'SIGTERM'],
		['merge', 'SIGTERM'],
		['export', 'SIGTERM'],
	] as const) {
		test(`${kind} with ${signal} at 6 moments`, async () => {
			await crashStory({ kind, signal, tokens: 20_000, moments: spread(6) });
		});
	}
});
