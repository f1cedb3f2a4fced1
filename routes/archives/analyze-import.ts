import { AnalysisAnswer, ImportOptions, ImportQuery } from '../../schemas/archives.ts';
import { invalid, plan } from '../../schemas/examples/archives.ts';
import { MergeUpload } from '../../schemas/uploads.ts';
import { answer, ETAG } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { problemAnswers } from '../problem-answers.ts';
import { ALSO_BARE, answerAnalysis, UploadForm, uploadBody, uploadSettings } from '../uploads/index.ts';
import { type ImportParts, importSettings } from './import-archive.ts';

const form = new UploadForm(ImportOptions);

export function analyzeImport(app: App, { archives, merges }: ImportParts): void {
	app.route({
		method: 'POST',
		url: '/api/projects/import/analyze',
		config: { documented: { querystring: ImportQuery } },
		schema: {
			operationId: 'analyzeImport',
			summary: 'Show what an import would do; nothing is written',
			description: `An invalid archive is an answer too: is_valid is false and errors say why. would_refuse is what the import would answer with the same options, where it would be refused: for the project as it stands (local_changes, large_removal, merge_conflicts) or for the upload. With strategy=merge, changes counts what the merge would change. The ETag names the revision that was compared with; send it as If-Match with the import.${ALSO_BARE}`,
			tags: ['archives'],
			querystring: ImportOptions,
			body: uploadBody(MergeUpload),
			response: {
				200: answer('The plan', AnalysisAnswer, { valid: plan, invalid }, ETAG),
				...problemAnswers(
					'RefusedUpload',
					'ProjectUnknown',
					'UploadTimeout',
					'ContentTooLarge',
					'UnknownFormat',
					'SpoolFull',
				),
			},
		},
		handler: (request, reply) =>
			answerAnalysis(request, reply, form, archives, (upload, signal, caller) =>
				archives.analyze(
					upload.file,
					uploadSettings(upload),
					importSettings(merges, upload.options),
					signal,
					caller,
				),
			),
	});
}
