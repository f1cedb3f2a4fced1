import { lastPage, project } from '../../schemas/examples/projects.ts';
import { ProjectListQuery, ProjectPage } from '../../schemas/projects.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import { answer } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { problemAnswers } from '../problem-answers.ts';

export function listProjects(app: App, projects: ProjectService): void {
	app.route({
		method: 'GET',
		url: '/api/projects',
		schema: {
			operationId: 'listProjects',
			summary: 'Page through projects',
			description: 'In the order of their creation. query finds a part of a name, letter case aside.',
			tags: ['projects'],
			querystring: ProjectListQuery,
			response: {
				200: answer('A page of projects', ProjectPage, { projects: lastPage(project) }),
				...problemAnswers(),
			},
		},
		handler: (request) => projects.list(request.query),
	});
}
