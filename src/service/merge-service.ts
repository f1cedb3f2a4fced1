/** Merges: archives brought together with what a project holds. */
import type { QueuedAnswer } from '../../schemas/jobs.ts';
import type {
	MergeAnalysisAnswer,
	MergeAnalysisOptions,
	MergeAnswer,
	MergeOptions,
} from '../../schemas/merges.ts';
import { DssError, MAX_PROBLEM_BYTES } from '../errors.ts';
import type { MergeRequest } from '../pipeline/merge/settings.ts';
import type { Precondition } from '../pipeline/precondition.ts';
import type { Spooled } from '../spool/spool.ts';
import type { TaskRunner } from '../workers/port.ts';
import type { ArchiveExecutor, ExecutionOptions } from './archive-executor.ts';
import { toMergeAnalysisAnswer, toMergeAnswer } from './archive-presenter.ts';
import type { UploadSettings } from './archive-service.ts';
import { type Cursors, conflictPosition } from './cursors.ts';
import { noteRefusal } from './refusals.ts';
import type { Caller, Telemetry } from './telemetry.ts';

export interface MergeServiceOptions {
	readonly tasks: TaskRunner;
	readonly executor: ArchiveExecutor;
	readonly telemetry: Telemetry;
	/** How many bytes a page of conflicts may have. */
	readonly maxPageBytes: number;
	readonly clock: MergeRequest['clock'];
	readonly cursors: Cursors;
}

/** Conflicts that a refusal lists. */
const SHOWN_CONFLICTS = 100;

/** An upload that is aimed at a project. */
type Aimed = UploadSettings & { readonly projectId: string };

/** What a caller chooses about a merge. */
type Choices = {
	readonly [Key in 'strategy' | 'deletions' | 'resolutions']?: MergeOptions[Key] | undefined;
};

export class MergeService {
	readonly #options: MergeServiceOptions;

	constructor(options: MergeServiceOptions) {
		this.#options = options;
	}

	/** How a merge is to be made, with the defaults. Resolutions are read where the work is done. */
	settings({ strategy, deletions, resolutions }: Choices): MergeRequest {
		return {
			strategy: strategy ?? 'manual',
			deletions: deletions ?? 'keep',
			// Forms send what was left empty.
			resolutions: resolutions || null,
			clock: this.#options.clock,
			page: { after: null, limit: SHOWN_CONFLICTS, maxBytes: MAX_PROBLEM_BYTES / 2 },
		};
	}

	/** Merges an upload into a project. @throws {DssError} see `pipeline/merge/run.ts` */
	async merge(
		file: Spooled,
		upload: Aimed,
		options: { readonly settings: MergeRequest; readonly precondition: Precondition },
		execution: ExecutionOptions,
	): Promise<{ answer: MergeAnswer } | { queued: QueuedAnswer }> {
		const input = { upload, ...options };
		const task = { kind: 'merge', input, file, projectUuid: upload.projectId, items: null } as const;
		const performed = await this.#options.executor.perform(task, execution);
		if ('queued' in performed) return performed;
		return { answer: toMergeAnswer(performed.done, options.settings.strategy, performed.seconds) };
	}

	/** Answers what a merge would do. @throws {DssError} any code of the stages; project_unknown, bad_cursor */
	async analyze(
		file: Spooled,
		upload: Aimed,
		{ deletions, references, values, cursor, limit = SHOWN_CONFLICTS }: MergeAnalysisOptions,
		signal: AbortSignal,
		caller: Caller,
	): Promise<{ answer: MergeAnalysisAnswer; revision: number }> {
		const { tasks, telemetry, cursors, maxPageBytes: maxBytes } = this.#options;
		// A plan is of an upload: the same bytes, read in the same way.
		const reading = { deletions, references, values, sha256: file.sha256 };
		const list = { list: 'conflicts', projectId: upload.projectId, ...reading };
		const after = cursors.read(conflictPosition, list, cursor);
		const page = {
			after: after && { kind: after.kind, uuid: after.uuid },
			limit,
			maxBytes,
		};
		const settings: MergeRequest = { ...this.settings({ deletions }), page };
		// The pages of one plan are of one revision.
		const precondition = after && { revisions: [after.revision] };
		try {
			const input = { upload: { ...upload, path: file.path }, settings, precondition };
			const { value } = await tasks.run('analyzeMerge', input, { signal });
			const { next, clockSkews } = value;
			const revision = value.revision.number;
			telemetry.clockSkews(clockSkews);
			const nextCursor = cursors.write(conflictPosition, list, next && { ...next, revision });
			return { answer: toMergeAnalysisAnswer(value, nextCursor), revision };
		} catch (error) {
			if (error instanceof DssError) noteRefusal(telemetry, error, file, caller);
			throw error;
		}
	}
}
