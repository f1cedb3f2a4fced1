/** Archives: taken in, looked at, given out. */
import type { Readable } from 'node:stream';
import type { AnalysisAnswer, ImportAnswer } from '../../schemas/archives.ts';
import { DssError, errors, fromErrorData } from '../errors.ts';
import type { TaskRunner } from '../jobs/port.ts';
import type { ExportOptions } from '../pipeline/export.ts';
import type { ImportOptions } from '../pipeline/import.ts';
import type { UploadOptions } from '../pipeline/incoming.ts';
import type { Spool, Spooled } from '../spool/spool.ts';
import type { Counts, Reader, Revision } from '../store/port.ts';
import { toItemCounts } from './answers.ts';
import { Estimator } from './estimator.ts';
import { noteMerge, noteMigrations } from './merge-service.ts';
import { noteRefusal, outcomeOf } from './refusals.ts';
import type { Caller, Telemetry } from './telemetry.ts';

export type { Spooled } from '../spool/spool.ts';

export interface ArchiveServiceOptions {
	readonly reader: Reader;
	readonly tasks: TaskRunner;
	readonly spool: Spool;
	readonly telemetry: Telemetry;
	readonly requestTimeoutMs: number;
	/** Pieces of archive work that may run and wait at once. */
	readonly capacity: number;
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
	readonly #estimator = new Estimator();
	#admitted = 0;

	constructor(options: ArchiveServiceOptions) {
		this.#options = options;
	}

	/**
	 * A place among the work that may run and wait; held until it is disposed of.
	 *
	 * @throws {DssError} too_busy: before a byte of an upload is read (REFUSALS 42)
	 */
	admit(): Disposable {
		if (this.#admitted >= this.#options.capacity) throw errors.tooBusy({ retry_after: 2 });
		this.#admitted++;
		return { [Symbol.dispose]: () => void this.#admitted-- };
	}

	/** Streams an upload to the spool. @throws {DssError} upload_too_large, upload_timeout, upload_cut_off, spool_full */
	receive(upload: Readable): Promise<Spooled> {
		return this.#options.spool.receive(upload);
	}

	/** @throws {DssError} project_unknown */
	async requireProject(projectUuid: string): Promise<void> {
		const known = await this.#options.reader.revision(projectUuid);
		if (known === null) throw errors.projectUnknown({ project_id: projectUuid });
	}

	/** Imports an upload. @throws {DssError} see `pipeline/import.ts` */
	async import(
		file: Spooled,
		settings: UploadSettings,
		options: Omit<ImportOptions, 'upload'> & { signal: AbortSignal },
		caller: Caller,
	): Promise<{ answer: ImportAnswer; existed: boolean }> {
		const { tasks, telemetry } = this.#options;
		const { signal, ...rest } = options;
		const begun = performance.now();
		try {
			const takes = { upload: { ...settings, path: file.path }, ...rest };
			const { value } = await tasks.run('import', takes, { signal });
			const seconds = secondsSince(begun);
			telemetry.importDuration(seconds, 'succeeded');
			if (value.changed) this.#estimator.learn(total(value.revision.counts), seconds);
			noteMigrations(telemetry, value.migrations);
			if (value.merged !== null) noteMerge(telemetry, value.merged);
			const { revision, existed, migrations, warnings } = value;
			const answer: ImportAnswer = {
				success: true,
				project_id: revision.projectUuid,
				project_name: revision.facts.name,
				revision: revision.number,
				item_counts: toItemCounts(revision.counts),
				migration_performed: migrations.length > 0,
				migrations: [...migrations],
				warnings: [...warnings],
				duration_seconds: seconds,
			};
			return { answer, existed };
		} catch (error) {
			telemetry.importDuration(secondsSince(begun), outcomeOf(error));
			if (error instanceof DssError) noteRefusal(telemetry, error, file, caller);
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
		const { value } = await this.#options.tasks.run('analyze', { ...settings, path: file.path }, { signal });
		if (value.refusal !== null)
			noteRefusal(this.#options.telemetry, fromErrorData(value.refusal), file, caller);
		const estimate = value.counts === null ? null : this.#estimator.seconds(total(value.counts));
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
			requires_background_job: estimate !== null && estimate > (0.8 * this.#options.requestTimeoutMs) / 1000,
		};
		return { answer, revision: value.revision };
	}

	/** Writes an export to the spool. @throws {DssError} project_unknown, revision_unknown, spool_full */
	async export(ask: Omit<ExportOptions, 'path' | 'generator'>, signal: AbortSignal): Promise<Exported> {
		const { tasks, spool, telemetry, generator } = this.#options;
		const begun = performance.now();
		const path = spool.newPath();
		try {
			const { value } = await tasks.run('export', { ...ask, path, generator }, { signal });
			telemetry.exportDuration(secondsSince(begun), 'succeeded');
			return { file: spool.adopt(path, value.bytes, value.sha256), revision: value.revision };
		} catch (error) {
			telemetry.exportDuration(secondsSince(begun), outcomeOf(error));
			await spool.adopt(path, 0, '').remove();
			throw error;
		}
	}
}

function secondsSince(begun: number): number {
	return Math.round(performance.now() - begun) / 1000;
}

function total(counts: Counts): number {
	return counts.themes + counts.tokens + counts.components;
}
