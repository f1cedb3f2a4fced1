import { errors } from '../../errors.ts';
import { type Connection, translate, translated } from '../../sqlite/connection.ts';
import type {
	Checkpoint,
	Counts,
	Decision,
	Difference,
	MergeAsk,
	NextRevision,
	OpenCase,
	OutcomeCounts,
	Renaming,
	Retention,
	Revision,
	Row,
	StagedRecord,
	Workspace,
} from '../port.ts';
import { type FinishJob, moveHead, writeDeclinedChanges, writeRows } from './apply.ts';
import { carryOver, compareStaged, countUnseen } from './compare.ts';
import { IDENTITY_TABLES, pairIdentities, renameStaged } from './identities.ts';
import { giveBack, recoverAll, releaseAll, releaseLease, removeRows, takeLease } from './lease.ts';
import { selectLines } from './lines.ts';
import {
	applyDecisions,
	compareThreeWay,
	decideCases,
	differencesOfCases,
	holdsNews,
	MERGE_TABLES,
	openCases,
	restageRecords,
} from './merge.ts';
import { pruneHistory } from './prune.ts';
import { REVISION, REVISIONS } from './reader.ts';
import { restampStaged } from './restamp.ts';
import { noCounts, type RevisionRow, toRevision } from './rows.ts';
import { clearStaging, indexStaged, stageRecords } from './staging.ts';

const PROBE = "INSERT OR REPLACE INTO leases (project_uuid, holder) VALUES ('probe', 'probe')";
const PROBE_AWAY = "DELETE FROM leases WHERE project_uuid = 'probe'";
const NOTE_SEEN = `
  INSERT INTO seen_by (project, instance, revision) VALUES (?, ?, ?)
  ON CONFLICT (project, instance) DO UPDATE SET revision = max(revision, excluded.revision)`;
const PROJECT_ID = 'SELECT id FROM projects WHERE uuid = ?';
const MAKE_PROJECT = 'INSERT INTO projects (uuid, head) VALUES (?, 0)';
/** A removed project's uuid is free again at once, while its rows go away in short transactions. */
const HIDE = "UPDATE projects SET head = 0, uuid = 'removed ' || id WHERE id = ?";

/** The Workspace on SQLite: one read-write connection, used by one thread for one piece of work at a time. */
export class SqliteWorkspace implements Workspace {
	readonly #db: Connection;
	readonly #finishJob: FinishJob | null;
	#difference: Difference | null = null;

	/** @param finishJob ends the job of a revision; null where no work of it is a job */
	constructor(db: Connection, finishJob: FinishJob | null = null) {
		this.#db = db;
		this.#finishJob = finishJob;
	}

	async clear(): Promise<void> {
		this.#difference = null;
		this.#run(() => {
			clearStaging(this.#db);
			this.#db.exec(IDENTITY_TABLES + MERGE_TABLES);
		});
	}

	async stage(records: readonly StagedRecord[]): Promise<StagedRecord[]> {
		return translated(() => stageRecords(this.#db, records));
	}

	async indexStaged(): Promise<void> {
		this.#run(() => indexStaged(this.#db));
	}

	async select(sql: string, parameters: Row = {}): Promise<Row[]> {
		return this.#run(() => this.#db.prepare<object, Row>(sql).all(parameters));
	}

	async each(sql: string, take: (row: Row) => void): Promise<void> {
		this.#run(() => {
			for (const row of this.#db.prepare<[], Row>(sql).iterate()) take(row);
		});
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

	async instance(): Promise<string> {
		// pluck() answers the uuid; the row is made with the data folder.
		return this.#run(() => this.#db.prepare('SELECT uuid FROM instance').pluck().get() as string);
	}

	async carryOver(ask: Parameters<Workspace['carryOver']>[0]): Promise<void> {
		this.#run(() => carryOver(this.#db, this.#idOf(ask.projectUuid), ask.revision, ask.scope));
	}

	async pairIdentities(ask: Parameters<Workspace['pairIdentities']>[0]): Promise<number> {
		return this.#run(() => pairIdentities(this.#db, this.#idOf(ask.projectUuid), ask));
	}

	async renamePaired(
		towards: 'ours' | 'chosen',
		rename: (renaming: Renaming) => StagedRecord,
	): Promise<void> {
		this.#run(() => renameStaged(this.#db, towards, rename));
	}

	async compareThreeWay(ask: MergeAsk): Promise<OutcomeCounts> {
		return this.#run(() => compareThreeWay(this.#db, this.#idOf(ask.projectUuid), ask));
	}

	async holdsNews(ask: MergeAsk): Promise<boolean> {
		return this.#run(() => holdsNews(this.#db, this.#idOf(ask.projectUuid), ask));
	}

	async openCases(ask: MergeAsk, page: Parameters<Workspace['openCases']>[1]): Promise<OpenCase[]> {
		return this.#run(() => openCases(this.#db, this.#idOf(ask.projectUuid), ask, page));
	}

	async decide(decisions: readonly Decision[]): Promise<void> {
		this.#run(() => decideCases(this.#db, decisions));
	}

	async applyDecisions(ask: MergeAsk): Promise<void> {
		this.#run(() => applyDecisions(this.#db, this.#idOf(ask.projectUuid), ask));
	}

	async compareSettled(): Promise<Difference> {
		return this.#run(() => {
			this.#difference = differencesOfCases(this.#db);
			return this.#difference;
		});
	}

	async restage(records: readonly StagedRecord[]): Promise<void> {
		this.#run(() => restageRecords(this.#db, records));
	}

	async noteSeen(projectUuid: string, instance: string, revision: number): Promise<void> {
		this.#run(() => this.#db.prepare(NOTE_SEEN).run(this.#idOf(projectUuid), instance, revision));
	}

	async prune(projectUuid: string, retention: Retention): Promise<number> {
		const current = await this.revision(projectUuid);
		if (current === null) return 0;
		try {
			const project = { project: this.#idOf(projectUuid), head: current.number };
			return await pruneHistory(this.#db, project, retention, () => new Promise(setImmediate));
		} catch (error) {
			throw translate(error);
		}
	}

	async compare(ask: { projectUuid: string; revision: number | null }): Promise<Difference> {
		return this.#run(() => {
			const id = ask.revision === null ? null : this.#idOf(ask.projectUuid);
			this.#difference = compareStaged(this.#db, id, ask.revision);
			return this.#difference;
		});
	}

	async countUnseen(ask: Parameters<Workspace['countUnseen']>[0]): Promise<number> {
		return this.#run(() => countUnseen(this.#db, this.#idOf(ask.projectUuid), ask.revision, ask.base));
	}

	async restamp(ask: Parameters<Workspace['restamp']>[0]): Promise<void> {
		this.#run(() => {
			const id = ask.revision === null ? null : this.#idOf(ask.projectUuid);
			restampStaged(this.#db, id, ask);
		});
	}

	async lease(projectUuid: string, holder: string): Promise<void> {
		this.#run(() => takeLease(this.#db, projectUuid, holder));
	}

	async release(projectUuid: string, holder: string): Promise<void> {
		this.#run(() => releaseLease(this.#db, projectUuid, holder));
	}

	async releaseAll(holder: string): Promise<void> {
		this.#run(() => releaseAll(this.#db, holder));
	}

	async apply(projectUuid: string, next: NextRevision, checkpoint: Checkpoint): Promise<Revision> {
		const difference = this.#difference;
		if (difference === null) throw new Error('compare() comes before apply()');
		const current = await this.revision(projectUuid);
		const number = (current?.number ?? 0) + 1;
		try {
			const id = current === null ? this.#make(projectUuid) : this.#idOf(projectUuid);
			await writeRows(this.#db, { project: id, next: number, isNew: current === null }, checkpoint);
			writeDeclinedChanges(this.#db, { project: id, next: number });
			const figures = {
				...counted(current?.counts ?? noCounts(), difference),
				added: sum(difference.added),
				changed: sum(difference.changed),
				removed: sum(difference.removed),
			};
			return moveHead(this.#db, { project: id, projectUuid }, number, next, figures, this.#finishJob);
		} catch (error) {
			throw translate(error);
		}
	}

	async applyProperties(projectUuid: string, next: NextRevision): Promise<Revision> {
		const current = await this.revision(projectUuid);
		return this.#run(() => {
			const id = current === null ? this.#make(projectUuid) : this.#idOf(projectUuid);
			const counts = current?.counts ?? noCounts();
			const none = { added: 0, changed: 0, removed: 0 };
			const number = (current?.number ?? 0) + 1;
			const figures = { ...counts, ...none };
			return moveHead(this.#db, { project: id, projectUuid }, number, next, figures, this.#finishJob);
		});
	}

	async remove(projectUuid: string): Promise<void> {
		this.#run(() => {
			const id = this.#idOf(projectUuid);
			this.#db
				.transaction(() => {
					this.#db.prepare(HIDE).run(id);
					giveBack(this.#db, projectUuid);
				})
				.immediate();
			removeRows(this.#db, id);
		});
	}

	async *lines(ask: Parameters<Workspace['lines']>[0]): AsyncGenerator<string[]> {
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
		return this.#run(() => recoverAll(this.#db));
	}

	close(): void {
		this.#db.close();
	}

	/** Runs something against SQLite, after what was staged has been settled. */
	#run<T>(run: () => T): T {
		return translated(() => {
			if (this.#db.inTransaction) this.#db.exec('COMMIT');
			return run();
		});
	}

	#idOf(projectUuid: string): number {
		// pluck() answers the id, or undefined where there is no row.
		const id = this.#db.prepare(PROJECT_ID).pluck().get(projectUuid) as number | undefined;
		if (id === undefined) throw new Error(`project ${projectUuid} is not in the store`);
		return id;
	}

	/** A project that nobody sees yet. */
	#make(projectUuid: string): number {
		return Number(this.#db.prepare(MAKE_PROJECT).run(projectUuid).lastInsertRowid);
	}
}

function sum(counts: Counts): number {
	return counts.themes + counts.tokens + counts.components;
}

function counted(before: Counts, difference: Difference): Counts {
	const after = (kind: keyof Counts) => before[kind] + difference.added[kind] - difference.removed[kind];
	return { themes: after('themes'), tokens: after('tokens'), components: after('components') };
}
