/** Merges: planned and made. */
import { Compile } from 'typebox/compile';
import {
	type MergeAnalysisAnswer,
	type MergeAnalysisOptions,
	type MergeAnswer,
	type MergeOptions,
	Resolutions,
} from '../../schemas/merges.ts';
import { DssError, errors } from '../errors.ts';
import type { TaskRunner } from '../jobs/port.ts';
import { firstFault } from '../json/schema-errors.ts';
import { parseStrict } from '../json/strict.ts';
import type { MergeCounts } from '../pipeline/merge/merge.ts';
import type { MergeSettings } from '../pipeline/merge/settings.ts';
import type { Precondition } from '../pipeline/target.ts';
import type { Spooled } from '../spool/spool.ts';
import type { UploadSettings } from './archive-service.ts';
import { conflictCursor } from './cursors.ts';
import { noteRefusal, outcomeOf } from './refusals.ts';
import type { Caller, Telemetry } from './telemetry.ts';

export interface MergeServiceOptions {
	readonly tasks: TaskRunner;
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
		options: { settings: MergeSettings; precondition: Precondition; signal: AbortSignal },
		caller: Caller,
	): Promise<MergeAnswer> {
		const { tasks, telemetry } = this.#options;
		const { signal, settings, precondition } = options;
		const begun = performance.now();
		try {
			const takes = { upload: { ...upload, path: file.path }, settings, precondition };
			const { value } = await tasks.run('merge', takes, { signal });
			const seconds = Math.round(performance.now() - begun) / 1000;
			telemetry.mergeDuration(seconds, 'succeeded');
			noteMigrations(telemetry, value.migrations);
			noteMerge(telemetry, value);
			return {
				success: true,
				revision: value.revision.number,
				...toCounts(value.counts),
				resolution_strategy: settings.strategy,
				migration_performed: value.migrations.length > 0,
				migrations: [...value.migrations],
				warnings: [...value.warnings],
				duration_seconds: seconds,
			};
		} catch (error) {
			telemetry.mergeDuration((performance.now() - begun) / 1000, outcomeOf(error));
			if (error instanceof DssError) {
				noteConflicts(telemetry, error);
				noteRefusal(telemetry, error, file, caller);
			}
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
			const takes = { upload: { ...upload, path: file.path }, settings, precondition };
			const { value } = await tasks.run('analyzeMerge', takes, { signal });
			const { revision, base, counts, items, next, warnings, clockSkews } = value;
			telemetry.clockSkews(clockSkews);
			const answer: MergeAnalysisAnswer = {
				has_conflicts: counts.conflicts > 0,
				base: { revision: base?.number ?? null, found_by: base === null ? 'none' : 'vector' },
				...toCounts(counts),
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

/** Counts what a merge came to. */
export function noteMerge(
	telemetry: Telemetry,
	{ counts, clockSkews }: { counts: MergeCounts; clockSkews: number },
): void {
	telemetry.mergeItems('new', counts.new);
	telemetry.mergeItems('updated', counts.updated);
	telemetry.mergeItems('deleted', counts.deleted);
	telemetry.mergeItems('unchanged', counts.unchanged);
	telemetry.mergeItems('auto_merged', counts.autoMerged);
	telemetry.mergeItems('conflict', counts.conflicts);
	telemetry.clockSkews(clockSkews);
}

/** Counts migrations, each named as "from → to". */
export function noteMigrations(telemetry: Telemetry, migrations: readonly string[]): void {
	for (const migration of migrations) {
		const [from, to] = migration.split(' → ');
		if (from !== undefined && to !== undefined) telemetry.migration(from, to);
	}
}

/** Conflicts count also where they refuse the merge. */
function noteConflicts(telemetry: Telemetry, { code, details }: DssError): void {
	if (code === errors.mergeConflicts.spec.code)
		telemetry.mergeItems('conflict', Number(details['conflicts']));
}

function toCounts(counts: MergeCounts) {
	return {
		new_items: counts.new,
		updated_items: counts.updated,
		deleted_items: counts.deleted,
		unchanged_items: counts.unchanged,
		auto_merged_items: counts.autoMerged,
		conflicts: counts.conflicts,
	};
}

function readResolutions(text: string): MergeSettings['resolutions'] {
	const refused = (reason: string, pointer = '') =>
		errors.malformedRequest({ reason: `the resolutions ${reason}`, pointer: `/resolutions${pointer}` });
	const parsed = parseStrict(text, { maxDepth: MAX_RESOLUTION_DEPTH });
	if (!parsed.ok) throw refused(`are not JSON: ${parsed.fault.reason}`);
	if (!compiledResolutions.Check(parsed.value)) {
		const { pointer, reason } = firstFault(compiledResolutions.Errors(parsed.value));
		throw refused(`at ${pointer || 'their top'} ${reason}`, pointer);
	}
	// Contents came out of JSON text.
	return parsed.value as MergeSettings['resolutions'];
}
