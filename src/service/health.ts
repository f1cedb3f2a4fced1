import type { Spool } from '../spool/spool.ts';
import type { TaskRunner } from '../workers/port.ts';

/** What a part of the service says of itself. */
export interface PartHealth {
	readonly ok: boolean;
	/** What is wrong, in a few words for the operator. */
	readonly reason?: string;
}

export type Readiness = Readonly<Record<'store' | 'spool' | 'workers', PartHealth>>;

/** Whether every part of the service answers (API, "Operations"). */
export class Health {
	readonly #spool: Spool;
	readonly #tasks: TaskRunner;
	/** Set by a failure of the store that a caller has met; taken back when the whole file has been looked through. */
	#storeSuspect = false;

	constructor(parts: { spool: Spool; tasks: TaskRunner }) {
		this.#spool = parts.spool;
		this.#tasks = parts.tasks;
	}

	/** Tells that the store has failed somebody: a damaged page may lie where a plain probe does not look. */
	noteStoreFailure(): void {
		this.#storeSuspect = true;
	}

	async readiness(): Promise<Readiness> {
		const [store, spool, workers] = await Promise.all([
			ask(() => this.#askStore()),
			ask(() => this.#spool.ping()),
			ask(() => this.#tasks.run('ping', null)),
		]);
		return { store, spool, workers };
	}

	async #askStore(): Promise<void> {
		await this.#tasks.run('probe', { thorough: this.#storeSuspect });
		this.#storeSuspect = false;
	}
}

async function ask(part: () => Promise<unknown>): Promise<PartHealth> {
	try {
		await part();
		return { ok: true };
	} catch (error) {
		return { ok: false, reason: reasonOf(error) };
	}
}

/** What is wrong with its cause: readiness is read by operators. A cause from a worker is a stack: its first line. */
function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return 'no answer';
	const cause = error.cause instanceof Error ? error.cause.message.split('\n')[0] : undefined;
	return cause === undefined ? error.message : `${error.message} (${cause})`;
}
