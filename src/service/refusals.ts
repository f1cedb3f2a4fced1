import { DssError } from '../errors.ts';
import type { Spooled } from '../spool/spool.ts';
import type { Caller, Telemetry } from './telemetry.ts';

/** Counts what a stage refused; an alert is logged, without any content (REFUSALS). */
export function noteRefusal(
	telemetry: Telemetry,
	error: DssError,
	file: Pick<Spooled, 'sha256'>,
	caller: Caller,
): void {
	if (error.stage !== undefined) telemetry.validationError(error.stage);
	const { alert } = error.spec;
	if (alert === undefined) return;
	telemetry.securityAlert(alert);
	caller.log.warn(
		{
			alert,
			request_id: caller.requestId,
			client: caller.address,
			archive_sha256: file.sha256,
			code: error.code,
			reason: error.details['reason'] ?? error.details['limit'],
		},
		'security alert',
	);
}

/** How failed work is counted. */
export function outcomeOf(error: unknown): 'refused' | 'failed' {
	return error instanceof DssError && error.spec.status < 500 ? 'refused' : 'failed';
}
