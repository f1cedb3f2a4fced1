import { project } from '../../schemas/examples/projects.ts';
import { NewProject, Project } from '../../schemas/projects.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import { answer, ETAG, LOCATION } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { problemAnswers } from '../problem-answers.ts';
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
			description: 'Its uuid is made here; names need not be unique. Its first revision is empty.',
			tags: ['projects'],
			body: NewProject,
			response: {
				201: answer('The new project', Project, { project }, { ...ETAG, ...LOCATION }),
				...problemAnswers('UploadTimeout', 'BodyTooLarge', 'UnsupportedMediaType', 'SpoolFull'),
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
