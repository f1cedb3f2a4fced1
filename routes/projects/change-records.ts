import Type from 'typebox';
import { edited } from '../../schemas/examples/projects.ts';
import { Changes, EditAnswer, ProjectParams } from '../../schemas/projects.ts';
import type { Idempotency } from '../../src/service/idempotency.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import { answer, ETAG, REPLAYED } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { problemAnswers } from '../problem-answers.ts';
import { digestOf, rawBody } from '../raw-body.ts';
import { IfMatchHeaders, precondition, revisionTag } from '../revision-tags.ts';
import { answerOnce, KeyHeaders } from '../uploads/index.ts';

/** An edit is made by people or small tools: what is larger is an import. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

const Headers = Type.Object({ ...IfMatchHeaders.properties, ...KeyHeaders.properties });

export function changeRecords(app: App, projects: ProjectService, idempotency: Idempotency): void {
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
			headers: Headers,
			body: Changes,
			response: {
				200: answer(
					'The revision, how many records differ, and which were made',
					EditAnswer,
					{ edited },
					{ ...ETAG, ...REPLAYED },
				),
				...problemAnswers(
					'RefusedEdit',
					'ProjectUnknown',
					'UploadTimeout',
					'EditConflict',
					'RevisionStale',
					'ContentTooLarge',
					'UnsupportedMediaType',
					'KeyReused',
					'SpoolFull',
				),
			},
		},
		onRequest: async () => projects.assertRoom(),
		handler: async (request, reply) => {
			const { project_id: projectUuid } = request.params;
			const body = rawBody(request.body);
			const expected = precondition(request.headers['if-match']);
			const same = {
				operation: 'changes',
				projectUuid,
				sha256: await digestOf(body),
				precondition: expected,
			};
			const answered = await answerOnce(
				request,
				reply,
				idempotency,
				same,
				() => projects.edit({ projectUuid, body, precondition: expected }),
				({ revision: { number: revision }, ...counts }) => ({
					status: 200,
					headers: { etag: revisionTag(revision) },
					body: { revision, ...counts },
					revision,
				}),
			);
			// The body that was made above, now or by the first request with this key.
			return answered as EditAnswer;
		},
	});
}
