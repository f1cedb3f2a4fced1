import { open, rm } from 'node:fs/promises';
import { ExportBody } from '../../schemas/archives.ts';
import { ProjectParams } from '../../schemas/projects.ts';
import type { ArchiveService, Exported } from '../../src/service/archive-service.ts';
import { problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { goneSignal } from './caller.ts';

const MEDIA_TYPE = 'application/vnd.dss+zip';
const text = (description: string) => ({ type: 'string', description });

export function exportProject(app: App, archives: ArchiveService): void {
	app.route({
		method: 'POST',
		url: '/api/projects/:project_id/export',
		schema: {
			operationId: 'exportProject',
			summary: 'Export a project as a .dss archive',
			description: 'The same revision with the same selection gives the same bytes.',
			tags: ['archives'],
			params: ProjectParams,
			body: ExportBody,
			response: {
				200: {
					description: 'The archive',
					headers: {
						'Content-Disposition': text('A file name made of the project’s name'),
						'Content-Length': text('Its size in bytes'),
						ETag: text('Names these bytes'),
						'Repr-Digest': text('SHA-256 of the archive (RFC 9530)'),
					},
					content: { [MEDIA_TYPE]: { schema: { type: 'string', format: 'binary' } } },
				},
				...problemAnswers(404, 415, 507),
			},
		},
		// A body is optional: without one, everything is exported.
		preValidation: async (request) => {
			request.body ??= {};
		},
		handler: async (request, reply) => {
			using _place = archives.admit();
			const { selection, revision } = request.body;
			const exported = await archives.export(
				{ projectUuid: request.params.project_id, revision: revision ?? null, selection: selection ?? null },
				goneSignal(reply),
			);
			reply.headers(headersOf(exported)).type(MEDIA_TYPE);
			// OpenAPI calls a stream of bytes a binary string; Fastify sends the stream.
			return await reply.send((await contentOf(exported)) as unknown as string);
		},
	});
}

function headersOf({ file, revision }: Exported): Record<string, string | number> {
	return {
		'content-length': file.bytes,
		'content-disposition': disposition(revision.facts.name),
		etag: `"${file.sha256}"`,
		'repr-digest': `sha-256=:${Buffer.from(file.sha256, 'hex').toString('base64')}:`,
	};
}

/** The file's content; its name goes at once, so nothing is left however the answer ends. */
async function contentOf({ file }: Exported): Promise<NodeJS.ReadableStream> {
	const handle = await open(file.path, 'r');
	await rm(file.path);
	return handle.createReadStream({ highWaterMark: 262_144 }).once('close', () => void file.remove());
}

/** A file name in ASCII, and in UTF-8 for those who read it (RFC 6266 §4.3). */
function disposition(name: string): string {
	const plain =
		name
			.normalize('NFKD')
			.replace(/[^A-Za-z0-9]+/g, '-')
			.replace(/^-+|-+$/g, '')
			.toLowerCase() || 'project';
	const full = encodeURIComponent(`${name.replace(/[\\/:*?"<>|\p{Cc}]/gu, '-')}.dss`).replace(
		/['()*]/g,
		hexOf,
	);
	return `attachment; filename="${plain.slice(0, 100)}.dss"; filename*=UTF-8''${full}`;
}

function hexOf(char: string): string {
	return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}
