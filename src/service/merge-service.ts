/** Merges: planned and made. */
import { Compile } from 'typebox/compile';
import type { QueuedAnswer } from '../../schemas/jobs.ts';
import {
	type MergeAnalysisAnswer,
	type MergeAnalysisOptions,
	type MergeAnswer,
	type MergeOptions,
	Resolutions,
} from '../../schemas/merges.ts';
import { DssError, errors } from '../errors.ts';
import type { MergeOptions as MergeTaskOptions } from '../pipeline/merge/run.ts';
import type { MergeSettings } from '../pipeline/merge/settings.ts';
import { firstFault } from '../records/schema-faults.ts';
import { parseStrict } from '../records/strict-json.ts';
import type { Spooled } from '../spool/spool.ts';
import type { TaskRunner } from '../workers/port.ts';
import type { ArchiveExecutor, ExecutionOptions } from './archive-executor.ts';
import type { UploadSettings } from './archive-service.ts';
import { conflictCursor } from './cursors.ts';
import { noteRefusal } from './refusals.ts';
import type { Caller, Telemetry } from './telemetry.ts';
import type { WorkMetrics } from './work-metrics.ts';
import { toMergeAnswer, toMergeCounts } from './work-presenter.ts';

export interface MergeServiceOptions {
	readonly tasks: TaskRunner;
	readonly executor: ArchiveExecutor;
	readonly outcomes: WorkMetrics;
	readonly telemetry: Telemetry;
	readonly clock: MergeSettings['clock'];
}

/** Conflicts that a refusal tells of. */
const TOLD = 100;
const MAX_RESOLUTION_DEPTH = 128;
const compiledResolutions = Compile(Resolutions);

/** An upload that is aimed at a project. */
type Aimed = UploadSettings & { readonly projectId: string };

export class MergeService {
	readonly #options: MergeServiceOptions;

	constructor(options: MergeServiceOptions) {
		this.#options = options;
	}

	/** Reads how a merge is to be made. @throws {DssError} malformed_request */
	settings(options: {
		strategy?: MergeOptions['strategy'] | undefined;
		deletions?: MergeOptions['deletions'] | undefined;
		resolutions?: string | undefined;
	}): MergeSettings {
		return {
			strategy: options.strategy ?? 'manual',
			deletions: options.deletions ?? 'keep',
			resolutions: options.resolutions === undefined ? {} : readResolutions(options.resolutions),
			clock: this.#options.clock,
			page: { after: null, limit: TOLD },
		};
	}

	/** Merges an upload into a project. @throws {DssError} see `pipeline/merge/merge-upload.ts` */
	async merge(
		file: Spooled,
		upload: Aimed,
		options: Omit<MergeTaskOptions, 'upload'>,
		execution: ExecutionOptions,
	): Promise<MergeAnswer | { queued: QueuedAnswer }> {
		const { executor, outcomes } = this.#options;
		const begun = performance.now();
		try {
			const input = { upload, ...options };
			const task = { kind: 'merge', input, file, projectUuid: upload.projectId, items: null } as const;
			const performed = await executor.perform(task, execution);
			if ('queued' in performed) return performed;
			const { done, seconds } = performed;
			outcomes.succeeded('merge', done, seconds);
			return toMergeAnswer(done, options.settings.strategy, seconds);
		} catch (error) {
			outcomes.failed('merge', error, (performance.now() - begun) / 1000, file.sha256, execution.caller);
			throw error;
		}
	}

	/** Tells what a merge would do. @throws {DssError} any code of the stages; project_unknown */
	async analyze(
		file: Spooled,
		upload: Aimed,
		{ deletions, cursor, limit }: MergeAnalysisOptions,
		signal: AbortSignal,
		caller: Caller,
	): Promise<{ answer: MergeAnalysisAnswer; revision: number }> {
		const { tasks, telemetry } = this.#options;
		const after = cursor === undefined ? null : conflictCursor.read(cursor);
		const page = { after: after && { kind: after.kind, uuid: after.uuid }, limit: limit ?? TOLD };
		const settings: MergeSettings = { ...this.settings({ deletions }), page };
		// The pages of one plan are of one revision.
		const precondition = after && { revisions: [after.revision] };
		try {
			const input = { upload: { ...upload, path: file.path }, settings, precondition };
			const { value } = await tasks.run('analyzeMerge', input, { signal });
			const { revision, base, counts, items, next, warnings, clockSkews } = value;
			telemetry.clockSkews(clockSkews);
			const answer: MergeAnalysisAnswer = {
				has_conflicts: counts.conflicts > 0,
				base: { revision: base?.number ?? null, found_by: base === null ? 'none' : 'vector' },
				...toMergeCounts(counts),
				conflicted_items: [...items],
				next_cursor: next && conflictCursor.write({ ...next, revision: revision.number }),
				warnings: [...warnings],
			};
			return { answer, revision: revision.number };
		} catch (error) {
			if (error instanceof DssError) noteRefusal(telemetry, error, file, caller);
			throw error;
		}
	}
}

function readResolutions(text: string): MergeSettings['resolutions'] {
	const refused = (reason: string, pointer = '') =>
		errors.malformedRequest({ reason: `the resolutions ${reason}`, pointer: `/resolutions${pointer}` });
	const parsed = parseStrict(text, { maxDepth: MAX_RESOLUTION_DEPTH });
	if (!parsed.ok) throw refused(`are not JSON: ${parsed.fault.reason}`);
	if (!compiledResolutions.Check(parsed.value)) {
		const { pointer, reason } = firstFault(compiledResolutions, parsed.value);
		throw refused(`at ${pointer || 'their top'} ${reason}`, pointer);
	}
	// Contents came out of JSON text.
	return parsed.value as MergeSettings['resolutions'];
}
