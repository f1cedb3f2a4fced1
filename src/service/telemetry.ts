import type { Stage } from '../../schemas/problem.ts';
import type { AlertType } from '../errors.ts';
import type { JobKind, JobStatus } from '../jobs/queue.ts';

export const MERGE_OUTCOMES = ['new', 'updated', 'deleted', 'unchanged', 'auto_merged', 'conflict'] as const;
export type MergeOutcome = (typeof MERGE_OUTCOMES)[number];

/** What the service reports to be measured. */
export interface Telemetry {
	stageDurations(durations: Partial<Record<Stage, number>>): void;
	importDuration(seconds: number, outcome: 'succeeded' | 'refused' | 'failed'): void;
	exportDuration(seconds: number, outcome: 'succeeded' | 'refused' | 'failed'): void;
	jobEnd(kind: JobKind, outcome: JobStatus, seconds: number): void;
	webhookDelivery(outcome: 'delivered' | 'retried' | 'given_up'): void;
	mergeDuration(seconds: number, outcome: 'succeeded' | 'refused' | 'failed'): void;
	/** Records that a merge settled, by what became of them. */
	mergeItems(outcome: MergeOutcome, count: number): void;
	clockSkews(count: number): void;
	/** An archive of an older version that was brought to another. */
	migration(from: string, to: string): void;
	validationError(stage: Stage): void;
	securityAlert(type: AlertType): void;
}

/** Who asks, for the log. */
export interface Caller {
	readonly requestId: string;
	readonly address: string;
	readonly log: { warn(properties: object, message: string): void };
}
