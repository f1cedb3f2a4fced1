/** How a request wants its work done: Prefer (RFC 7240 §4.1), background, callback_url. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { queued } from '../../schemas/examples/archives.ts';
import { QueuedAnswer } from '../../schemas/jobs.ts';
import type { ExecutionOptions } from '../../src/service/archive-service.ts';
import { answer, REPLAYED } from '../answers.ts';
import { callerOf, goneSignal } from '../caller.ts';
import { IfMatchHeaders } from '../revision-tags.ts';

/** The header of a request that is answered once. */
export const KeyHeaders = Type.Object({
	'idempotency-key': Type.Optional(
		Type.String({
			minLength: 1,
			maxLength: 255,
			description: 'The same key with the same request gives the first answer again, for 24 hours',
		}),
	),
});
/** The headers of work that may become a job. */
export const WorkHeaders = Type.Object({
	prefer: Type.Optional(Type.String({ description: '`respond-async` requests a job (RFC 7240)' })),
	...KeyHeaders.properties,
});
export const WriteHeaders = Type.Object({ ...IfMatchHeaders.properties, ...WorkHeaders.properties });

/** The answer of an operation whose work became a job. */
const { description, headers, content } = answer(
	'The work became a job',
	QueuedAnswer,
	{ queued },
	{
		Location: { type: 'string', description: 'The address of the job' },
		'Preference-Applied': {
			type: 'string',
			description: '`respond-async`, where the request preferred it',
		},
		...REPLAYED,
	},
);
export const QUEUED = {
	description,
	headers,
	content: { 'application/json': { ...content['application/json'], 'x-name': 'Queued' } },
};

export function prefersJob({ headers }: FastifyRequest): boolean {
	return /(?:^|,)\s*respond-async\s*(?:[;,]|$)/i.test(String(headers['prefer'] ?? ''));
}

export function executionOptions(
	request: FastifyRequest,
	reply: FastifyReply,
	options: { background?: boolean; callback_url?: string },
): ExecutionOptions {
	return {
		asJob: options.background || prefersJob(request) ? 'always' : 'if_long',
		callbackUrl: options.callback_url ?? null,
		signal: goneSignal(reply),
		caller: callerOf(request),
	};
}
