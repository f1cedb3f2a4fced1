import { project } from '../../schemas/examples/projects.ts';
import { NewProject, Project } from '../../schemas/projects.ts';
import type { Idempotency } from '../../src/service/idempotency.ts';
import type { ProjectService } from '../../src/service/project-service.ts';
import { answer, ETAG, LOCATION, REPLAYED } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { problemAnswers } from '../problem-answers.ts';
import { digestOf, rawBody } from '../raw-body.ts';
import { revisionTag } from '../revision-tags.ts';
import { answerOnce, KeyHeaders } from '../uploads/index.ts';

export function createProject(app: App, projects: ProjectService, idempotency: Idempotency): void {
	app.route({
		method: 'POST',
		url: '/api/projects',
		config: { rawBody: true },
		schema: {
			operationId: 'createProject',
			summary: 'Create an empty project',
			description: 'Its uuid is made here; names need not be unique. Its first revision is empty.',
			tags: ['projects'],
			headers: KeyHeaders,
			body: NewProject,
			response: {
				201: answer('The new project', Project, { project }, { ...ETAG, ...LOCATION, ...REPLAYED }),
				...problemAnswers(
					'UploadTimeout',
					'KeyInUse',
					'BodyTooLarge',
					'UnsupportedMediaType',
					'KeyReused',
					'SpoolFull',
				),
			},
		},
		handler: async (request, reply) => {
			const body = rawBody(request.body);
			const answered = await answerOnce(
				request,
				reply,
				idempotency,
				{ operation: 'createProject', sha256: await digestOf(body) },
				() => projects.create(body),
				(project) => ({
					status: 201,
					headers: {
						location: `/api/projects/${project.project_id}`,
						etag: revisionTag(project.revision),
					},
					body: project,
					revision: project.revision,
				}),
			);
			// The body that was made above, now or by the first request with this key.
			return answered as Project;
		},
	});
}
