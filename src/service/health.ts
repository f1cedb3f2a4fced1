/** Whether every part of the service answers (API, "Operations"). No answer waits behind work. */
import { setTimeout as delay } from 'node:timers/promises';
import type { JobQueue } from '../jobs/queue.ts';
import type { Spool } from '../spool/spool.ts';
import type { Reader } from '../store/port.ts';
import type { TaskRunner, ThreadsState } from '../workers/port.ts';

/** What a part of the service answers. */
export interface PartHealth {
	readonly ok: boolean;
	/** What is wrong, in a few words for the operator. */
	readonly reason?: string;
}

export type Readiness = Readonly<Record<'store' | 'spool' | 'workers', PartHealth>>;

export interface HealthOptions {
	readonly reader: Pick<Reader, 'ping'>;
	readonly queue: Pick<JobQueue, 'figures'>;
	readonly spool: Pick<Spool, 'ping'>;
	readonly tasks: Pick<TaskRunner, 'run'>;
	readonly threads: () => ThreadsState;
	/** Threads that may be stuck before the service is to be started again. */
	readonly maxStuck: number;
	readonly onError: (error: unknown, message: string) => void;
}

/** A part that has not answered by then is not ready; orchestrators mostly wait for 3 s. */
const ANSWER_MS = 2_500;
/** Reading the whole file takes seconds to minutes: a tenth of the time at most goes to it. */
const REST = 9;
const SMALL_FILE_MS = 1_500;
/** Threads that die one after the other, with no task done in between, will not do the next one either. */
const MAX_DEATHS = 3;

export class Health {
	readonly #options: HealthOptions;
	readonly #store = new SingleFlight();
	readonly #spool = new SingleFlight();
	readonly #check: StoreCheck;

	constructor(options: HealthOptions) {
		this.#options = options;
		this.#check = new StoreCheck(options);
	}

	/** Notes that the store has failed a request: a damaged page may lie where a probe does not look. */
	noteStoreFailure(): void {
		this.#check.suspect();
	}

	async readiness(): Promise<Readiness> {
		const [store, spool, workers] = await Promise.all([
			ask(() => this.#store.run(() => this.#askStore())),
			ask(() => this.#spool.run(() => this.#options.spool.ping())),
			ask(async () => this.#lookAtThreads()),
		]);
		return { store, spool, workers };
	}

	/** A read, a write on the small writes' thread, a read on the queue's; then what the last whole check found. */
	async #askStore(): Promise<void> {
		const { reader, queue, tasks } = this.#options;
		await Promise.all([reader.ping(), tasks.run('probe', null), queue.figures()]);
		await this.#check.look();
	}

	#lookAtThreads(): void {
		const { stuck, deaths } = this.#options.threads();
		if (stuck >= this.#options.maxStuck)
			throw new Error(`${stuck} threads are stuck in statements that cannot be ended; restart the service`);
		if (deaths >= MAX_DEATHS) throw new Error(`the last ${deaths} threads died at their work`);
	}
}

/**
 * Looks through the whole file after the store has failed a request: one look at a time, behind other work, with a rest
 * after each. The store is suspect until a look that began after the last failure has found nothing.
 */
class StoreCheck {
	readonly #tasks: HealthOptions['tasks'];
	readonly #onError: HealthOptions['onError'];
	#failures = 0;
	#cleared = 0;
	#running: Promise<void> | null = null;
	#notBefore = 0;
	#found: Error | null = null;

	constructor({ tasks, onError }: Pick<HealthOptions, 'tasks' | 'onError'>) {
		this.#tasks = tasks;
		this.#onError = onError;
	}

	suspect(): void {
		this.#failures++;
	}

	/** @throws what the last look found, until another finds nothing; or that one is under way */
	async look(): Promise<void> {
		if (this.#failures === this.#cleared) return;
		if (performance.now() >= this.#notBefore) this.#running ??= this.#start();
		const done = (this.#running ?? Promise.resolve()).then(() => true);
		if (!(await Promise.race([done, delay(SMALL_FILE_MS, false, { ref: false })])))
			throw new Error('the store has failed a request, and its file is being looked through');
		if (this.#found !== null) throw this.#found;
	}

	async #start(): Promise<void> {
		const failures = this.#failures;
		const begun = performance.now();
		try {
			await this.#tasks.run('checkStore', null);
			this.#cleared = failures;
			this.#found = null;
		} catch (error) {
			this.#found = error instanceof Error ? error : new Error(String(error));
			this.#onError(error, 'the store is damaged or cannot be read');
		} finally {
			this.#running = null;
			this.#notBefore = performance.now() + REST * (performance.now() - begun);
		}
	}
}

/** Runs something once at a time: who asks meanwhile gets the same answer. */
class SingleFlight {
	#running: Promise<void> | null = null;

	run(run: () => Promise<void>): Promise<void> {
		this.#running ??= run().finally(() => {
			this.#running = null;
		});
		return this.#running;
	}
}

async function ask(part: () => Promise<void>): Promise<PartHealth> {
	const late = new AbortController();
	try {
		const answered = part().then(() => true);
		const inTime = await Promise.race([
			answered,
			delay(ANSWER_MS, false, { signal: late.signal }).catch(() => false),
		]);
		answered.catch(() => undefined);
		return inTime ? { ok: true } : { ok: false, reason: `no answer within ${ANSWER_MS / 1000} s` };
	} catch (error) {
		return { ok: false, reason: reasonOf(error) };
	} finally {
		late.abort();
	}
}

/** What is wrong with its cause, for operators. A cause from a worker is a stack: its first line. Never a path. */
function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return 'no answer';
	const cause = error.cause instanceof Error ? error.cause.message.split('\n')[0] : undefined;
	return withoutPaths(cause === undefined ? error.message : `${error.message} (${cause})`);
}

/** Node ends its messages with the file: "EACCES: permission denied, open '/var/lib/dss/spool/…'". */
function withoutPaths(text: string): string {
	return text
		.replace(/'[^'/\\]*[/\\][^']*'/g, 'a file')
		.replace(/(^|[\s(])(?:\/|[A-Za-z]:\\)[^\s)]+/g, '$1a file');
}
