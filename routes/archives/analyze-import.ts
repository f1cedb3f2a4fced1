import { AnalysisAnswer, ImportForm, ImportOptions } from '../../schemas/archives.ts';
import type { ArchiveService } from '../../src/service/archive-service.ts';
import { ETAG, problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { answerAnalysis, UploadForm, uploadBody, uploadSettings } from '../uploads/index.ts';

const form = new UploadForm(ImportOptions);

export function analyzeImport(app: App, archives: ArchiveService): void {
	app.route({
		method: 'POST',
		url: '/api/projects/import/analyze',
		schema: {
			operationId: 'analyzeImport',
			summary: 'Show what an import would do; nothing is written',
			description:
				'An invalid archive is an answer too: is_valid is false and errors say why. The ETag names the revision that was compared with; send it as If-Match with the import.',
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
				archives.analyze(upload.file, uploadSettings(upload), signal, caller),
			),
	});
}
