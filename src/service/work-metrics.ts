/** Measures the ends of archive work, within a request or as a job. */
import { DssError, fromErrorData } from '../errors.ts';
import type { JobOutcomes } from '../jobs/job-tasks.ts';
import type { Job, JobKind } from '../jobs/queue.ts';
import type { MergeCounts } from '../pipeline/merge/report.ts';
import type { Estimator } from './estimator.ts';
import { noteRefusal, outcomeOf } from './refusals.ts';
import type { Caller, Telemetry } from './telemetry.ts';

export class WorkMetrics {
	readonly #telemetry: Telemetry;
	readonly #estimator: Estimator;

	constructor(telemetry: Telemetry, estimator: Estimator) {
		this.#telemetry = telemetry;
		this.#estimator = estimator;
	}

	/** Work that ended well. */
	succeeded<Kind extends JobKind>(kind: Kind, value: JobOutcomes[Kind], seconds: number): void {
		this.#duration(kind, seconds, 'succeeded');
		const { themes, tokens, components } = value.revision.counts;
		this.#estimator.learn(kind, themes + tokens + components, seconds);
		if ('migrations' in value) this.#migrations(value.migrations);
		if ('counts' in value) this.#merged(value);
		if ('merged' in value && value.merged !== null) this.#merged(value.merged);
	}

	/** Work that was refused or failed. */
	failed(kind: JobKind, error: unknown, seconds: number, sha256: string | null, caller: Caller): void {
		this.#duration(kind, seconds, outcomeOf(error));
		if (!(error instanceof DssError)) return;
		if (error.code === 'merge_conflicts')
			this.#telemetry.mergeItems('conflict', Number(error.details['conflicts']));
		if (sha256 !== null) noteRefusal(this.#telemetry, error, { sha256 }, caller);
	}

	/** The end of a job. */
	ended(job: Job, seconds: number, caller: Caller): void {
		const { kind, status } = job;
		this.#telemetry.jobEnd(kind, status, seconds);
		if (job.outcome !== null) {
			// Written as JSON by a run of this kind.
			this.succeeded(kind, JSON.parse(job.outcome) as JobOutcomes[typeof kind], seconds);
			this.#estimator.flush();
		}
		if (job.error !== null) {
			this.failed(kind, fromErrorData(job.error), seconds, job.input?.sha256 ?? null, caller);
		}
	}

	#duration(kind: JobKind, seconds: number, outcome: 'succeeded' | 'refused' | 'failed'): void {
		if (kind === 'import') this.#telemetry.importDuration(seconds, outcome);
		if (kind === 'merge') this.#telemetry.mergeDuration(seconds, outcome);
		if (kind === 'export') this.#telemetry.exportDuration(seconds, outcome);
	}

	#migrations(migrations: readonly string[]): void {
		for (const migration of migrations) {
			const [from, to] = migration.split(' → ');
			if (from !== undefined && to !== undefined) this.#telemetry.migration(from, to);
		}
	}

	#merged({ counts, clockSkews }: { counts: MergeCounts; clockSkews: number }): void {
		this.#telemetry.mergeItems('new', counts.new);
		this.#telemetry.mergeItems('updated', counts.updated);
		this.#telemetry.mergeItems('deleted', counts.deleted);
		this.#telemetry.mergeItems('unchanged', counts.unchanged);
		this.#telemetry.mergeItems('auto_merged', counts.autoMerged);
		this.#telemetry.mergeItems('conflict', counts.conflicts);
		this.#telemetry.clockSkews(clockSkews);
	}
}
