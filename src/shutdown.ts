/** The end of the process in named phases, each with a time-out: one that hangs does not keep the next from its work. */
import { Worker } from 'node:worker_threads';

export interface Phase {
	readonly name: string;
	/** Read when the phase begins. */
	readonly timeoutMs: number;
	/** Answers false, or throws, where it could not be done in order. */
	readonly run: () => Promise<boolean>;
}

/** Runs the phases one after the other. Answers whether all were done in order and in time; reports each that was not. */
export async function shutDown(
	phases: readonly Phase[],
	report: (message: string, error?: unknown) => void,
): Promise<boolean> {
	let orderly = true;
	for (const { name, timeoutMs, run } of phases) {
		let timer: NodeJS.Timeout | undefined;
		const late = new Promise<'late'>((resolve) => {
			timer = setTimeout(resolve, timeoutMs, 'late');
		});
		try {
			const outcome = await Promise.race([run(), late]);
			if (outcome === true) continue;
			report(
				outcome === 'late' ? `${name} took longer than ${timeoutMs} ms` : `${name} was not done in order`,
			);
			orderly = false;
		} catch (error) {
			report(`${name} failed`, error);
			orderly = false;
		} finally {
			clearTimeout(timer);
		}
	}
	return orderly;
}

/**
 * Kills the process after a time, also where its main thread hangs in a statement or a loop: from a thread of its own.
 * Nothing is lost: the next start finds the state that a crash leaves. The process then ends by SIGKILL.
 */
export function killAfter(ms: number): void {
	const source =
		"setTimeout(() => process.kill(process.pid, 'SIGKILL'), require('node:worker_threads').workerData)";
	new Worker(source, { eval: true, workerData: ms }).unref();
}
