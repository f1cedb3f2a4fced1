import type { Stage } from '../../schemas/problem.ts';
import type { AlertType } from '../errors.ts';

/** What the service tells whoever measures it. */
export interface Telemetry {
	stageDurations(durations: Partial<Record<Stage, number>>): void;
	importDuration(seconds: number, outcome: 'succeeded' | 'refused' | 'failed'): void;
	exportDuration(seconds: number, outcome: 'succeeded' | 'refused' | 'failed'): void;
	validationError(stage: Stage): void;
	securityAlert(type: AlertType): void;
}

/** Who asks, for the log. */
export interface Caller {
	readonly requestId: string;
	readonly address: string;
	readonly log: { warn(facts: object, message: string): void };
}
