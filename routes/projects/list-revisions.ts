import { lastPage, revision } from '../../schemas/examples/projects.ts';
import { ProjectParams, RevisionListQuery, RevisionPage } from '../../schemas/projects.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import { answer, DIGEST_TAG, NOT_MODIFIED } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { ReadHeaders } from '../entity-tags.ts';
import { problemAnswers } from '../problem-answers.ts';

export function listRevisions(app: App, projects: ProjectService): void {
	app.route({
		method: 'GET',
		url: '/api/projects/:project_id/revisions',
		schema: {
			operationId: 'listRevisions',
			summary: 'Page through the revisions of a project',
			description:
				'The newest first, unless sort says otherwise. Each with its cause, its message, and how many records it added, changed and removed.',
			tags: ['projects'],
			params: ProjectParams,
			querystring: RevisionListQuery,
			headers: ReadHeaders,
			response: {
				200: answer('A page of revisions', RevisionPage, { revisions: lastPage(revision) }, DIGEST_TAG),
				...NOT_MODIFIED,
				...problemAnswers('MalformedPage', 'ProjectUnknown'),
			},
		},
		handler: (request) => projects.revisions(request.params.project_id, request.query),
	});
}
