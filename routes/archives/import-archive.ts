import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { ImportAnswer, ImportForm, ImportOptions } from '../../schemas/archives.ts';
import type { ArchiveService } from '../../src/service/archive-service.ts';
import type { Idempotency } from '../../src/service/idempotency.ts';
import type { MergeService } from '../../src/service/merge-service.ts';
import { ETAG, problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { precondition, revisionTag } from '../revision-tags.ts';
import {
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
const failures = problemAnswers(403, 404, 408, 409, 412, 413, 415, 422, 507);

export function importArchive(app: App, parts: ImportParts): void {
	app.route({
		method: 'POST',
		url: '/api/projects/import',
		schema: {
			operationId: 'importArchive',
			summary: 'Import a .dss archive or a design tokens file',
			description:
				'The project that the archive names gets a new revision, or is created. In one step or not at all. An import that changes nothing makes no revision. With strategy=merge, what was done here since the two copies last met is kept, as in mergeArchive. Settings may come as query parameters or as fields; the query wins. Work that would outlast the request becomes a job: 202.',
			tags: ['archives'],
			querystring: ImportOptions,
			headers: WriteHeaders,
			body: uploadBody(ImportForm),
			response: {
				200: { ...ImportAnswer, description: 'The project existed', headers: ETAG },
				201: { ...ImportAnswer, description: 'The project was created', headers: ETAG },
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
		schema: {
			operationId: isShort ? 'importInBackgroundShort' : 'importInBackground',
			summary: isShort
				? 'Import as a job, however small, at a shorter address'
				: 'Import as a job, however small',
			description: 'The same as importArchive with background=true.',
			tags: ['archives'],
			querystring: ImportOptions,
			headers: WriteHeaders,
			body: uploadBody(ImportForm),
			response: { ...queued, ...failures },
		},
		handler: async (request, reply) =>
			(await answerImport(parts, request, reply, { background: true })) as Static<typeof QUEUED>,
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
