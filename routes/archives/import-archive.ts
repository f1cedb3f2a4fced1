import { ImportAnswer, ImportForm, ImportOptions } from '../../schemas/archives.ts';
import type { ArchiveService } from '../../src/service/archive-service.ts';
import type { MergeService } from '../../src/service/merge-service.ts';
import { ETAG, problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { IfMatchHeaders, precondition, revisionTag } from '../revision-tags.ts';
import { uploadBody } from './body.ts';
import { callerOf, goneSignal } from './caller.ts';
import { UploadForm, uploadSettings } from './upload.ts';

const form = new UploadForm(ImportOptions);

export function importArchive(app: App, archives: ArchiveService, merges: MergeService): void {
	app.route({
		method: 'POST',
		url: '/api/projects/import',
		schema: {
			operationId: 'importArchive',
			summary: 'Import a .dss archive or a design tokens file',
			description:
				'The project that the archive names gets a new revision, or is made. In one step or not at all. Nothing different makes no revision. With strategy=merge, what was done here since the two copies last met is kept, as in mergeArchive. Settings may come as query parameters or as fields; the query wins.',
			tags: ['archives'],
			querystring: ImportOptions,
			headers: IfMatchHeaders,
			body: uploadBody(ImportForm),
			response: {
				200: { ...ImportAnswer, description: 'The project was there', headers: ETAG },
				201: { ...ImportAnswer, description: 'The project was made', headers: ETAG },
				...problemAnswers(403, 404, 408, 409, 412, 413, 415, 507),
			},
		},
		handler: async (request, reply) => {
			using _place = archives.admit();
			const signal = goneSignal(reply);
			const upload = await form.receive(request, archives);
			await using file = upload.file;
			const { strategy, merge_strategy, deletions, resolutions } = upload.options;
			const options = {
				discardLocalChanges: upload.options.discard_local_changes ?? false,
				merge:
					strategy === 'merge' ? merges.settings({ strategy: merge_strategy, deletions, resolutions }) : null,
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
