import type { FastifyRequest } from 'fastify';
import { ExportBody, ExportQuery } from '../../schemas/archives.ts';
import { ProjectParams } from '../../schemas/projects.ts';
import type { ArchiveService, Exported } from '../../src/service/archive-service.ts';
import type { Idempotency, KeptAnswer } from '../../src/service/idempotency.ts';
import { REPLAYED } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { FILE_CONTENT, FILE_HEADERS, FILE_TYPES, fileHeaders } from '../file-headers.ts';
import { problemAnswers } from '../problem-answers.ts';
import {
	answerKept,
	executionOptions,
	keyOf,
	prefersJob,
	QUEUED,
	queuedAnswer,
	WorkHeaders,
} from '../uploads/index.ts';

export function exportProject(app: App, archives: ArchiveService, idempotency: Idempotency): void {
	app.route({
		method: 'POST',
		url: '/api/projects/:project_id/export',
		compress: false,
		config: {
			bodyIsOptional: true,
			produces: (request) => (asksForJob(request) ? [...FILE_TYPES, 'application/json'] : FILE_TYPES),
		},
		schema: {
			operationId: 'exportProject',
			summary: 'Export a project as a .dss archive',
			description:
				'The same revision with the same selection gives the same bytes. Without a body everything is exported.',
			tags: ['archives'],
			params: ProjectParams,
			querystring: ExportQuery,
			headers: WorkHeaders,
			body: ExportBody,
			response: {
				200: {
					description: 'The archive',
					headers: { ...FILE_HEADERS, ...REPLAYED },
					content: FILE_CONTENT,
				},
				202: QUEUED,
				...problemAnswers(
					'CallbackNotAllowed',
					'RevisionUnknown',
					'UploadTimeout',
					'KeyInUse',
					'ResultTooLarge',
					'UnsupportedMediaType',
					'KeyReused',
					'SpoolFull',
				),
			},
		},
		// A body is optional: without one, everything is exported.
		preValidation: async (request) => {
			request.body ??= {};
		},
		handler: async (request, reply) => {
			using _place = archives.admit();
			const { selection = null, revision = null } = request.body;
			const settings = { projectUuid: request.params.project_id, selection, revision };
			const execution = executionOptions(request, reply, request.query);
			const same = { operation: 'export', ...settings, query: request.query };
			let exported: Exported | null = null;
			try {
				const kept = await idempotency.once(keyOf(request), same, async () => {
					const result = await archives.export(settings, execution);
					if ('queued' in result) return queuedAnswer(request, result.queued);
					exported = result;
					return fileAnswer(result);
				});
				const body = answerKept(reply, kept);
				// OpenAPI calls a stream of bytes a binary string; 202 has a body of its own.
				if (kept.answer.status !== 200) return body as string;
				const again = { ...settings, revision: kept.answer.revision };
				exported ??= await archives.exportNow(again, execution);
				reply.headers(headersOf(exported)).type(request.preferredType ?? FILE_TYPES[0]);
				return await reply.send((await archives.open(exported)) as unknown as string);
			} catch (error) {
				// Once it is open, its file is gone already.
				await (exported as Exported | null)?.file.remove();
				throw error;
			}
		},
	});
}

/** The query is not checked yet: what it says wrongly is refused later. */
function asksForJob(request: FastifyRequest): boolean {
	return prefersJob(request) || (request.query as { background?: unknown }).background === 'true';
}

/** What is kept of a file under its key: its revision, since the same revision gives the same bytes again. */
function fileAnswer({ revision }: Exported): KeptAnswer {
	return { status: 200, headers: {}, body: null, revision: revision.number };
}

function headersOf({ file, revision }: Exported): Record<string, string | number> {
	return {
		'content-length': file.bytes,
		...fileHeaders(revision.properties.name, file.sha256),
	};
}
