/** Archives: taken in, looked at, given out. */
import type { Readable } from 'node:stream';
import type { AnalysisAnswer, ImportAnswer } from '../../schemas/archives.ts';
import type { QueuedAnswer } from '../../schemas/jobs.ts';
import { errors, fromErrorData } from '../errors.ts';
import type { ExportOptions } from '../pipeline/export.ts';
import type { ImportOptions } from '../pipeline/import.ts';
import type { UploadOptions } from '../pipeline/incoming.ts';
import type { Spool, Spooled } from '../spool/spool.ts';
import type { Counts, Reader, Revision } from '../store/port.ts';
import type { TaskRunner } from '../workers/port.ts';
import { type ArchiveExecutor, type ExecutionOptions, outlastsRequest } from './archive-executor.ts';
import type { Estimator } from './estimator.ts';
import { toItemCounts } from './project-presenter.ts';
import { noteRefusal } from './refusals.ts';
import type { Caller, Telemetry } from './telemetry.ts';
import type { WorkMetrics } from './work-metrics.ts';
import { toImportAnswer } from './work-presenter.ts';

export type { Spooled } from '../spool/spool.ts';
export type { ExecutionOptions } from './archive-executor.ts';

export interface ArchiveServiceOptions {
	readonly reader: Reader;
	readonly tasks: TaskRunner;
	readonly spool: Spool;
	readonly executor: ArchiveExecutor;
	readonly outcomes: WorkMetrics;
	readonly estimator: Estimator;
	readonly telemetry: Telemetry;
	readonly requestTimeoutMs: number;
	/** Pieces of archive work that may run and wait at once. */
	readonly capacity: number;
	readonly waitingJobs: () => number;
	/** Name and version of the program, for manifests. */
	readonly generator: string;
}

/** How a client wants an upload read, and what it said of it. */
export type UploadSettings = Omit<UploadOptions, 'path'>;

/** An export on the spool; whoever has it removes the file. */
export interface Exported {
	readonly file: Spooled;
	readonly revision: Revision;
}

export class ArchiveService {
	readonly #options: ArchiveServiceOptions;
	#admitted = 0;

	constructor(options: ArchiveServiceOptions) {
		this.#options = options;
	}

	/**
	 * A place among the work that may run and wait, held until it is disposed of.
	 *
	 * @throws {DssError} too_busy: before a byte of an upload is read (REFUSALS 42)
	 */
	admit(): Disposable {
		const { capacity, waitingJobs } = this.#options;
		if (this.#admitted + waitingJobs() >= capacity) throw errors.tooBusy({ retry_after: 2 });
		this.#admitted++;
		return { [Symbol.dispose]: () => void this.#admitted-- };
	}

	/** Streams an upload to the spool. @throws {DssError} upload_too_large, upload_timeout, upload_cut_off, spool_full */
	receive(upload: Readable): Promise<Spooled> {
		return this.#options.spool.receive(upload);
	}

	/** Imports an upload. @throws {DssError} see `pipeline/import.ts` */
	async import(
		file: Spooled,
		settings: UploadSettings,
		options: Omit<ImportOptions, 'upload'>,
		execution: ExecutionOptions,
	): Promise<{ answer: ImportAnswer; existed: boolean } | { queued: QueuedAnswer }> {
		const { executor, outcomes } = this.#options;
		const { projectId, freshUuid } = settings;
		const begun = performance.now();
		try {
			const performed = await executor.perform(
				{
					kind: 'import',
					input: { upload: settings, ...options },
					file,
					projectUuid: projectId === 'new' ? freshUuid : projectId,
					items: null,
				},
				execution,
			);
			if ('queued' in performed) return performed;
			const { done, seconds } = performed;
			outcomes.succeeded('import', done, seconds);
			return { answer: toImportAnswer(done, seconds), existed: done.existed };
		} catch (error) {
			outcomes.failed('import', error, (performance.now() - begun) / 1000, file.sha256, execution.caller);
			throw error;
		}
	}

	/** Tells what an import would do. @throws {DssError} project_unknown */
	async analyze(
		file: Spooled,
		settings: UploadSettings,
		signal: AbortSignal,
		caller: Caller,
	): Promise<{ answer: AnalysisAnswer; revision: number | null }> {
		const { tasks, telemetry, estimator, requestTimeoutMs } = this.#options;
		const { value } = await tasks.run('analyze', { ...settings, path: file.path }, { signal });
		if (value.refusal !== null) noteRefusal(telemetry, fromErrorData(value.refusal), file, caller);
		const estimate = value.counts === null ? null : estimator.seconds('import', total(value.counts));
		const { project, counts } = value;
		const answer: AnalysisAnswer = {
			is_valid: value.isValid,
			format: value.format,
			schema_version: value.schemaVersion,
			project: project && { project_id: project.uuid, name: project.name },
			item_counts: counts && toItemCounts(counts),
			migration_needed: value.migrations.length > 0,
			errors: [...value.errors],
			errors_total: value.errorsTotal,
			warnings: [...value.warnings],
			changes: value.changes,
			estimated_duration_seconds: estimate,
			requires_background_job: estimate !== null && outlastsRequest(estimate, requestTimeoutMs),
		};
		return { answer, revision: value.revision };
	}

	/** Writes an export to the spool. @throws {DssError} project_unknown, revision_unknown, spool_full */
	async export(
		ask: Omit<ExportOptions, 'path' | 'generator'>,
		execution: ExecutionOptions,
	): Promise<Exported | { queued: QueuedAnswer }> {
		const { executor, outcomes, spool, generator, reader } = this.#options;
		const begun = performance.now();
		const path = spool.newPath();
		const { projectUuid } = ask;
		try {
			const head = await reader.revision(projectUuid, ask.revision ?? undefined);
			const performed = await executor.perform(
				{
					kind: 'export',
					input: { ...ask, generator },
					file: null,
					path,
					projectUuid,
					items: head === null ? 0 : total(head.counts),
				},
				execution,
			);
			if ('queued' in performed) return performed;
			const { done, seconds } = performed;
			outcomes.succeeded('export', done, seconds);
			return { file: spool.adopt(path, done.bytes, done.sha256), revision: done.revision };
		} catch (error) {
			outcomes.failed('export', error, (performance.now() - begun) / 1000, null, execution.caller);
			await spool.discard(path);
			throw error;
		}
	}

	/** The content of an export, for one reader; nothing of it stays on the spool. */
	open({ file }: Exported): Promise<Readable> {
		return this.#options.spool.openOnce(file);
	}
}

function total(counts: Counts): number {
	return counts.themes + counts.tokens + counts.components;
}
