import { Project, ProjectParams } from '../../schemas/projects.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import { ETAG, NOT_MODIFIED, problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { isUnchanged } from '../entity-tags.ts';
import { revisionTag } from '../revision-tags.ts';

export function getProject(app: App, projects: ProjectService): void {
	app.route({
		method: 'GET',
		url: '/api/projects/:project_id',
		schema: {
			operationId: 'getProject',
			summary: 'Get a project with its revision and counts',
			tags: ['projects'],
			params: ProjectParams,
			response: {
				200: { ...Project, description: 'The project', headers: ETAG },
				...NOT_MODIFIED,
				...problemAnswers(404),
			},
		},
		handler: async (request, reply) => {
			const project = await projects.get(request.params.project_id);
			return isUnchanged(request, reply, revisionTag(project.revision)) ? null : project;
		},
	});
}
