import { changed } from '../../schemas/examples/projects.ts';
import { Revert } from '../../schemas/history.ts';
import { ChangesAnswer, ProjectParams } from '../../schemas/projects.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import { answer, ETAG } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { problemAnswers } from '../problem-answers.ts';
import { IfMatchHeaders, precondition, revisionTag } from '../revision-tags.ts';

export function revertProject(app: App, projects: ProjectService): void {
	app.route({
		method: 'POST',
		url: '/api/projects/:project_id/revert',
		schema: {
			operationId: 'revertProject',
			summary: 'Make a new revision with the content of an older one',
			description: 'No revision is lost by it. A revert that changes nothing makes no revision.',
			tags: ['projects'],
			params: ProjectParams,
			headers: IfMatchHeaders,
			body: Revert,
			response: {
				200: answer('The revision, and how many records differ', ChangesAnswer, { changed }, ETAG),
				...problemAnswers(
					'RevisionUnknown',
					'UploadTimeout',
					'ProjectBusy',
					'RevisionStale',
					'ContentTooLarge',
					'UnsupportedMediaType',
					'SpoolFull',
				),
			},
		},
		onRequest: async () => projects.assertRoom(),
		handler: async (request, reply) => {
			const { project_id } = request.params;
			const expected = precondition(request.headers['if-match']);
			const { revision, ...counts } = await projects.revert(project_id, request.body.to, expected);
			reply.header('etag', revisionTag(revision.number));
			return { revision: revision.number, ...counts };
		},
	});
}
