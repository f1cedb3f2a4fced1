import { component, theme, token } from '../../schemas/examples/projects.ts';
import { RecordParams, RecordQuery } from '../../schemas/projects.ts';
import { Component, Theme, Token } from '../../schemas/records.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import { answer, ETAG, NOT_MODIFIED } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { isUnchanged, ReadHeaders } from '../entity-tags.ts';
import { problemAnswers } from '../problem-answers.ts';
import { revisionTag } from '../revision-tags.ts';

const common = {
	description: 'As it is now, or as it was at a revision. The ETag names that revision.',
	tags: ['projects'],
	params: RecordParams,
	querystring: RecordQuery,
	headers: ReadHeaders,
};
const others = { ...NOT_MODIFIED, ...problemAnswers('RecordUnknown') };

export function getTheme(app: App, projects: ProjectService): void {
	app.route({
		method: 'GET',
		url: '/api/projects/:project_id/themes/:uuid',
		schema: {
			operationId: 'getTheme',
			summary: 'Get one theme',
			...common,
			response: { 200: answer('The theme', Theme, { theme }, ETAG), ...others },
		},
		handler: async (request, reply) => {
			const { project_id, uuid } = request.params;
			const at = request.query.revision;
			const { record, revision } = await projects.record(project_id, 'themes', uuid, at);
			return isUnchanged(request, reply, revisionTag(revision)) ? null : record;
		},
	});
}

export function getToken(app: App, projects: ProjectService): void {
	app.route({
		method: 'GET',
		url: '/api/projects/:project_id/tokens/:uuid',
		schema: {
			operationId: 'getToken',
			summary: 'Get one token',
			...common,
			response: { 200: answer('The token', Token, { token }, ETAG), ...others },
		},
		handler: async (request, reply) => {
			const { project_id, uuid } = request.params;
			const at = request.query.revision;
			const { record, revision } = await projects.record(project_id, 'tokens', uuid, at);
			return isUnchanged(request, reply, revisionTag(revision)) ? null : record;
		},
	});
}

export function getComponent(app: App, projects: ProjectService): void {
	app.route({
		method: 'GET',
		url: '/api/projects/:project_id/components/:uuid',
		schema: {
			operationId: 'getComponent',
			summary: 'Get one component',
			...common,
			response: { 200: answer('The component', Component, { component }, ETAG), ...others },
		},
		handler: async (request, reply) => {
			const { project_id, uuid } = request.params;
			const at = request.query.revision;
			const { record, revision } = await projects.record(project_id, 'components', uuid, at);
			return isUnchanged(request, reply, revisionTag(revision)) ? null : record;
		},
	});
}
