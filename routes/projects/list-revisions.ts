import { ProjectParams, RevisionListQuery, RevisionPage } from '../../schemas/projects.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import { DIGEST_TAG, NOT_MODIFIED, problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';

export function listRevisions(app: App, projects: ProjectService): void {
	app.route({
		method: 'GET',
		url: '/api/projects/:project_id/revisions',
		schema: {
			operationId: 'listRevisions',
			summary: 'Page through the revisions of a project',
			tags: ['projects'],
			params: ProjectParams,
			querystring: RevisionListQuery,
			response: {
				200: { ...RevisionPage, description: 'A page of revisions', headers: DIGEST_TAG },
				...NOT_MODIFIED,
				...problemAnswers(404),
			},
		},
		handler: (request) => projects.revisions(request.params.project_id, request.query),
	});
}
