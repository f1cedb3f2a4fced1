import { AnyRecord, RecordParams, RecordQuery } from '../../schemas/projects.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import { ETAG, NOT_MODIFIED, problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { isUnchanged } from '../entity-tags.ts';
import { revisionTag } from '../revision-tags.ts';

export function getRecord(app: App, projects: ProjectService): void {
	app.route({
		method: 'GET',
		url: '/api/projects/:project_id/:kind/:uuid',
		schema: {
			operationId: 'getRecord',
			summary: 'Get one theme, token or component',
			tags: ['projects'],
			params: RecordParams,
			querystring: RecordQuery,
			response: {
				200: { ...AnyRecord, description: 'The record', headers: ETAG },
				...NOT_MODIFIED,
				...problemAnswers(404),
			},
		},
		handler: async (request, reply) => {
			const { project_id, kind, uuid } = request.params;
			const { record, revision } = await projects.record(project_id, kind, uuid, request.query.revision);
			return isUnchanged(request, reply, revisionTag(revision)) ? null : record;
		},
	});
}
