/** An instance of DSS without its HTTP face: the pipeline on a data folder of its own, for laws that need many runs. */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 } from 'uuid';
import type { Strategy } from '../../schemas/merges.ts';
import { completeJob } from '../../src/jobs/sqlite/complete.ts';
import { type EditResult, editProject } from '../../src/pipeline/edit.ts';
import { exportProject } from '../../src/pipeline/export.ts';
import { importUpload } from '../../src/pipeline/import.ts';
import {
	analyzeMerge,
	type MergeAnalysis,
	type MergeResult,
	mergeUpload,
} from '../../src/pipeline/merge/run.ts';
import type { MergeSettings } from '../../src/pipeline/merge/settings.ts';
import { createProject } from '../../src/pipeline/projects.ts';
import { Work, type WorkOptions } from '../../src/pipeline/work.ts';
import type { JsonObject } from '../../src/records/json.ts';
import { SqliteStaging } from '../../src/staging/staging.ts';
import type { Revision, Store } from '../../src/store/port.ts';
import { openDatabase, openStore, prepareStore } from '../../src/store/sqlite/open.ts';
import { makeFolder } from './service.ts';

const MB = 1_000_000;
const limits = {
	maxArchiveBytes: 100 * MB,
	maxContentBytes: 1000 * MB,
	maxTokens: 1 * MB,
	maxComponents: MB,
	maxThemes: MB,
	maxRecordBytes: MB,
	maxRecordDepth: 64,
	maxEntries: 1000,
};

const upload = (path: string, projectId: string | null) => ({
	path,
	mediaType: 'unknown' as const,
	fileName: null,
	projectId,
	freshUuid: v7(),
	name: null,
	references: null,
	values: 'keep' as const,
});

export class Instance implements AsyncDisposable {
	readonly folder: string;
	readonly store: Store;
	readonly staging: SqliteStaging;
	/** How far this instance's clock is off, in milliseconds. */
	clockOffsetMs = 0;
	#files = 0;

	private constructor(folder: string) {
		this.folder = folder;
		prepareStore({ dataDir: folder, busyTimeoutMs: 5000 });
		const database = openDatabase({ dataDir: folder, busyTimeoutMs: 5000 });
		this.store = openStore(database, completeJob);
		this.staging = new SqliteStaging(database);
	}

	static async make(): Promise<Instance> {
		return new Instance(await makeFolder());
	}

	#work(durations: WorkOptions['durations'] = {}): Work {
		return new Work({
			store: this.store,
			staging: this.staging,
			limits,
			signal: new AbortController().signal,
			progress: () => undefined,
			now: () => Date.now() + this.clockOffsetMs,
			holder: 'test',
			job: null,
			durations,
		});
	}

	create(name: string): Promise<Revision> {
		return createProject(this.#work(), { name });
	}

	edit(
		projectUuid: string,
		upsert: Record<string, JsonObject[]>,
		remove: string[] = [],
	): Promise<EditResult> {
		const body = Buffer.from(JSON.stringify({ upsert, delete: remove }));
		return editProject(this.#work(), { projectUuid, body, precondition: null });
	}

	/** Writes an archive; answers its path. */
	async export(projectUuid: string, revision: number | null = null): Promise<string> {
		const path = join(this.folder, `archive-${++this.#files}.dss`);
		await exportProject(this.#work(), {
			projectUuid,
			revision,
			selection: null,
			path,
			maxBytes: Number.MAX_SAFE_INTEGER,
			generator: 'test',
		});
		await stat(path);
		return path;
	}

	async import(path: string): Promise<Revision> {
		const options = { discardLocalChanges: false, confirmRemoval: false, merge: null, precondition: null };
		return (await importUpload(this.#work(), { upload: upload(path, null), ...options })).revision;
	}

	merge(
		projectUuid: string,
		path: string,
		strategy: Strategy,
		more: Partial<MergeSettings> = {},
	): Promise<MergeResult> {
		return mergeUpload(this.#work(), this.#options(projectUuid, path, strategy, more));
	}

	/** Merges with `newest`, keeping deletions out, and tells how long the stages took. */
	async timedMerge(
		projectUuid: string,
		path: string,
	): Promise<MergeResult & { durations: WorkOptions['durations'] }> {
		const durations: WorkOptions['durations'] = {};
		const options = this.#options(projectUuid, path, 'newest', { deletions: 'keep' });
		return { ...(await mergeUpload(this.#work(durations), options)), durations };
	}

	analyze(projectUuid: string, path: string, more: Partial<MergeSettings> = {}): Promise<MergeAnalysis> {
		return analyzeMerge(this.#work(), this.#options(projectUuid, path, 'manual', more));
	}

	#options(projectUuid: string, path: string, strategy: Strategy, more: Partial<MergeSettings>) {
		const settings: MergeSettings = {
			strategy,
			deletions: 'apply',
			resolutions: {},
			clock: { toleranceMs: 5000, driftMs: 3_600_000 },
			page: { after: null, limit: 1000, maxBytes: 4 * MB },
			...more,
		};
		return { upload: { ...upload(path, projectUuid), projectId: projectUuid }, settings, precondition: null };
	}

	/** All records by uuid, without their bookkeeping. */
	async contents(projectUuid: string): Promise<Map<string, JsonObject>> {
		const found = new Map<string, JsonObject>();
		const revision = await this.store.revision(projectUuid);
		for (const kind of ['themes', 'tokens', 'components'] as const) {
			const ask = { projectUuid, revision: revision?.number ?? 0, kind, selection: null };
			for await (const lines of this.store.lines(ask)) {
				for (const line of lines) {
					const { uuid, version: _v, createdAt: _c, updatedAt: _u, ...content } = JSON.parse(line);
					found.set(uuid, content);
				}
			}
		}
		return found;
	}

	async head(projectUuid: string): Promise<number> {
		return (await this.store.revision(projectUuid))?.number ?? 0;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.store.close();
		await rm(this.folder, { recursive: true, force: true });
	}
}
