/** Archives: imported, analyzed, exported. */
import type { Readable } from 'node:stream';
import type { AnalysisAnswer, ImportAnswer } from '../../schemas/archives.ts';
import type { QueuedAnswer } from '../../schemas/jobs.ts';
import { errors, fromErrorData } from '../errors.ts';
import type { JobInputs } from '../jobs/job-tasks.ts';
import type { RequestedFile, ResultFiles } from '../jobs/result-files.ts';
import type { ExportOptions } from '../pipeline/export.ts';
import type { UploadOptions } from '../pipeline/incoming.ts';
import { assertIfMatch, type Precondition } from '../pipeline/precondition.ts';
import type { Spool, Spooled } from '../spool/spool.ts';
import type { UploadClock } from '../spool/upload-clock.ts';
import type { Counts, Reader, Revision } from '../store/port.ts';
import type { TaskRunner } from '../workers/port.ts';
import type { Admission } from './admission.ts';
import type { ArchiveExecutor, ExecutionOptions } from './archive-executor.ts';
import { toAnalysisAnswer, toImportAnswer } from './archive-presenter.ts';
import type { Estimator } from './estimator.ts';
import { toProblem } from './problem-presenter.ts';
import { noteRefusal } from './refusals.ts';
import type { Caller, Telemetry } from './telemetry.ts';

export type { Spooled } from '../spool/spool.ts';
export type { UploadClock } from '../spool/upload-clock.ts';
export type { ExecutionOptions } from './archive-executor.ts';

export interface ArchiveServiceOptions {
	readonly reader: Reader;
	readonly tasks: TaskRunner;
	readonly spool: Spool;
	readonly results: ResultFiles;
	readonly admission: Admission;
	readonly executor: ArchiveExecutor;
	readonly estimator: Estimator;
	readonly telemetry: Telemetry;
	/** Name and version of the program, for manifests. */
	readonly generator: string;
}

/** How a client wants an upload read, and what it declared about it. */
export type UploadSettings = Omit<UploadOptions, 'path'>;

/** How an import is to be applied. */
export type ImportSettings = Omit<JobInputs['import'], 'upload'>;

/** An export on the spool; its holder removes the file. */
export interface Exported {
	readonly file: RequestedFile;
	readonly revision: Revision;
}

/** Which part of which project is exported; `revision` null: the current one. */
export type ExportSettings = Omit<ExportOptions, 'path' | 'maxBytes' | 'generator'>;

export class ArchiveService {
	readonly #options: ArchiveServiceOptions;

	constructor(options: ArchiveServiceOptions) {
		this.#options = options;
	}

	/** Refuses where no place is free for the work of an upload; takes none. @throws {DssError} too_busy */
	assertRoom(): void {
		this.#options.admission.assertRoom();
	}

	/** Takes a place among the work that may run and wait, until it is disposed of. @throws {DssError} too_busy */
	admit(): Disposable {
		return this.#options.admission.admit();
	}

	/**
	 * Refuses early what the work itself would refuse after a whole upload.
	 *
	 * @throws {DssError} project_unknown, revision_stale
	 */
	async assertTarget(projectUuid: string, precondition: Precondition): Promise<void> {
		const current = await this.#options.reader.revision(projectUuid);
		if (current === null) throw errors.projectUnknown({ project_id: projectUuid });
		assertIfMatch(projectUuid, current, precondition);
	}

	/** Times the body of an upload; see `Spool.time`. */
	timeUpload(body: Readable): UploadClock {
		return this.#options.spool.time(body);
	}

	/** Streams an upload to the spool. @throws {DssError} upload_too_large, upload_timeout, upload_cut_off, spool_full */
	receive(upload: Readable, { signal }: UploadClock): Promise<Spooled> {
		return this.#options.spool.receive(upload, signal);
	}

	/** Imports an upload. @throws {DssError} see `pipeline/import.ts` */
	async import(
		file: Spooled,
		upload: UploadSettings,
		settings: ImportSettings,
		execution: ExecutionOptions,
	): Promise<{ answer: ImportAnswer; existed: boolean } | { queued: QueuedAnswer }> {
		const { projectId, freshUuid } = upload;
		const projectUuid = projectId === 'new' ? freshUuid : projectId;
		const task = { kind: 'import', input: { upload, ...settings }, file, projectUuid, items: null } as const;
		const performed = await this.#options.executor.perform(task, execution);
		if ('queued' in performed) return performed;
		const { done, seconds } = performed;
		return { answer: toImportAnswer(done, seconds), existed: done.existed };
	}

	/** Answers what an import would do. @throws {DssError} project_unknown */
	async analyze(
		file: Spooled,
		upload: UploadSettings,
		settings: Omit<ImportSettings, 'precondition'>,
		signal: AbortSignal,
		caller: Caller,
	): Promise<{ answer: AnalysisAnswer; revision: number | null }> {
		const { tasks, telemetry, estimator, executor } = this.#options;
		const input = { ...settings, upload: { ...upload, path: file.path } };
		const { value } = await tasks.run('analyze', input, { signal });
		const refusal = value.refusal && fromErrorData(value.refusal);
		if (refusal !== null) noteRefusal(telemetry, refusal, file, caller);
		const estimate = value.counts === null ? null : estimator.seconds('import', total(value.counts));
		const requiresJob = estimate !== null && executor.outlasts(estimate);
		const problem = refusal && toProblem(refusal, caller.requestId);
		return { answer: toAnalysisAnswer(value, problem, estimate, requiresJob), revision: value.revision };
	}

	/**
	 * Writes an export to the spool, or makes it a job.
	 *
	 * @throws {DssError} project_unknown, revision_unknown, result_too_large, spool_full
	 */
	async export(
		settings: ExportSettings,
		execution: ExecutionOptions,
	): Promise<Exported | { queued: QueuedAnswer }> {
		const { spool, results, generator, reader } = this.#options;
		const path = spool.newPath();
		const { projectUuid } = settings;
		try {
			const revision = await reader.revision(projectUuid, settings.revision ?? undefined);
			const items = revision === null ? 0 : total(revision.counts);
			const input = { ...settings, generator };
			const task = { kind: 'export', input, file: null, path, projectUuid, items } as const;
			const performed = await this.#options.executor.perform(task, execution);
			if ('queued' in performed) return performed;
			const { bytes, sha256, revision: exported } = performed.done;
			const file = await results.ownForRequest(path, bytes, sha256);
			return { file, revision: exported };
		} catch (error) {
			await spool.discard(path);
			throw error;
		}
	}

	/** Writes an export to the spool however long it takes. @throws {DssError} as `export` */
	async exportNow(settings: ExportSettings, execution: ExecutionOptions): Promise<Exported> {
		const exported = await this.export(settings, { ...execution, asJob: 'never' });
		if ('queued' in exported) throw new Error('work that is never a job was queued');
		return exported;
	}

	/** The content of an export; its file is removed from the spool at once, however the reading ends. */
	open({ file }: Exported): Promise<Readable> {
		return this.#options.spool.openOnce(file);
	}
}

function total(counts: Counts): number {
	return counts.themes + counts.tokens + counts.components;
}
