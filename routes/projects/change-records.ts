import { changed } from '../../schemas/examples/projects.ts';
import { Changes, ChangesAnswer, ProjectParams } from '../../schemas/projects.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import { answer, ETAG } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { problemAnswers } from '../problem-answers.ts';
import { rawBody } from '../raw-body.ts';
import { IfMatchHeaders, precondition, revisionTag } from '../revision-tags.ts';

/** An edit is made by people or small tools: what is larger is an import. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

export function changeRecords(app: App, projects: ProjectService): void {
	app.route({
		method: 'POST',
		url: '/api/projects/:project_id/changes',
		bodyLimit: MAX_BODY_BYTES,
		config: { rawBody: true },
		schema: {
			operationId: 'changeRecords',
			summary: 'Add, change and delete records as one new revision',
			description:
				'All of it or nothing, by the same checks as an import. A record may be sent as it was read: its version and times are ignored. Without uuid it is new. An edit that changes nothing makes no revision.',
			tags: ['projects'],
			params: ProjectParams,
			headers: IfMatchHeaders,
			body: Changes,
			response: {
				200: answer('The revision, and how many records differ', ChangesAnswer, { changed }, ETAG),
				...problemAnswers(
					'RefusedEdit',
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
		onRequest: async () => projects.assertRoom(),
		handler: async (request, reply) => {
			const { revision, ...counts } = await projects.edit({
				projectUuid: request.params.project_id,
				body: rawBody(request.body),
				precondition: precondition(request.headers['if-match']),
			});
			reply.header('etag', revisionTag(revision.number));
			return { revision: revision.number, ...counts };
		},
	});
}
