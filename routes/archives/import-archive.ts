import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { ImportAnswer, ImportOptions, ImportQuery } from '../../schemas/archives.ts';
import { created, updated } from '../../schemas/examples/archives.ts';
import type { QueuedAnswer } from '../../schemas/jobs.ts';
import { MergeUpload } from '../../schemas/uploads.ts';
import type { ArchiveService } from '../../src/service/archive-service.ts';
import type { Idempotency } from '../../src/service/idempotency.ts';
import type { MergeService } from '../../src/service/merge-service.ts';
import { answer, ETAG, LOCATION, REPLAYED } from '../answers.ts';
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

export interface ImportParts {
	readonly archives: ArchiveService;
	readonly merges: MergeService;
	readonly idempotency: Idempotency;
}

const form = new UploadForm(ImportOptions);
const queued = { 202: QUEUED };
const failures = problemAnswers(
	'RefusedUpload',
	'HostileUpload',
	'ProjectUnknown',
	'UploadTimeout',
	'ImportConflict',
	'RevisionStale',
	'ContentTooLarge',
	'UnknownFormat',
	'KeyReused',
	'SpoolFull',
);

export function importArchive(app: App, parts: ImportParts): void {
	app.route({
		method: 'POST',
		url: '/api/projects/import',
		config: { documented: { querystring: ImportQuery } },
		schema: {
			operationId: 'importArchive',
			summary: 'Import a .dss archive or a design tokens file',
			description: `The project that the archive names gets a new revision, or is created. In one step or not at all. An import that changes nothing makes no revision. With strategy=merge, what was done here since the two copies last met is kept, as in mergeArchive. Settings may come as query parameters or as fields; the query wins. Work that would outlast the request becomes a job: 202.${ALSO_BARE}`,
			tags: ['archives'],
			querystring: ImportOptions,
			headers: WriteHeaders,
			body: uploadBody(MergeUpload),
			response: {
				200: answer('The project existed', ImportAnswer, { updated }, { ...ETAG, ...REPLAYED }),
				201: answer(
					'The project was created',
					ImportAnswer,
					{ created },
					{ ...ETAG, ...LOCATION, ...REPLAYED },
				),
				...queued,
				...failures,
			},
		},
		// The schemas of the statuses differ; the body is of the status that was set.
		handler: async (request, reply) =>
			(await answerImport(parts, request, reply, {})) as Static<typeof ImportAnswer>,
	});
}

/** The same operation at two addresses. */
export function importInBackground(
	app: App,
	parts: ImportParts,
	url: '/api/projects/import/background' | '/api/import/background',
): void {
	const isShort = url === '/api/import/background';
	app.route({
		method: 'POST',
		url,
		config: { documented: { querystring: ImportQuery } },
		schema: {
			operationId: isShort ? 'importInBackgroundShort' : 'importInBackground',
			summary: isShort
				? 'Import as a job, however small, at a shorter address'
				: 'Import as a job, however small',
			description: `The same as importArchive with background=true.${ALSO_BARE}`,
			tags: ['archives'],
			querystring: ImportOptions,
			headers: WriteHeaders,
			body: uploadBody(MergeUpload),
			response: { ...queued, ...failures },
		},
		handler: async (request, reply) =>
			(await answerImport(parts, request, reply, { background: true })) as QueuedAnswer,
	});
}

/** How an import is to be applied: the same for the import and its plan. */
export function importSettings(merges: MergeService, options: ImportOptions) {
	const { strategy, merge_strategy, deletions, resolutions } = options;
	return {
		discardLocalChanges: options.discard_local_changes ?? false,
		confirmRemoval: options.confirm_removal ?? false,
		merge:
			strategy === 'merge' ? merges.settings({ strategy: merge_strategy, deletions, resolutions }) : null,
	};
}

/** @param forced options that the address itself gives */
async function answerImport(
	{ archives, merges, idempotency }: ImportParts,
	request: FastifyRequest,
	reply: FastifyReply,
	forced: { background?: true },
): Promise<unknown> {
	const expected = precondition(request.headers['if-match']);
	// The query was held against its schema. Options among the fields are read with the upload.
	const { project_id: projectId } = request.query as ImportOptions;
	// A request with a key may have its answer already, whatever the project is now.
	if (projectId !== undefined && projectId !== 'new' && keyOf(request) === null)
		await archives.assertTarget(projectId, expected);
	return form.take(request, archives, async (upload) => {
		const { file, options } = upload;
		const settings = { ...importSettings(merges, options), precondition: expected };
		const execution = executionOptions(request, reply, { ...options, ...forced });
		const same = { operation: 'import', settings: options, sha256: file.sha256, ...settings };
		return answerOnce(
			request,
			reply,
			idempotency,
			same,
			() => archives.import(file, uploadSettings(upload), settings, execution),
			({ answer, existed }) => ({
				status: existed ? 200 : 201,
				headers: {
					etag: revisionTag(answer.revision),
					...(existed ? {} : { location: `/api/projects/${answer.project_id}` }),
				},
				body: answer,
				revision: answer.revision,
			}),
		);
	});
}
