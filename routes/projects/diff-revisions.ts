import { difference, lastPage } from '../../schemas/examples/projects.ts';
import { DiffPage, DiffQuery } from '../../schemas/history.ts';
import { ProjectParams } from '../../schemas/projects.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import { answer, DIGEST_TAG, NOT_MODIFIED } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { isUnchanged, ReadHeaders } from '../entity-tags.ts';
import { problemAnswers } from '../problem-answers.ts';

export function diffRevisions(app: App, projects: ProjectService): void {
	app.route({
		method: 'GET',
		url: '/api/projects/:project_id/diff',
		schema: {
			operationId: 'diffRevisions',
			summary: 'Page through what differs between two revisions',
			description: 'Ordered by kind and uuid. Either revision may be the older one.',
			tags: ['projects'],
			params: ProjectParams,
			querystring: DiffQuery,
			headers: ReadHeaders,
			response: {
				200: answer('A page of differences', DiffPage, { difference: lastPage(difference) }, DIGEST_TAG),
				...NOT_MODIFIED,
				...problemAnswers('MalformedPage', 'RevisionUnknown'),
			},
		},
		handler: (request, reply) =>
			projects.diff(request.params.project_id, request.query, (from, to) =>
				// Revisions do not change, so neither does what differs between them.
				isUnchanged(request, reply, `"diff-${from}-${to}"`),
			),
	});
}
