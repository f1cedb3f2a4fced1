import { mergePlan } from '../../schemas/examples/archives.ts';
import { MergeAnalysisAnswer, MergeAnalysisOptions } from '../../schemas/merges.ts';
import { ProjectParams } from '../../schemas/projects.ts';
import { Upload } from '../../schemas/uploads.ts';
import { answer, ETAG } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { problemAnswers } from '../problem-answers.ts';
import { ALSO_BARE, answerAnalysis, UploadForm, uploadBody, uploadSettings } from '../uploads/index.ts';
import type { MergeParts } from './merge-archive.ts';

const form = new UploadForm(MergeAnalysisOptions);

export function analyzeMerge(app: App, { archives, merges }: MergeParts): void {
	app.route({
		method: 'POST',
		url: '/api/projects/:project_id/merge/analyze',
		schema: {
			operationId: 'analyzeMerge',
			summary: 'Show everything that a merge would do; nothing is written',
			description: `The ETag names the revision that was compared with; send it as If-Match with the merge. Conflicts come in pages: send the same archive again with the cursor.${ALSO_BARE}`,
			tags: ['merge'],
			params: ProjectParams,
			querystring: MergeAnalysisOptions,
			body: uploadBody(Upload),
			response: {
				200: answer('The plan', MergeAnalysisAnswer, { plan: mergePlan }, ETAG),
				...problemAnswers(
					'RefusedUpload',
					'HostileUpload',
					'ProjectUnknown',
					'UploadTimeout',
					'RevisionStale',
					'ContentTooLarge',
					'UnknownFormat',
					'SpoolFull',
				),
			},
		},
		handler: async (request, reply) => {
			const projectId = request.params.project_id;
			await archives.assertTarget(projectId, null);
			return answerAnalysis(request, reply, form, archives, (upload, signal, caller) => {
				const aimed = { ...uploadSettings(upload), projectId };
				return merges.analyze(upload.file, aimed, upload.options, signal, caller);
			});
		},
	});
}
