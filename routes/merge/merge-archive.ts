import { MergeAnswer, MergeForm, MergeOptions } from '../../schemas/merges.ts';
import { ProjectParams } from '../../schemas/projects.ts';
import { ETAG, problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';
import type { ImportParts } from '../archives/import-archive.ts';
import { precondition, revisionTag } from '../revision-tags.ts';
import { uploadBody } from '../uploads/body.ts';
import {
	executionOptions,
	give,
	keyOf,
	QUEUED,
	queuedAnswer,
	WriteHeaders,
} from '../uploads/execution-options.ts';
import { UploadForm, uploadSettings } from '../uploads/upload-form.ts';

const form = new UploadForm(MergeOptions);

export function mergeArchive(app: App, { archives, merges, idempotency }: ImportParts): void {
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
			headers: WriteHeaders,
			body: uploadBody(MergeForm),
			response: {
				200: { ...MergeAnswer, description: 'What became of the records', headers: ETAG },
				202: QUEUED,
				...problemAnswers(403, 404, 408, 409, 412, 413, 415, 422, 507),
			},
		},
		handler: async (request, reply) => {
			using _place = archives.admit();
			const upload = await form.receive(request, archives);
			await using file = upload.file;
			const projectId = request.params.project_id;
			const options = {
				settings: merges.settings(upload.options),
				precondition: precondition(request.headers['if-match']),
			};
			const execution = executionOptions(request, reply, upload.options);
			const same = {
				operation: 'merge',
				projectId,
				given: upload.options,
				sha256: file.sha256,
				...options,
			};
			const kept = await idempotency.once(keyOf(request), same, async () => {
				const aimed = { ...uploadSettings(upload), projectId };
				const merged = await merges.merge(file, aimed, options, execution);
				if ('queued' in merged) return queuedAnswer(request, merged.queued);
				const headers = { etag: revisionTag(merged.revision) };
				return { status: 200, headers, body: merged, revision: merged.revision };
			});
			// The schemas of the statuses differ; give() answers with the status that its body is of.
			return give(reply, kept) as MergeAnswer;
		},
	});
}
