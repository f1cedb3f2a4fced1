import Type from 'typebox';
import { running } from '../../schemas/examples/jobs.ts';
import { Job, JobParams } from '../../schemas/jobs.ts';
import type { JobEvent, JobService } from '../../src/service/job-service.ts';
import type { App } from '../app-instance.ts';
import { goneSignal } from '../caller.ts';
import { problemAnswers } from '../problem-answers.ts';

const EventHeaders = Type.Object({
	'last-event-id': Type.Optional(
		Type.String({ description: 'The id of the last event that came; EventSource sends it by itself' }),
	),
});

export function watchJob(app: App, jobs: JobService): void {
	app.route({
		method: 'GET',
		url: '/api/jobs/:job_id/events',
		compress: false,
		sse: { kind: 'manual' },
		schema: {
			operationId: 'watchJob',
			summary: 'Watch a job as server-sent events',
			description:
				'`progress` at once and whenever the job has moved on, then `end`; each has the whole job as its data. A client that connects again with Last-Event-ID continues with the next id; nothing is missed, since every event holds the whole job. Where it has had `end`, the answer is 204, and EventSource stops.',
			tags: ['jobs'],
			params: JobParams,
			headers: EventHeaders,
			response: {
				200: {
					description: 'The events (WHATWG HTML §9.2): of each, this is what its `data` holds',
					content: { 'text/event-stream': { schema: Job, examples: { data: { value: running } } } },
				},
				204: { type: 'null', description: 'Last-Event-ID is that of `end`: there are no more events' },
				...problemAnswers('JobUnknown'),
			},
		},
		handler: async (request, reply) => {
			const last = LAST_ID.exec(String(request.headers['last-event-id'] ?? ''));
			if (last?.[2] !== undefined) {
				await jobs.get(request.params.job_id);
				return reply.code(204).send(null);
			}
			const events = await jobs.events(request.params.job_id, goneSignal(reply));
			await reply.sse.send(messages(events, Number(last?.[1] ?? 0)));
		},
	});
}

/** An event's id: its number, and whether it was the last. EventSource sends it when it connects again. */
const LAST_ID = /^(\d{1,9})(-end)?$/;

async function* messages(events: AsyncIterable<JobEvent>, after: number) {
	for await (const { id, ended, job } of events) {
		const number = after + id;
		yield ended
			? { id: `${number}-end`, event: 'end', data: job }
			: { id: String(number), event: 'progress', data: job };
	}
}
