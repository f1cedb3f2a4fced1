/** A line in the log for the beginning and for the end of each run of a job. */
import type { Job, JobEnd } from './queue.ts';

export interface RunLog {
	info(properties: object, message: string): void;
}

/** Logs that a run of a job begins. */
export function logBegin(log: RunLog, job: Job): void {
	log.info({ ...about(job), items: job.items, attempt: job.attempts }, 'job begun');
}

/**
 * Logs how a run ended.
 *
 * @param job as it is stored now: it has ended, or waits again
 * @param end how the run ended
 */
export function logEnd(log: RunLog, job: Job, end: JobEnd, seconds: number): void {
	const run = { ...about(job), duration_ms: Math.round(seconds * 1000), attempts: job.attempts };
	if (job.finishedAt === null) {
		const reason = end.status === 'queued' ? end.reason : null;
		log.info({ ...run, reason }, 'job waits for another attempt');
	} else log.info({ ...run, status: job.status, code: job.error?.spec.code ?? null }, 'job ended');
}

function about({ uuid, kind, projectUuid, caller }: Job): object {
	return { job: uuid, kind, project: projectUuid, request_id: caller.requestId };
}
