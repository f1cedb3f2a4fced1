/** Input and output of a job's task, and the files that belong to it. */
import type { ExportOptions, ExportResult } from '../pipeline/export.ts';
import type { ImportResult } from '../pipeline/import.ts';
import type { UploadOptions } from '../pipeline/incoming.ts';
import type { MergeResult } from '../pipeline/merge/run.ts';
import type { RunOptions, TaskRunner } from '../workers/port.ts';
import type { ImportRequest, MergeTask, Tasks } from '../workers/tasks.ts';
import type { Job, JobFile, JobKind, JobProgress } from './queue.ts';

/** Files of jobs, by name. */
export interface JobFiles {
	pathOf(name: string): string;
	newPath(): string;
	/** Bytes that a result may have. */
	readonly maxResultBytes: number;
	/** Takes charge of a result that was written to a `newPath`. @throws {DssError} spool_full; then it is removed */
	own(path: string, bytes: number, sha256: string): Promise<JobFile>;
	/** Removes an upload. */
	release(file: JobFile): Promise<void>;
	/** Removes a result, unless it has been removed already. */
	releaseResult(file: JobFile): Promise<void>;
	/** Removes whatever was written to a `newPath` that nobody took charge of. */
	discard(path: string): Promise<void>;
}

/** What is kept of a task: all but where its files lie. */
export interface JobInputs {
	import: Omit<ImportRequest, 'upload'> & { readonly upload: Omit<UploadOptions, 'path'> };
	merge: Omit<MergeTask, 'upload'> & { readonly upload: Omit<MergeTask['upload'], 'path'> };
	export: Omit<ExportOptions, 'path' | 'maxBytes'>;
}

/** What is kept of a task's output. */
export interface JobOutcomes {
	import: ImportResult;
	merge: MergeResult;
	export: ExportResult;
}

export interface JobRun {
	readonly signal: AbortSignal;
	readonly onProgress: (progress: JobProgress) => void;
}

/** What ends a run well. */
export interface JobOutput {
	readonly outcome: string;
	/** The file that it made. */
	readonly result: JobFile | null;
}

/**
 * The input of a kind's task, which reads or writes the file at a path.
 *
 * @param maxResultBytes what a file may have that it writes
 */
export function taskInputAt<Kind extends JobKind>(
	kind: Kind,
	input: JobInputs[Kind],
	path: string,
	maxResultBytes: number,
): Tasks[Kind]['input'] {
	// An export writes there; of the others the upload is there. The kind decides which input it is.
	const written = { path, maxBytes: maxResultBytes };
	const at =
		kind === 'export' ? { ...input, ...written } : { ...input, upload: { ...uploadOf(input), path } };
	return at as Tasks[Kind]['input'];
}

function uploadOf(input: JobInputs[JobKind]): object {
	return 'upload' in input ? input.upload : {};
}

/** A job's task, ready to be run. */
export function taskOf(
	job: Job,
	files: JobFiles,
): (tasks: TaskRunner, options: RunOptions) => Promise<JobOutput> {
	// Written by `ArchiveExecutor` as the input of this kind's task.
	const taskInput: unknown = JSON.parse(job.taskInput);
	return async (tasks, options) => {
		if (job.kind !== 'export') {
			if (job.input === null) throw new Error(`job ${job.uuid} has no input`);
			const path = files.pathOf(job.input.name);
			const given = taskInput as JobInputs['import' | 'merge'];
			const input = taskInputAt(job.kind, given, path, files.maxResultBytes);
			const { value } = await tasks.run(job.kind, input, options);
			return { outcome: JSON.stringify(value), result: null };
		}
		return exportTo(files.newPath(), taskInput as JobInputs['export'], files, tasks, options);
	};
}

/** An export that fails leaves no file. */
async function exportTo(
	path: string,
	taskInput: JobInputs['export'],
	files: JobFiles,
	tasks: TaskRunner,
	options: RunOptions,
): Promise<JobOutput> {
	try {
		const input = taskInputAt('export', taskInput, path, files.maxResultBytes);
		const { value } = await tasks.run('export', input, options);
		const result = await files.own(path, value.bytes, value.sha256);
		return { outcome: JSON.stringify(value), result };
	} catch (error) {
		await files.discard(path);
		throw error;
	}
}
