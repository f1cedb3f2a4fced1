import { cancelled } from '../../schemas/examples/jobs.ts';
import { Job, JobParams } from '../../schemas/jobs.ts';
import type { JobService } from '../../src/service/job-service.ts';
import { answer } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { problemAnswers } from '../problem-answers.ts';

export function cancelJob(app: App, jobs: JobService): void {
	app.route({
		method: 'DELETE',
		url: '/api/jobs/:job_id',
		schema: {
			operationId: 'cancelJob',
			summary: 'Cancel a job',
			description:
				'When this is answered, the job has ended and nothing is left of it. A job that had ended before: 409.',
			tags: ['jobs'],
			params: JobParams,
			response: {
				200: answer('The cancelled job', Job, { cancelled }),
				...problemAnswers('JobUnknown', 'JobFinished'),
			},
		},
		handler: (request) => jobs.cancel(request.params.job_id),
	});
}
