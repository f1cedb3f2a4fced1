import { errors } from '../../errors.ts';
import { type Counts, noCounts, sumCounts } from '../../records/counts.ts';
import { type Connection, settled, translate } from '../../sqlite/connection.ts';
import type {
	Comparison,
	DeclinedLayout,
	Difference,
	Layout,
	LayoutName,
	Staging,
} from '../../staging/port.ts';
import type { Checkpoint, Lease, NextRevision, ProjectAt, Retention, Revision, Store } from '../port.ts';
import { type CompleteJob, flushed, moveHead } from './head.ts';
import { layOutDeclinedChanges, layOutRecords } from './layouts.ts';
import { assertFree, giveBack, releaseAll, releaseLease, takeLease } from './lease.ts';
import { selectLines } from './lines.ts';
import { pruneHistory } from './prune.ts';
import { INSTANCE, REVISION, REVISIONS } from './revisions.ts';
import { type RevisionRow, toRevision } from './rows.ts';
import { removeProject, sweepAll } from './sweep.ts';
import { writeDeclinedChanges, writeRows } from './write-rows.ts';

const PROBE = "INSERT OR REPLACE INTO leases (project_uuid, holder) VALUES ('probe', 'probe')";
const PROBE_AWAY = "DELETE FROM leases WHERE project_uuid = 'probe'";
const NOTE_SEEN = `
  INSERT INTO seen_by (project, instance, revision) VALUES (?, ?, ?)
  ON CONFLICT (project, instance) DO UPDATE SET revision = max(revision, excluded.revision)`;
const PROJECT_ID = 'SELECT id FROM projects WHERE uuid = ?';
const MAKE_PROJECT = 'INSERT INTO projects (uuid, head) VALUES (?, 0)';
/** By the primary keys of both. A project that is removed again has gone on from its last number. */
const REMEMBER_HEAD = `
  INSERT INTO removed_projects (uuid, head) SELECT uuid, head FROM projects WHERE id = ?
  ON CONFLICT (uuid) DO UPDATE SET head = excluded.head`;
const REMEMBERED_HEAD = 'SELECT head FROM removed_projects WHERE uuid = ?';
/** A removed project's uuid is free again at once, while its rows are removed in short transactions. */
const HIDE = "UPDATE projects SET head = 0, uuid = 'removed ' || id WHERE id = ?";

/**
 * The Store on SQLite: one read-write connection, used by one thread for one piece of work at a time. The staging of
 * that thread shares the connection, so revisions are laid out as views and written from the staged tables.
 */
export class SqliteStore implements Store {
	readonly #db: Connection;
	readonly #completeJob: CompleteJob;

	constructor(db: Connection, completeJob: CompleteJob) {
		this.#db = db;
		this.#completeJob = completeJob;
	}

	async instance(): Promise<string> {
		// pluck() returns the uuid; the row is made with the data folder.
		return this.#run(() => this.#db.prepare(INSTANCE).pluck().get() as string);
	}

	async revision(projectUuid: string, number?: number): Promise<Revision | null> {
		return this.#run(() => {
			const row = this.#db
				.prepare<object, RevisionRow>(REVISION)
				.get({ project: projectUuid, number: number ?? null });
			return row === undefined ? null : toRevision(row);
		});
	}

	async newest(projectUuid: string, holds: (revision: Revision) => boolean): Promise<Revision | null> {
		return this.#run(() => {
			const rows = this.#db
				.prepare<object, RevisionRow>(REVISIONS)
				.iterate({ project: projectUuid, before: Number.MAX_SAFE_INTEGER, limit: -1 });
			for (const row of rows) {
				const revision = toRevision(row);
				if (holds(revision)) return revision;
			}
			return null;
		});
	}

	async layOut<Name extends LayoutName>(
		staging: Staging,
		name: Name,
		at: ProjectAt | null,
	): Promise<Layout<Name>> {
		const revision = at?.revision ?? 0;
		// No project has id 0, and revision 0 holds nothing.
		const project = at === null ? 0 : this.#idOf(at.projectUuid);
		this.#run(() => layOutRecords(this.#db, name, { project, revision }));
		return staging.laidOut(name, revision);
	}

	async layOutDeclined(staging: Staging, projectUuid: string): Promise<DeclinedLayout> {
		this.#run(() => layOutDeclinedChanges(this.#db, this.#idOf(projectUuid)));
		return staging.laidOutDeclined();
	}

	async lease(projectUuid: string, holder: string): Promise<Lease> {
		this.#run(() => takeLease(this.#db, projectUuid, holder));
		const release = () => this.#finish(() => releaseLease(this.#db, projectUuid, holder));
		return { projectUuid, holder, release };
	}

	async assertFree(projectUuid: string): Promise<void> {
		this.#run(() => assertFree(this.#db, projectUuid));
	}

	async releaseAll(holder: string): Promise<void> {
		await this.#finish(() => releaseAll(this.#db, holder));
	}

	async write(
		lease: Lease,
		comparison: Comparison,
		next: NextRevision,
		checkpoint: Checkpoint,
	): Promise<Revision> {
		const { projectUuid } = lease;
		const { difference } = comparison;
		const current = await this.revision(projectUuid);
		const [head, isNew] = [current?.number ?? 0, current === null];
		const number = this.#numberAfter(current, projectUuid);
		if (comparison.revision !== head) {
			throw new Error(`revision ${comparison.revision} was compared with, but head is ${head}`);
		}
		return this.#finish(async () => {
			const project = isNew ? this.#make(projectUuid) : this.#idOf(projectUuid);
			await writeRows(this.#db, { project, next: number, isNew, lease }, checkpoint);
			writeDeclinedChanges(this.#db, { project, next: number });
			const figures = {
				...counted(current?.counts ?? noCounts(), difference),
				added: sumCounts(difference.added),
				changed: sumCounts(difference.changed),
				removed: sumCounts(difference.removed),
			};
			return moveHead(this.#db, { project, projectUuid }, number, next, figures, this.#completeJob);
		});
	}

	async writeProperties(lease: Lease, next: NextRevision): Promise<Revision> {
		const { projectUuid } = lease;
		const current = await this.revision(projectUuid);
		return this.#run(() => {
			const project = current === null ? this.#make(projectUuid) : this.#idOf(projectUuid);
			const figures = { ...(current?.counts ?? noCounts()), added: 0, changed: 0, removed: 0 };
			const number = this.#numberAfter(current, projectUuid);
			return moveHead(this.#db, { project, projectUuid }, number, next, figures, this.#completeJob);
		});
	}

	async remove({ projectUuid }: Lease): Promise<void> {
		const id = this.#idOf(projectUuid);
		this.#run(() =>
			flushed(this.#db, () => {
				this.#db.prepare(REMEMBER_HEAD).run(id);
				this.#db.prepare(HIDE).run(id);
				giveBack(this.#db, projectUuid);
			}),
		);
		await this.#finish(() => removeProject(this.#db, id));
	}

	async noteSeen({ projectUuid }: Lease, instance: string, revision: number): Promise<void> {
		this.#run(() => this.#db.prepare(NOTE_SEEN).run(this.#idOf(projectUuid), instance, revision));
	}

	async prune({ projectUuid }: Lease, retention: Retention): Promise<number> {
		const current = await this.revision(projectUuid);
		if (current === null) return 0;
		const project = { project: this.#idOf(projectUuid), head: current.number };
		const pause = () => new Promise<void>((resolve) => setImmediate(resolve));
		return this.#finish(() => pruneHistory(this.#db, project, retention, pause));
	}

	async *lines(ask: Parameters<Store['lines']>[0]): AsyncGenerator<string[]> {
		yield* selectLines(this.#db, ask);
	}

	async probe(thorough: boolean): Promise<void> {
		this.#run(() => {
			// A real write, committed: taking one back would not reach the disk.
			this.#db
				.transaction(() => {
					this.#db.prepare(PROBE).run();
					this.#db.prepare(PROBE_AWAY).run();
				})
				.immediate();
			if (!thorough) return;
			const found = this.#db.pragma('quick_check(1)', { simple: true });
			if (found !== 'ok') throw errors.storeFailed({}, new Error(String(found)));
		});
	}

	async recover(): Promise<number> {
		return this.#finish(() => sweepAll(this.#db));
	}

	close(): void {
		this.#db.close();
	}

	/** Runs something against SQLite, after what was being staged has been committed. */
	#run<T>(run: () => T): T {
		return settled(this.#db, run);
	}

	/** The same for several transactions with pauses between them. */
	async #finish<T>(run: () => Promise<T>): Promise<T> {
		try {
			return await this.#run(run);
		} catch (error) {
			throw translate(error);
		}
	}

	#idOf(projectUuid: string): number {
		return this.#run(() => {
			// pluck() returns the id, or undefined where there is no row.
			const id = this.#db.prepare(PROJECT_ID).pluck().get(projectUuid) as number | undefined;
			if (id === undefined) throw new Error(`project ${projectUuid} is not in the store`);
			return id;
		});
	}

	/** The number of the next revision: 1, or what follows those of a removed project of this uuid. */
	#numberAfter(current: Revision | null, projectUuid: string): number {
		if (current !== null) return current.number + 1;
		// pluck() returns the number, or undefined where no project of this uuid was removed.
		const last = this.#db.prepare(REMEMBERED_HEAD).pluck().get(projectUuid) as number | undefined;
		return (last ?? 0) + 1;
	}

	/** A project that nobody sees yet. */
	#make(projectUuid: string): number {
		return Number(this.#db.prepare(MAKE_PROJECT).run(projectUuid).lastInsertRowid);
	}
}

function counted(before: Counts, difference: Difference): Counts {
	const after = (kind: keyof Counts) => before[kind] + difference.added[kind] - difference.removed[kind];
	return { themes: after('themes'), tokens: after('tokens'), components: after('components') };
}
