import { JobListQuery, JobPage } from '../../schemas/jobs.ts';
import type { JobService } from '../../src/service/job-service.ts';
import { DIGEST_TAG, NOT_MODIFIED, problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';

export function listJobs(app: App, jobs: JobService): void {
	app.route({
		method: 'GET',
		url: '/api/jobs',
		schema: {
			operationId: 'listJobs',
			summary: 'Page through jobs',
			description:
				'The error of a job has no errors and no details here; the job by itself has them. A filter may be given several times: any of its values.',
			tags: ['jobs'],
			querystring: JobListQuery,
			response: {
				200: { ...JobPage, description: 'A page of jobs', headers: DIGEST_TAG },
				...NOT_MODIFIED,
				...problemAnswers(),
			},
		},
		handler: (request) => jobs.list(request.query),
	});
}
