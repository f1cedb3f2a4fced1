import { MergeAnswer, MergeForm, MergeOptions } from '../../schemas/merges.ts';
import { ProjectParams } from '../../schemas/projects.ts';
import type { ArchiveService } from '../../src/service/archive-service.ts';
import type { MergeService } from '../../src/service/merge-service.ts';
import { ETAG, problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { uploadBody } from '../archives/body.ts';
import { callerOf, goneSignal } from '../archives/caller.ts';
import { UploadForm, uploadSettings } from '../archives/upload.ts';
import { IfMatchHeaders, precondition, revisionTag } from '../revision-tags.ts';

const form = new UploadForm(MergeOptions);

export function mergeArchive(app: App, archives: ArchiveService, merges: MergeService): void {
	app.route({
		method: 'POST',
		url: '/api/projects/:project_id/merge',
		schema: {
			operationId: 'mergeArchive',
			summary: 'Merge an archive with what was done here since the two copies last met',
			description:
				'Three ways, by identity and causality, never by clocks where a common state is known. What both sides changed in the same field is a conflict, and the strategy says what becomes of it; manual answers 409 with the conflicts unless resolutions settle each. In one step or not at all.',
			tags: ['merge'],
			params: ProjectParams,
			querystring: MergeOptions,
			headers: IfMatchHeaders,
			body: uploadBody(MergeForm),
			response: {
				200: { ...MergeAnswer, description: 'What became of the records', headers: ETAG },
				...problemAnswers(403, 404, 408, 409, 412, 413, 415, 507),
			},
		},
		handler: async (request, reply) => {
			using _place = archives.admit();
			const signal = goneSignal(reply);
			const upload = await form.receive(request, archives);
			await using file = upload.file;
			const answer = await merges.merge(
				file,
				{ ...uploadSettings(upload), projectId: request.params.project_id },
				{
					settings: merges.settings(upload.options),
					precondition: precondition(request.headers['if-match']),
					signal,
				},
				callerOf(request),
			);
			reply.header('etag', revisionTag(answer.revision));
			return answer;
		},
	});
}
