import { exported, failed, imported, running } from '../../schemas/examples/jobs.ts';
import { Job, JobParams } from '../../schemas/jobs.ts';
import type { JobService } from '../../src/service/job-service.ts';
import { answer, DIGEST_TAG, NOT_MODIFIED } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { ReadHeaders } from '../entity-tags.ts';
import { problemAnswers } from '../problem-answers.ts';

const schema = {
	tags: ['jobs'],
	params: JobParams,
	description: 'status and kind tell which result or error there is. A client polls, or watches the events.',
	headers: ReadHeaders,
	response: {
		200: answer('The job', Job, { running, imported, exported, failed }, DIGEST_TAG),
		...NOT_MODIFIED,
		...problemAnswers('JobUnknown'),
	},
};

export function getJob(app: App, jobs: JobService): void {
	app.route({
		method: 'GET',
		url: '/api/jobs/:job_id',
		schema: { operationId: 'getJob', summary: 'Get a job', ...schema },
		handler: (request) => jobs.get(request.params.job_id),
	});
}

export function getImportStatus(app: App, jobs: JobService): void {
	app.route({
		method: 'GET',
		url: '/api/import/status/:job_id',
		schema: { operationId: 'getImportStatus', summary: 'Get a job, under its older name', ...schema },
		handler: (request) => jobs.get(request.params.job_id),
	});
}
