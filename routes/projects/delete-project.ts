import { ProjectParams } from '../../schemas/projects.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import type { App } from '../app-instance.ts';
import { problemAnswers } from '../problem-answers.ts';
import { IfMatchHeaders, precondition } from '../revision-tags.ts';

export function deleteProject(app: App, projects: ProjectService): void {
	// It answers with nothing that would have to be accepted.
	const { 406: _notAcceptable, ...problems } = problemAnswers(
		'ProjectUnknown',
		'ProjectBusy',
		'RevisionStale',
	);
	app.route({
		method: 'DELETE',
		url: '/api/projects/:project_id',
		schema: {
			operationId: 'deleteProject',
			summary: 'Delete a project with its history',
			description:
				'Its records, revisions and what merges remembered of it are gone; nothing brings them back.',
			tags: ['projects'],
			params: ProjectParams,
			headers: IfMatchHeaders,
			response: {
				204: { type: 'null', description: 'Deleted' },
				...problems,
			},
		},
		handler: async (request, reply) => {
			await projects.remove(request.params.project_id, precondition(request.headers['if-match']));
			return reply.code(204).send(null);
		},
	});
}
