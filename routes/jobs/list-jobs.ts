import { running } from '../../schemas/examples/jobs.ts';
import { lastPage } from '../../schemas/examples/projects.ts';
import { JobListQuery, JobPage } from '../../schemas/jobs.ts';
import type { JobService } from '../../src/service/job-service.ts';
import { answer } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { problemAnswers } from '../problem-answers.ts';

export function listJobs(app: App, jobs: JobService): void {
	app.route({
		method: 'GET',
		url: '/api/jobs',
		schema: {
			operationId: 'listJobs',
			summary: 'Page through jobs, newest first',
			description: 'Ended jobs are kept for DSS_JOB_TTL.',
			tags: ['jobs'],
			querystring: JobListQuery,
			response: {
				200: answer('A page of jobs', JobPage, { jobs: lastPage(running) }),
				...problemAnswers(),
			},
		},
		handler: (request) => jobs.list(request.query),
	});
}
