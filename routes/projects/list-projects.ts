import { ProjectListQuery, ProjectPage } from '../../schemas/projects.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import { DIGEST_TAG, NOT_MODIFIED, problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';

export function listProjects(app: App, projects: ProjectService): void {
	app.route({
		method: 'GET',
		url: '/api/projects',
		schema: {
			operationId: 'listProjects',
			summary: 'Page through projects',
			tags: ['projects'],
			querystring: ProjectListQuery,
			response: {
				200: { ...ProjectPage, description: 'A page of projects', headers: DIGEST_TAG },
				...NOT_MODIFIED,
				...problemAnswers(),
			},
		},
		handler: (request) => projects.list(request.query),
	});
}
