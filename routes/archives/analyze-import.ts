import { AnalysisAnswer, ImportForm, ImportOptions } from '../../schemas/archives.ts';
import { ETAG, problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { answerAnalysis, UploadForm, uploadBody, uploadSettings } from '../uploads/index.ts';
import { type ImportParts, importSettings } from './import-archive.ts';

const form = new UploadForm(ImportOptions);

export function analyzeImport(app: App, { archives, merges }: ImportParts): void {
	app.route({
		method: 'POST',
		url: '/api/projects/import/analyze',
		schema: {
			operationId: 'analyzeImport',
			summary: 'Show what an import would do; nothing is written',
			description:
				'An invalid archive is an answer too: is_valid is false and errors say why. would_refuse is what the import would answer with the same options, where it would be refused: for the project as it stands (local_changes, large_removal, merge_conflicts) or for the upload. With strategy=merge, changes counts what the merge would change. The ETag names the revision that was compared with; send it as If-Match with the import.',
			tags: ['archives'],
			querystring: ImportOptions,
			body: uploadBody(ImportForm),
			response: {
				200: { ...AnalysisAnswer, description: 'The plan', headers: ETAG },
				...problemAnswers(404, 408, 413, 415, 507),
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
