import { project } from '../../schemas/examples/projects.ts';
import { Project, ProjectChange, ProjectParams } from '../../schemas/projects.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import { answer, ETAG } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { problemAnswers } from '../problem-answers.ts';
import { rawBody } from '../raw-body.ts';
import { IfMatchHeaders, precondition, revisionTag } from '../revision-tags.ts';

export function updateProject(app: App, projects: ProjectService): void {
	app.route({
		method: 'PATCH',
		url: '/api/projects/:project_id',
		config: { rawBody: true },
		schema: {
			operationId: 'updateProject',
			summary: 'Change name, description or metadata',
			description: 'What is not sent stays; null removes. An update that changes nothing makes no revision.',
			tags: ['projects'],
			params: ProjectParams,
			headers: IfMatchHeaders,
			body: ProjectChange,
			response: {
				200: answer('The project', Project, { project }, ETAG),
				...problemAnswers(
					'ProjectUnknown',
					'UploadTimeout',
					'ProjectBusy',
					'RevisionStale',
					'ContentTooLarge',
					'UnsupportedMediaType',
					'SpoolFull',
				),
			},
		},
		handler: async (request, reply) => {
			const held = precondition(request.headers['if-match']);
			const project = await projects.update(request.params.project_id, rawBody(request.body), held);
			reply.header('etag', revisionTag(project.revision));
			return project;
		},
	});
}
