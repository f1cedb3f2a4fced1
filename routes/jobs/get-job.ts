import { Job, JobParams } from '../../schemas/jobs.ts';
import type { JobService } from '../../src/service/job-service.ts';
import { DIGEST_TAG, NOT_MODIFIED, problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';

const schema = {
	tags: ['jobs'],
	params: JobParams,
	response: {
		200: { ...Job, description: 'The job', headers: DIGEST_TAG },
		...NOT_MODIFIED,
		...problemAnswers(404),
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
