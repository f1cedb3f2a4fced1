/** A TaskRunner that prunes history (DSS_HISTORY_REVISIONS, DSS_HISTORY_DAYS) after the work of another. */
import type { Reader } from '../store/port.ts';
import type { Done, RunOptions, TaskRunner } from '../workers/port.ts';
import type { TaskName, Tasks } from '../workers/tasks.ts';

export interface RetentionSettings {
	/** So many of the newest revisions are kept; null: all. */
	readonly revisions: number | null;
	/** So many days are kept; null: all. */
	readonly days: number | null;
	/** The time by which revisions grow old, in milliseconds since 1970. */
	readonly now: () => number;
}

const DAY_MS = 86_400_000;
/** Revisions grow old without any work being done. */
const SWEEP_EVERY_MS = 3_600_000;
const PAGE = 200;

export class RetainingRunner implements TaskRunner {
	readonly #inner: TaskRunner;
	readonly #reader: Pick<Reader, 'projects'>;
	readonly #settings: RetentionSettings;
	readonly #onError: (error: unknown) => void;
	readonly #timer: NodeJS.Timeout;
	readonly #closing = new AbortController();
	/** Projects that are being written by name, and by how many tasks. */
	readonly #writes = new Map<string, number>();
	/** The project whose history is pruned now. */
	#pruned: { readonly projectUuid: string; readonly end: Promise<void> } | null = null;
	/** One pruning after the other. */
	#turn: Promise<void>;

	constructor(
		inner: TaskRunner,
		reader: Pick<Reader, 'projects'>,
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
		const target = targetOf(name, input);
		// A caller's write is not refused because history is pruned: it waits for that.
		while (target !== null && this.#pruned?.projectUuid === target) await this.#pruned.end;
		if (target !== null) this.#writes.set(target, (this.#writes.get(target) ?? 0) + 1);
		try {
			const done = await this.#inner.run(name, input, options);
			const projectUuid = writtenBy(name, done.value);
			if (projectUuid !== null) this.#later(() => this.#prune(projectUuid));
			return done;
		} finally {
			if (target !== null) this.#ended(target);
		}
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
		// A write under way prunes when it has ended.
		if (signal.aborted || this.#writes.has(projectUuid)) return;
		const { revisions, days, now } = this.#settings;
		const before = days === null ? null : new Date(now() - days * DAY_MS).toISOString();
		const input = { projectUuid, retention: { revisions, before } };
		const pruning = this.#inner.run('prune', input, { signal });
		this.#pruned = { projectUuid, end: pruning.then(ignore, ignore) };
		try {
			await pruning;
		} finally {
			this.#pruned = null;
		}
	}

	#ended(target: string): void {
		const left = (this.#writes.get(target) ?? 1) - 1;
		if (left === 0) this.#writes.delete(target);
		else this.#writes.set(target, left);
	}
}

const ignore = () => undefined;

/** The project that a task is to write, where its input names it. */
function targetOf<Name extends TaskName>(name: Name, input: Tasks[Name]['input']): string | null {
	if (name === 'edit' || name === 'revert' || name === 'updateProject' || name === 'removeProject')
		// The inputs of these four name it so.
		return (input as Tasks['edit' | 'revert' | 'updateProject' | 'removeProject']['input']).projectUuid;
	if (name !== 'import' && name !== 'merge') return null;
	// The inputs of these two have an upload.
	return (input as Tasks['import' | 'merge']['input']).upload.projectId;
}

/** The project that a task has given a new revision; null where it wrote none. */
function writtenBy(name: TaskName, value: Tasks[TaskName]['output']): string | null {
	if (name !== 'import' && name !== 'merge' && name !== 'edit' && name !== 'revert') return null;
	// These four answer the revision that they made.
	return (value as Tasks['import' | 'merge' | 'edit' | 'revert']['output']).revision.projectUuid;
}
