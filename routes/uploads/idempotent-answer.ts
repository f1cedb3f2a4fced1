/** Answers of work that may become a job, given once per Idempotency-Key. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { QueuedAnswer } from '../../schemas/jobs.ts';
import type { Idempotency, KeptAnswer } from '../../src/service/idempotency.ts';
import { prefersJob } from './execution-options.ts';

export function keyOf({ headers }: FastifyRequest): string | null {
	const key = headers['idempotency-key'];
	return typeof key === 'string' ? key : null;
}

/** 202 (API, "202"). */
export function queuedAnswer(request: FastifyRequest, queued: QueuedAnswer): KeptAnswer {
	const headers = {
		location: `/api/jobs/${queued.job_id}`,
		...(prefersJob(request) ? { 'preference-applied': 'respond-async' } : {}),
	};
	return { status: 202, headers, body: queued, revision: null };
}

/** Sets status and headers of a kept answer, and marks one that is given again; answers its body. */
export function answerKept(
	reply: FastifyReply,
	{ answer, again }: { answer: KeptAnswer; again: boolean },
): unknown {
	reply.code(answer.status).headers({ ...answer.headers });
	if (again) reply.header('idempotent-replayed', 'true');
	return answer.body;
}

/**
 * Performs work and answers it, or gives the answer that the request's key has already.
 *
 * @param same all that makes two requests the same
 * @param perform does the work, or makes it a job
 * @param present what is answered where the work is done
 */
export async function answerOnce<Result extends object>(
	request: FastifyRequest,
	reply: FastifyReply,
	idempotency: Idempotency,
	same: object,
	perform: () => Promise<Result | { queued: QueuedAnswer }>,
	present: (result: Result) => KeptAnswer,
): Promise<unknown> {
	const kept = await idempotency.once(keyOf(request), same, async () => {
		const result = await perform();
		return 'queued' in result ? queuedAnswer(request, result.queued) : present(result);
	});
	return answerKept(reply, kept);
}
