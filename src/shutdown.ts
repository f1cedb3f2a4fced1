/** The ending, in named phases, each with its time-out: what hangs in one does not keep the next from its work. */

export interface Phase {
	readonly name: string;
	readonly timeoutMs: number;
	readonly run: () => Promise<void>;
}

/** Runs the phases one after the other; tells of each that fails or takes too long, and goes on. */
export async function shutDown(
	phases: readonly Phase[],
	tell: (message: string, error?: unknown) => void,
): Promise<void> {
	for (const { name, timeoutMs, run } of phases) {
		let timer: NodeJS.Timeout | undefined;
		const late = new Promise<'late'>((resolve) => {
			timer = setTimeout(resolve, timeoutMs, 'late');
		});
		try {
			if ((await Promise.race([run(), late])) === 'late') tell(`${name} took longer than ${timeoutMs} ms`);
		} catch (error) {
			tell(`${name} failed`, error);
		} finally {
			clearTimeout(timer);
		}
	}
}
