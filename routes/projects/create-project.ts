import { NewProject, Project } from '../../schemas/projects.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import { ETAG, problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { rawBody } from '../raw-body.ts';
import { revisionTag } from '../revision-tags.ts';

export function createProject(app: App, projects: ProjectService): void {
	app.route({
		method: 'POST',
		url: '/api/projects',
		config: { rawBody: true },
		schema: {
			operationId: 'createProject',
			summary: 'Create an empty project',
			tags: ['projects'],
			body: NewProject,
			response: {
				201: {
					...Project,
					description: 'The new project',
					headers: { ...ETAG, Location: { type: 'string', description: 'Its address' } },
				},
				...problemAnswers(413, 415, 507),
			},
		},
		handler: async (request, reply) => {
			const project = await projects.create(rawBody(request.body));
			reply.code(201).header('location', `/api/projects/${project.project_id}`);
			reply.header('etag', revisionTag(project.revision));
			return project;
		},
	});
}
