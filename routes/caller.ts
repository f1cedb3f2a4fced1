import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../src/service/telemetry.ts';

/** Who asks, for the log of alerts. */
export function callerOf(request: FastifyRequest): Caller {
	return { requestId: request.id, address: request.ip, log: request.log };
}

/** Aborts when the client goes away before it has its answer (REFUSALS 40); it may have gone already. */
export function goneSignal(reply: FastifyReply): AbortSignal {
	const controller = new AbortController();
	const gone = () => {
		if (!reply.raw.writableFinished) controller.abort();
	};
	if (reply.raw.closed || reply.raw.destroyed) gone();
	else reply.raw.once('close', gone);
	return controller.signal;
}
