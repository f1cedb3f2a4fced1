/** What can be asked of a worker: each task with its input and output. All of it survives a structured clone. */
import type { MessagePort } from 'node:worker_threads';
import type { RecordDiff } from '../../schemas/history.ts';
import type { Stage } from '../../schemas/problem.ts';
import { type DssError, type ErrorData, toErrorData } from '../errors.ts';
import { type Analysis, analyzeUpload } from '../pipeline/analyze.ts';
import type { ChangeResult } from '../pipeline/changes.ts';
import { toRecordDiff } from '../pipeline/difference.ts';
import { type EditOptions, type EditResult, editProject } from '../pipeline/edit.ts';
import { type ExportOptions, type ExportResult, exportProject } from '../pipeline/export.ts';
import { type ImportOptions, type ImportResult, importUpload } from '../pipeline/import.ts';
import type { UploadOptions } from '../pipeline/incoming.ts';
import {
	analyzeMerge,
	type MergeAnalysis,
	type MergeOptions,
	type MergeResult,
	mergeUpload,
} from '../pipeline/merge/run.ts';
import { type MergeRequest, readMergeRequest } from '../pipeline/merge/settings.ts';
import { type Peek, peekUpload } from '../pipeline/peek.ts';
import type { Precondition } from '../pipeline/precondition.ts';
import { readNewProject, readProjectChange } from '../pipeline/project-request.ts';
import { createProject, removeProject, updateProject } from '../pipeline/projects.ts';
import { pruneProject } from '../pipeline/prune.ts';
import { type RevertOptions, revertProject } from '../pipeline/revert.ts';
import type { Progress, Work } from '../pipeline/work.ts';
import type {
	DifferenceListAsk,
	Page,
	ProjectListAsk,
	ProjectPosition,
	Reader,
	RecordKey,
	RecordListAsk,
	Retention,
	Revision,
	RevisionListAsk,
} from '../store/port.ts';
import type { Signs } from './signs.ts';

type AnalysisData = Omit<Analysis, 'refusal'> & { readonly refusal: ErrorData | null };

/** An import and a merge as they are asked for: their settings are read by the worker. */
export type ImportRequest = Omit<ImportOptions, 'merge'> & { readonly merge: MergeRequest | null };
export type AnalysisRequest = Omit<ImportRequest, 'precondition'>;
export type MergeTask = Omit<MergeOptions, 'settings'> & { readonly settings: MergeRequest };

/** The tasks, by name. */
export interface Tasks {
	import: { input: ImportRequest; output: ImportResult };
	analyze: { input: AnalysisRequest; output: AnalysisData };
	peek: { input: UploadOptions; output: Peek };
	export: { input: ExportOptions; output: ExportResult };
	merge: { input: MergeTask; output: MergeResult };
	analyzeMerge: { input: MergeTask; output: MergeAnalysis };
	edit: { input: EditOptions; output: EditResult };
	revert: { input: RevertOptions; output: ChangeResult };
	/** Outputs how many revisions were removed. */
	prune: { input: { projectUuid: string; retention: Retention }; output: number };
	createProject: { input: { readonly body: Uint8Array }; output: Revision };
	updateProject: {
		input: { projectUuid: string; body: Uint8Array; precondition: Precondition };
		output: Revision;
	};
	removeProject: { input: { projectUuid: string; precondition: Precondition }; output: undefined };
	projects: { input: ProjectListAsk; output: Page<Revision, ProjectPosition> };
	revisions: { input: RevisionListAsk; output: Page<Revision, number> };
	records: { input: RecordListAsk; output: Page<string, string> };
	differences: {
		input: DifferenceListAsk;
		output: Page<RecordDiff, RecordKey>;
	};
	/** Undoes what a thread that died or was ended left of its work. */
	release: { input: { holder: string }; output: undefined };
	/** Whether the store can be written; leaves nothing. */
	probe: { input: null; output: undefined };
	/** Whether all of the store can be read. */
	checkStore: { input: null; output: undefined };
}

export type TaskName = keyof Tasks;

/** How long the stages of a task took, in seconds. */
export type Durations = Partial<Record<Stage, number>>;

/** What a worker has besides its store and staging. */
export interface WorkerParts {
	readonly reader: Reader;
}

/** How to run each task. */
export const TASKS: {
	[Name in TaskName]: (
		work: Work,
		input: Tasks[Name]['input'],
		parts: WorkerParts,
	) => Promise<Tasks[Name]['output']>;
} = {
	import: (work, input) =>
		importUpload(work, { ...input, merge: input.merge && readMergeRequest(input.merge) }),
	async analyze(work, input) {
		const merge = input.merge && readMergeRequest(input.merge);
		const analysis = await analyzeUpload(work, { ...input, merge });
		return { ...analysis, refusal: analysis.refusal && toErrorData(analysis.refusal) };
	},
	peek: peekUpload,
	export: exportProject,
	merge: (work, input) => mergeUpload(work, { ...input, settings: readMergeRequest(input.settings) }),
	analyzeMerge: (work, input) => analyzeMerge(work, { ...input, settings: readMergeRequest(input.settings) }),
	edit: editProject,
	revert: revertProject,
	prune: pruneProject,
	createProject: async (work, { body }) => createProject(work, readNewProject(body, work.limits)),
	updateProject: async (work, { projectUuid, body, precondition }) =>
		updateProject(work, projectUuid, readProjectChange(body, work.limits), precondition),
	async removeProject(work, { projectUuid, precondition }) {
		await removeProject(work, projectUuid, precondition);
		return undefined;
	},
	projects: (_work, ask, { reader }) => reader.projects(ask),
	revisions: (_work, ask, { reader }) => reader.revisions(ask),
	records: (_work, ask, { reader }) => reader.records(ask),
	async differences(_work, ask, { reader }) {
		const page = await reader.differences(ask);
		return { ...page, items: page.items.map(toRecordDiff) };
	},
	async release(work, { holder }) {
		await work.store.releaseAll(holder);
		return undefined;
	},
	async probe(work) {
		await work.store.probe(false);
		return undefined;
	},
	async checkStore(work) {
		await work.store.probe(true);
		return undefined;
	},
};

/** A job, and the run of it that holds it. */
export interface RunOfJob {
	readonly uuid: string;
	readonly holder: string;
}

/** One task on its way to a worker; `port` carries what the worker posts, and the cancellation. */
export interface WorkerRequest<Name extends TaskName = TaskName> {
	readonly name: Name;
	readonly input: Tasks[Name]['input'];
	readonly holder: string;
	readonly job: RunOfJob | null;
	readonly port: MessagePort;
}

/** What a worker posts: where its signs of life are, as it begins a task; then its progress. */
export type WorkerMessage = { readonly signs: Signs } | { readonly progress: Progress };

/** What a worker answers. */
export type Outcome<T> =
	| { readonly ok: true; readonly value: T; readonly durations: Durations }
	| { readonly ok: false; readonly error: ErrorData; readonly durations: Durations };

export function failed(error: DssError, durations: Durations): Outcome<never> {
	return { ok: false, error: toErrorData(error), durations };
}
