/** How an error ends a run: the input's faults fail its job, those of the machine let it run again for a while. */
import { DssError, errors, toStoredError } from '../errors.ts';
import type { Job, JobEnd } from './queue.ts';

/** Attempts that the machine may fail: a full disk is often cleared within the minutes that these take. */
const MAX_FAULTS = 5;
/** Attempts that the watchdog may end: what stalls twice stalls each time, and holds a thread for that long. */
const MAX_STALLS = 2;
/** Attempts that may end with their process. Operators restart more often than a job kills its process. */
const MAX_CRASHES = 100;
const FIRST_FAULT_DELAY_MS = 1_000;
const MAX_FAULT_DELAY_MS = 60_000;
/** Another write of the project is mostly done within a second; a large one takes minutes. */
const FIRST_BUSY_DELAY_MS = 200;
const MAX_BUSY_DELAY_MS = 5_000;

const ENDS_OF_STOPPED: ReadonlySet<string> = new Set(
	[errors.cancelled, errors.workStalled, errors.stopping].map(({ spec }) => spec.code),
);

/** Why a run was asked to stop. */
export type StopReason = 'cancelled' | 'stopped';

/** Ends a job that has brought down its process too often; null where it may run. */
export function tooManyCrashes({ attempts, crashes }: Job): JobEnd | null {
	if (crashes < MAX_CRASHES) return null;
	const reason = `the process ended ${crashes} times while it ran`;
	return { status: 'failed', error: toStoredError(errors.jobGivenUp({ attempts, reason })) };
}

/** @param now milliseconds since 1970 */
export function endOfRun(job: Job, error: unknown, stop: StopReason | null, now: number): JobEnd {
	const known = error instanceof DssError ? error : errors.internal({}, error);
	const again = (reason: 'busy' | 'fault' | 'stall', delayMs: number): JobEnd => ({
		status: 'queued',
		notBefore: now + delayMs,
		reason,
	});
	const failed = (final: DssError): JobEnd => ({ status: 'failed', error: toStoredError(final) });
	if (stop === 'cancelled' && isEndOfStopped(known)) return { status: 'cancelled' };
	const isStopped = stop === 'stopped' && isEndOfStopped(known);
	if (isStopped || known.code === errors.stopping.spec.code)
		return { status: 'queued', notBefore: 0, reason: 'stopped' };
	if (known.code === errors.projectBusy.spec.code)
		return again('busy', backOff(FIRST_BUSY_DELAY_MS, job.busyRetries, MAX_BUSY_DELAY_MS));
	if (known.code === errors.workStalled.spec.code)
		return job.stalls + 1 < MAX_STALLS ? again('stall', 0) : failed(known);
	if (known.spec.status < 500) return failed(known);
	if (job.faults + 1 < MAX_FAULTS)
		return again('fault', backOff(FIRST_FAULT_DELAY_MS, job.faults, MAX_FAULT_DELAY_MS));
	return failed(errors.jobGivenUp({ attempts: job.attempts, reason: known.message }, known));
}

/** Work that was asked to stop did, or was ended: by the watchdog because it did not, or with the service. */
function isEndOfStopped({ code }: DssError): boolean {
	return ENDS_OF_STOPPED.has(code);
}

function backOff(firstMs: number, times: number, mostMs: number): number {
	return Math.min(firstMs * 2 ** times, mostMs);
}
