import { running } from '../../schemas/examples/jobs.ts';
import { lastPage } from '../../schemas/examples/projects.ts';
import { JobListQuery, JobPage } from '../../schemas/jobs.ts';
import type { JobService } from '../../src/service/job-service.ts';
import { answer, DIGEST_TAG, NOT_MODIFIED } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { ReadHeaders } from '../entity-tags.ts';
import { problemAnswers } from '../problem-answers.ts';

export function listJobs(app: App, jobs: JobService): void {
	app.route({
		method: 'GET',
		url: '/api/jobs',
		schema: {
			operationId: 'listJobs',
			summary: 'Page through jobs',
			description:
				'Ended jobs are kept for DSS_JOB_TTL. The error of a job has no errors and no details here; the job by itself has them. A filter may be given several times: any of its values.',
			tags: ['jobs'],
			querystring: JobListQuery,
			headers: ReadHeaders,
			response: {
				200: answer('A page of jobs', JobPage, { jobs: lastPage(running) }, DIGEST_TAG),
				...NOT_MODIFIED,
				...problemAnswers('MalformedPage'),
			},
		},
		handler: (request) => jobs.list(request.query),
	});
}
