import { KindParams, RecordListQuery, RecordPage } from '../../schemas/projects.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import { ETAG, NOT_MODIFIED, problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { isUnchanged } from '../entity-tags.ts';
import { revisionTag } from '../revision-tags.ts';

export function listRecords(app: App, projects: ProjectService): void {
	app.route({
		method: 'GET',
		url: '/api/projects/:project_id/:kind',
		schema: {
			operationId: 'listRecords',
			summary: 'Page through the themes, tokens or components of a project',
			description:
				'A filter may be given several times: any of its values. All filters that are given must hold. A cursor stays on the revision it began with.',
			tags: ['projects'],
			params: KindParams,
			querystring: RecordListQuery,
			response: {
				200: { ...RecordPage, description: 'A page of records', headers: ETAG },
				...NOT_MODIFIED,
				...problemAnswers(404),
			},
		},
		handler: (request, reply) => {
			const { project_id, kind } = request.params;
			return projects.records(project_id, kind, request.query, (revision) =>
				isUnchanged(request, reply, revisionTag(revision)),
			);
		},
	});
}
