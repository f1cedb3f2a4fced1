/** Waiting for what has no event to wait for. */
import { setImmediate } from 'node:timers/promises';

/** Long enough for a machine under load; a test that passes never waits for it. */
const PATIENCE_MS = 60_000;

/** Reads again and again until `isDone`, or until patience ends. Resolves with the last value, to be asserted. */
export async function eventually<T>(
	read: () => T | Promise<T>,
	isDone: (value: T) => boolean,
	patienceMs = PATIENCE_MS,
): Promise<T> {
	const until = Date.now() + patienceMs;
	for (;;) {
		const value = await read();
		if (isDone(value) || Date.now() > until) return value;
		await setImmediate();
	}
}
