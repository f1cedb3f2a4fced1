import { running } from '../../schemas/examples/jobs.ts';
import { Job, JobParams } from '../../schemas/jobs.ts';
import type { JobEvent, JobService } from '../../src/service/job-service.ts';
import type { App } from '../app-instance.ts';
import { goneSignal } from '../caller.ts';
import { problemAnswers } from '../problem-answers.ts';

export function watchJob(app: App, jobs: JobService): void {
	app.route({
		method: 'GET',
		url: '/api/jobs/:job_id/events',
		sse: { kind: 'manual' },
		schema: {
			operationId: 'watchJob',
			summary: 'Watch a job as server-sent events',
			description:
				'`progress` at once and whenever the job has moved on, then `end`; each has the whole job as its data. A client that connects again with Last-Event-ID continues with the next id; nothing is missed, since every event holds the whole job.',
			tags: ['jobs'],
			params: JobParams,
			response: {
				200: {
					description: 'The events (WHATWG HTML §9.2): of each, this is what its `data` holds',
					content: { 'text/event-stream': { schema: Job, examples: { data: { value: running } } } },
				},
				...problemAnswers('JobUnknown'),
			},
		},
		handler: async (request, reply) => {
			const events = await jobs.events(request.params.job_id, goneSignal(reply));
			const after = Number(request.headers['last-event-id']);
			await reply.sse.send(messages(events, Number.isSafeInteger(after) && after > 0 ? after : 0));
		},
	});
}

async function* messages(events: AsyncIterable<JobEvent>, after: number) {
	for await (const { id, ended, job } of events)
		yield { id: String(after + id), event: ended ? 'end' : 'progress', data: job };
}
