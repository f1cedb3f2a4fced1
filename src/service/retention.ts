/** A TaskRunner that prunes history (DSS_HISTORY_REVISIONS, DSS_HISTORY_DAYS) after the work of another. */
import type { Reader } from '../store/port.ts';
import type { Done, RunOptions, TaskRunner } from '../workers/port.ts';
import type { TaskName, Tasks } from '../workers/tasks.ts';

export interface RetentionSettings {
	/** So many of the newest revisions are kept; null: all. */
	readonly revisions: number | null;
	/** So many days are kept; null: all. */
	readonly days: number | null;
}

const DAY_MS = 86_400_000;
/** Revisions grow old without any work being done. */
const SWEEP_EVERY_MS = 3_600_000;
const PAGE = 200;

export class RetainingRunner implements TaskRunner {
	readonly #inner: TaskRunner;
	readonly #reader: Reader;
	readonly #settings: RetentionSettings;
	readonly #onError: (error: unknown) => void;
	readonly #timer: NodeJS.Timeout;
	readonly #closing = new AbortController();
	/** One pruning after the other. */
	#turn: Promise<void>;

	constructor(
		inner: TaskRunner,
		reader: Reader,
		settings: RetentionSettings,
		onError: (error: unknown) => void,
	) {
		this.#inner = inner;
		this.#reader = reader;
		this.#settings = settings;
		this.#onError = onError;
		this.#turn = this.#guarded(() => this.#sweep());
		this.#timer = setInterval(() => this.#later(() => this.#sweep()), SWEEP_EVERY_MS).unref();
	}

	async run<Name extends TaskName>(
		name: Name,
		input: Tasks[Name]['input'],
		options?: RunOptions,
	): Promise<Done<Tasks[Name]['output']>> {
		const done = await this.#inner.run(name, input, options);
		const projectUuid = writtenBy(name, done.value);
		if (projectUuid !== null) this.#later(() => this.#prune(projectUuid));
		return done;
	}

	async close(): Promise<void> {
		this.#closing.abort();
		clearInterval(this.#timer);
		await this.#turn;
		await this.#inner.close();
	}

	#later(run: () => Promise<void>): void {
		this.#turn = this.#turn.then(() => this.#guarded(run));
	}

	async #guarded(run: () => Promise<void>): Promise<void> {
		try {
			if (!this.#closing.signal.aborted) await run();
		} catch (error) {
			if (!this.#closing.signal.aborted) this.#onError(error);
		}
	}

	async #sweep(): Promise<void> {
		for (let after: number | null = null; ; ) {
			const page = await this.#reader.projects({ after, limit: PAGE });
			for (const { projectUuid } of page.items) await this.#prune(projectUuid);
			if (page.next === null) return;
			after = page.next;
		}
	}

	async #prune(projectUuid: string): Promise<void> {
		const { signal } = this.#closing;
		if (signal.aborted) return;
		const { revisions, days } = this.#settings;
		const before = days === null ? null : new Date(Date.now() - days * DAY_MS).toISOString();
		await this.#inner.run('prune', { projectUuid, retention: { revisions, before } }, { signal });
	}
}

/** The project that a task has given a new revision; null where it wrote none. */
function writtenBy(name: TaskName, value: Tasks[TaskName]['output']): string | null {
	if (name !== 'import' && name !== 'merge' && name !== 'edit' && name !== 'revert') return null;
	// These four answer the revision that they made.
	return (value as Tasks['import' | 'merge' | 'edit' | 'revert']['output']).revision.projectUuid;
}
