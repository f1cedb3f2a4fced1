import { project } from '../../schemas/examples/projects.ts';
import { Project, ProjectParams } from '../../schemas/projects.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import { answer, ETAG, NOT_MODIFIED } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { isUnchanged, ReadHeaders } from '../entity-tags.ts';
import { problemAnswers } from '../problem-answers.ts';
import { revisionTag } from '../revision-tags.ts';

export function getProject(app: App, projects: ProjectService): void {
	app.route({
		method: 'GET',
		url: '/api/projects/:project_id',
		schema: {
			operationId: 'getProject',
			summary: 'Get a project with its revision and counts',
			description: 'As it is now. The ETag names the revision; send it as If-Match with a write.',
			tags: ['projects'],
			params: ProjectParams,
			headers: ReadHeaders,
			response: {
				200: answer('The project', Project, { project }, ETAG),
				...NOT_MODIFIED,
				...problemAnswers('ProjectUnknown'),
			},
		},
		handler: async (request, reply) => {
			const project = await projects.get(request.params.project_id);
			return isUnchanged(request, reply, revisionTag(project.revision)) ? null : project;
		},
	});
}
