import { open, rm } from 'node:fs/promises';
import { ExportBody, ExportQuery } from '../../schemas/archives.ts';
import { ProjectParams } from '../../schemas/projects.ts';
import type { ArchiveService, Exported } from '../../src/service/archive-service.ts';
import type { Idempotency, KeptAnswer } from '../../src/service/idempotency.ts';
import { problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { FILE_HEADERS, fileHeaders, MEDIA_TYPE } from '../file-headers.ts';
import {
	executionOptions,
	give,
	keyOf,
	QUEUED,
	queuedAnswer,
	WorkHeaders,
} from '../uploads/execution-options.ts';

export function exportProject(app: App, archives: ArchiveService, idempotency: Idempotency): void {
	app.route({
		method: 'POST',
		url: '/api/projects/:project_id/export',
		schema: {
			operationId: 'exportProject',
			summary: 'Export a project as a .dss archive',
			description: 'The same revision with the same selection gives the same bytes.',
			tags: ['archives'],
			params: ProjectParams,
			querystring: ExportQuery,
			headers: WorkHeaders,
			body: ExportBody,
			response: {
				200: {
					description: 'The archive',
					headers: FILE_HEADERS,
					content: { [MEDIA_TYPE]: { schema: { type: 'string', format: 'binary' } } },
				},
				202: QUEUED,
				...problemAnswers(403, 404, 409, 415, 422, 507),
			},
		},
		// A body is optional: without one, everything is exported.
		preValidation: async (request) => {
			request.body ??= {};
		},
		handler: async (request, reply) => {
			using _place = archives.admit();
			const { selection, revision } = request.body;
			const projectUuid = request.params.project_id;
			const ask = { projectUuid, selection: selection ?? null, revision: revision ?? null };
			const execution = executionOptions(request, reply, request.query);
			let made: Exported | null = null;
			const make = async (at: number | null): Promise<KeptAnswer> => {
				const exported = await archives.export({ ...ask, revision: at }, execution);
				if ('queued' in exported) return queuedAnswer(request, exported.queued);
				made = exported;
				return { status: 200, headers: {}, body: null, revision: exported.revision.number };
			};
			const same = { operation: 'export', ...ask, query: request.query };
			const kept = await idempotency.once(keyOf(request), same, () => make(ask.revision));
			// The same revision gives the same bytes: an answer that is given again is made again.
			if (kept.again && kept.answer.status === 200) await make(kept.answer.revision);
			const body = give(reply, kept);
			const exported = made as Exported | null;
			// OpenAPI calls a stream of bytes a binary string; Fastify sends the stream.
			if (exported === null) return body as string;
			reply.headers(headersOf(exported)).type(MEDIA_TYPE);
			return await reply.send((await contentOf(exported)) as unknown as string);
		},
	});
}

function headersOf({ file, revision }: Exported): Record<string, string | number> {
	return {
		'content-length': file.bytes,
		...fileHeaders(revision.properties.name, file.sha256),
	};
}

/** The file's content; its name goes at once, so nothing is left however the answer ends. */
async function contentOf({ file }: Exported): Promise<NodeJS.ReadableStream> {
	const handle = await open(file.path, 'r');
	await rm(file.path);
	return handle.createReadStream({ highWaterMark: 262_144 }).once('close', () => void file.remove());
}
