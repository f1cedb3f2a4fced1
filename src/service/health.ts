import type { TaskRunner } from '../jobs/port.ts';
import type { Spool } from '../spool/spool.ts';

/** What a part of the service says of itself. */
export interface PartHealth {
	readonly ok: boolean;
	/** What is wrong, in a few words for the operator. */
	readonly reason?: string;
}

export type Readiness = Readonly<Record<'store' | 'spool' | 'workers', PartHealth>>;

/** Asks every part whether it answers (API, "Operations"). */
export async function readiness(parts: { spool: Spool; tasks: TaskRunner }): Promise<Readiness> {
	const [store, spool, workers] = await Promise.all([
		ask(parts.tasks.run('probe', null)),
		ask(parts.spool.ping()),
		ask(parts.tasks.run('ping', null)),
	]);
	return { store, spool, workers };
}

async function ask(answer: Promise<unknown>): Promise<PartHealth> {
	try {
		await answer;
		return { ok: true };
	} catch (error) {
		return { ok: false, reason: error instanceof Error ? error.message : 'no answer' };
	}
}
