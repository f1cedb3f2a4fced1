import { MergeAnalysisAnswer, MergeAnalysisForm, MergeAnalysisOptions } from '../../schemas/merges.ts';
import { ProjectParams } from '../../schemas/projects.ts';
import type { ArchiveService } from '../../src/service/archive-service.ts';
import type { MergeService } from '../../src/service/merge-service.ts';
import { ETAG, problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { callerOf, goneSignal } from '../caller.ts';
import { revisionTag } from '../revision-tags.ts';
import { uploadBody } from '../uploads/body.ts';
import { UploadForm, uploadSettings } from '../uploads/upload-form.ts';

const form = new UploadForm(MergeAnalysisOptions);

export function analyzeMerge(app: App, archives: ArchiveService, merges: MergeService): void {
	app.route({
		method: 'POST',
		url: '/api/projects/:project_id/merge/analyze',
		schema: {
			operationId: 'analyzeMerge',
			summary: 'Tell everything that a merge would do; nothing is written',
			description:
				'The ETag names the revision that was compared with; send it as If-Match with the merge. Conflicts come in pages: send the same archive again with the cursor.',
			tags: ['merge'],
			params: ProjectParams,
			querystring: MergeAnalysisOptions,
			body: uploadBody(MergeAnalysisForm),
			response: {
				200: { ...MergeAnalysisAnswer, description: 'The plan', headers: ETAG },
				...problemAnswers(403, 404, 408, 412, 413, 415, 507),
			},
		},
		handler: async (request, reply) => {
			using _place = archives.admit();
			const signal = goneSignal(reply);
			const upload = await form.receive(request, archives);
			await using file = upload.file;
			const { answer, revision } = await merges.analyze(
				file,
				{ ...uploadSettings(upload), projectId: request.params.project_id },
				upload.options,
				signal,
				callerOf(request),
			);
			reply.header('etag', revisionTag(revision));
			return answer;
		},
	});
}
