import { ImportAnswer, ImportOptions } from '../../schemas/archives.ts';
import type { ArchiveService } from '../../src/service/archive-service.ts';
import { ETAG, problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { IfMatchHeaders, precondition, revisionTag } from '../revision-tags.ts';
import { UPLOAD_BODY } from './body.ts';
import { callerOf, goneSignal } from './caller.ts';
import { receiveUpload, uploadSettings } from './upload.ts';

export function importArchive(app: App, archives: ArchiveService): void {
	app.route({
		method: 'POST',
		url: '/api/projects/import',
		schema: {
			operationId: 'importArchive',
			summary: 'Import a .dss archive or a design tokens file',
			description:
				'The project that the archive names gets a new revision, or is made. In one step or not at all. Nothing different makes no revision. Settings may come as query parameters or as fields; the query wins.',
			tags: ['archives'],
			querystring: ImportOptions,
			headers: IfMatchHeaders,
			body: UPLOAD_BODY,
			response: {
				200: { ...ImportAnswer, description: 'The project was there', headers: ETAG },
				201: { ...ImportAnswer, description: 'The project was made', headers: ETAG },
				...problemAnswers(403, 404, 408, 409, 412, 413, 415, 507),
			},
		},
		handler: async (request, reply) => {
			using _place = archives.admit();
			const signal = goneSignal(reply);
			const upload = await receiveUpload(request, archives);
			await using file = upload.file;
			const options = {
				discardLocalChanges: upload.options.discard_local_changes ?? false,
				precondition: precondition(request.headers['if-match']),
				signal,
			};
			const { answer, existed } = await archives.import(
				file,
				uploadSettings(upload),
				options,
				callerOf(request),
			);
			reply.code(existed ? 200 : 201).header('etag', revisionTag(answer.revision));
			if (!existed) reply.header('location', `/api/projects/${answer.project_id}`);
			return answer;
		},
	});
}
