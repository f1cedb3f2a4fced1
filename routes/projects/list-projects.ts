import { lastPage, project } from '../../schemas/examples/projects.ts';
import { ProjectListQuery, ProjectPage } from '../../schemas/projects.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import { answer, DIGEST_TAG, NOT_MODIFIED } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { ReadHeaders } from '../entity-tags.ts';
import { problemAnswers } from '../problem-answers.ts';

export function listProjects(app: App, projects: ProjectService): void {
	app.route({
		method: 'GET',
		url: '/api/projects',
		schema: {
			operationId: 'listProjects',
			summary: 'Page through projects',
			description:
				'In the order in which they came here, unless sort says otherwise. query finds a part of a name, letter case aside.',
			tags: ['projects'],
			querystring: ProjectListQuery,
			headers: ReadHeaders,
			response: {
				200: answer('A page of projects', ProjectPage, { projects: lastPage(project) }, DIGEST_TAG),
				...NOT_MODIFIED,
				...problemAnswers('MalformedPage'),
			},
		},
		handler: (request) => projects.list(request.query),
	});
}
