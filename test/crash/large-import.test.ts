/** A large import survives many deaths of its process. */
import { test } from 'tap';
import { crashStory, spread } from './story.ts';

/** What remains after these takes longer than a process needs to die: the job is begun again. */
const isBeforeApply = (moment: number) => moment > 0 && moment < 0.7;

test('an import of 50,000 tokens, killed at 20 moments of its progress, ends once', async (t) => {
	const moments = spread(20);
	const { attempts } = await crashStory(t, { kind: 'import', signal: 'SIGKILL', tokens: 50_000, moments });
	const early = moments.filter(isBeforeApply).length;
	t.ok(attempts > early, `killed ${early} times before it applied, and begun ${attempts} times`);
});
