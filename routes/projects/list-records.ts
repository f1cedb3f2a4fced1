import { component, lastPage, theme, token } from '../../schemas/examples/projects.ts';
import {
	ComponentPage,
	ProjectParams,
	RecordListQuery,
	ThemePage,
	TokenPage,
} from '../../schemas/projects.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import { answer, ETAG, NOT_MODIFIED } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { isUnchanged, ReadHeaders } from '../entity-tags.ts';
import { problemAnswers } from '../problem-answers.ts';
import { revisionTag } from '../revision-tags.ts';

const common = {
	description:
		'A filter may be given several times: any of its values. All filters that are given must hold. A cursor stays on the revision it began with.',
	tags: ['projects'],
	params: ProjectParams,
	querystring: RecordListQuery,
	headers: ReadHeaders,
};
const others = { ...NOT_MODIFIED, ...problemAnswers('MalformedPage', 'RevisionUnknown') };

/** Each kind has an address of its own, so that clients know the shape of what comes. */
export function listThemes(app: App, projects: ProjectService): void {
	app.route({
		method: 'GET',
		url: '/api/projects/:project_id/themes',
		schema: {
			operationId: 'listThemes',
			summary: 'Page through the themes of a project',
			...common,
			response: {
				200: answer('A page of themes', ThemePage, { themes: lastPage(theme) }, ETAG),
				...others,
			},
		},
		handler: (request, reply) =>
			projects.records(request.params.project_id, 'themes', request.query, (revision) =>
				isUnchanged(request, reply, revisionTag(revision)),
			),
	});
}

export function listTokens(app: App, projects: ProjectService): void {
	app.route({
		method: 'GET',
		url: '/api/projects/:project_id/tokens',
		schema: {
			operationId: 'listTokens',
			summary: 'Page through the tokens of a project',
			...common,
			response: {
				200: answer('A page of tokens', TokenPage, { tokens: lastPage(token) }, ETAG),
				...others,
			},
		},
		handler: (request, reply) =>
			projects.records(request.params.project_id, 'tokens', request.query, (revision) =>
				isUnchanged(request, reply, revisionTag(revision)),
			),
	});
}

export function listComponents(app: App, projects: ProjectService): void {
	app.route({
		method: 'GET',
		url: '/api/projects/:project_id/components',
		schema: {
			operationId: 'listComponents',
			summary: 'Page through the components of a project',
			...common,
			response: {
				200: answer('A page of components', ComponentPage, { components: lastPage(component) }, ETAG),
				...others,
			},
		},
		handler: (request, reply) =>
			projects.records(request.params.project_id, 'components', request.query, (revision) =>
				isUnchanged(request, reply, revisionTag(revision)),
			),
	});
}
