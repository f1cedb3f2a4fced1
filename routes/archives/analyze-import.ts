import { AnalysisAnswer, ImportForm, ImportOptions } from '../../schemas/archives.ts';
import type { ArchiveService } from '../../src/service/archive-service.ts';
import { ETAG, problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { callerOf, goneSignal } from '../caller.ts';
import { revisionTag } from '../revision-tags.ts';
import { uploadBody } from '../uploads/body.ts';
import { UploadForm, uploadSettings } from '../uploads/upload-form.ts';

const form = new UploadForm(ImportOptions);

export function analyzeImport(app: App, archives: ArchiveService): void {
	app.route({
		method: 'POST',
		url: '/api/projects/import/analyze',
		schema: {
			operationId: 'analyzeImport',
			summary: 'Tell what an import would do; nothing is written',
			description:
				'An invalid archive is an answer too: is_valid is false and errors tell why. The ETag names the revision that was compared with; send it as If-Match with the import.',
			tags: ['archives'],
			querystring: ImportOptions,
			body: uploadBody(ImportForm),
			response: {
				200: { ...AnalysisAnswer, description: 'The plan', headers: ETAG },
				...problemAnswers(404, 408, 413, 415, 507),
			},
		},
		handler: async (request, reply) => {
			using _place = archives.admit();
			const signal = goneSignal(reply);
			const upload = await form.receive(request, archives);
			await using file = upload.file;
			const { answer, revision } = await archives.analyze(
				file,
				uploadSettings(upload),
				signal,
				callerOf(request),
			);
			if (revision !== null) reply.header('etag', revisionTag(revision));
			return answer;
		},
	});
}
