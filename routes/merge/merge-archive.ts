import { merged } from '../../schemas/examples/archives.ts';
import { MergeAnswer, MergeOptions, MergeQuery } from '../../schemas/merges.ts';
import { ProjectParams } from '../../schemas/projects.ts';
import { MergeUpload } from '../../schemas/uploads.ts';
import type { ArchiveService } from '../../src/service/archive-service.ts';
import type { Idempotency } from '../../src/service/idempotency.ts';
import type { MergeService } from '../../src/service/merge-service.ts';
import { answer, ETAG, REPLAYED } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { problemAnswers } from '../problem-answers.ts';
import { precondition, revisionTag } from '../revision-tags.ts';
import {
	ALSO_BARE,
	answerOnce,
	executionOptions,
	keyOf,
	QUEUED,
	UploadForm,
	uploadBody,
	uploadSettings,
	WriteHeaders,
} from '../uploads/index.ts';

export interface MergeParts {
	readonly archives: ArchiveService;
	readonly merges: MergeService;
	readonly idempotency: Idempotency;
}

const form = new UploadForm(MergeOptions);

export function mergeArchive(app: App, { archives, merges, idempotency }: MergeParts): void {
	app.route({
		method: 'POST',
		url: '/api/projects/:project_id/merge',
		config: { documented: { querystring: MergeQuery } },
		schema: {
			operationId: 'mergeArchive',
			summary: 'Merge an archive with what was done here since the two copies last met',
			description: `Three ways, by identity and causality, never by clocks where a common state is known. What both sides changed in the same field is a conflict, and the strategy decides it; manual answers 409 with the conflicts unless resolutions decide each. In one step or not at all.${ALSO_BARE}`,
			tags: ['merge'],
			params: ProjectParams,
			querystring: MergeOptions,
			headers: WriteHeaders,
			body: uploadBody(MergeUpload),
			response: {
				200: answer('What became of the records', MergeAnswer, { merged }, { ...ETAG, ...REPLAYED }),
				202: QUEUED,
				...problemAnswers(
					'RefusedUpload',
					'HostileUpload',
					'ProjectUnknown',
					'UploadTimeout',
					'MergeConflict',
					'RevisionStale',
					'ContentTooLarge',
					'UnknownFormat',
					'KeyReused',
					'SpoolFull',
				),
			},
		},
		handler: async (request, reply) => {
			const projectId = request.params.project_id;
			const expected = precondition(request.headers['if-match']);
			// A request with a key may have its answer already, whatever the project is now.
			if (keyOf(request) === null) await archives.assertTarget(projectId, expected);
			return form.take(request, archives, async (upload) => {
				const { file, options } = upload;
				const execution = executionOptions(request, reply, options);
				const aimed = { ...uploadSettings(upload), projectId };
				const merge = { settings: merges.settings(options), precondition: expected };
				const same = { operation: 'merge', projectId, given: options, sha256: file.sha256, ...merge };
				const answered = await answerOnce(
					request,
					reply,
					idempotency,
					same,
					() => merges.merge(file, aimed, merge, execution),
					({ answer }) => ({
						status: 200,
						headers: { etag: revisionTag(answer.revision) },
						body: answer,
						revision: answer.revision,
					}),
				);
				// The schemas of the statuses differ; the body is of the status that was set.
				return answered as MergeAnswer;
			});
		},
	});
}
