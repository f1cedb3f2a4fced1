import type { Static } from 'typebox';
import { ImportAnswer, ImportForm, ImportOptions } from '../../schemas/archives.ts';
import type { ArchiveService } from '../../src/service/archive-service.ts';
import type { Idempotency, KeptAnswer } from '../../src/service/idempotency.ts';
import type { MergeService } from '../../src/service/merge-service.ts';
import { ETAG, problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';
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
				'The project that the archive names gets a new revision, or is made. In one step or not at all. Nothing different makes no revision. With strategy=merge, what was done here since the two copies last met is kept, as in mergeArchive. Settings may come as query parameters or as fields; the query wins. Work that would outlast the request becomes a job: 202.',
			tags: ['archives'],
			querystring: ImportOptions,
			headers: WriteHeaders,
			body: uploadBody(ImportForm),
			response: {
				200: { ...ImportAnswer, description: 'The project was there', headers: ETAG },
				201: { ...ImportAnswer, description: 'The project was made', headers: ETAG },
				...queued,
				...failures,
			},
		},
		// The schemas of the statuses differ; give() answers with the status that its body is of.
		handler: async (request, reply) =>
			give(reply, await importing(parts, request, reply, false)) as Static<typeof ImportAnswer>,
	});
}

export function importInBackground(app: App, parts: ImportParts): void {
	app.route({
		method: 'POST',
		url: '/api/projects/import/background',
		schema: {
			operationId: 'importInBackground',
			summary: 'Import as a job, however small',
			description: 'The same as importArchive with background=true.',
			tags: ['archives'],
			querystring: ImportOptions,
			headers: WriteHeaders,
			body: uploadBody(ImportForm),
			response: { ...queued, ...failures },
		},
		handler: async (request, reply) =>
			give(reply, await importing(parts, request, reply, true)) as Static<typeof QUEUED>,
	});
}

type Request = Parameters<typeof executionOptions>[0];
type Reply = Parameters<typeof executionOptions>[1];

async function importing(
	{ archives, merges, idempotency }: ImportParts,
	request: Request,
	reply: Reply,
	background: boolean,
): Promise<{ answer: KeptAnswer; again: boolean }> {
	using _place = archives.admit();
	const upload = await form.receive(request, archives);
	await using file = upload.file;
	const { strategy, merge_strategy, deletions, resolutions } = upload.options;
	const options = {
		discardLocalChanges: upload.options.discard_local_changes ?? false,
		merge:
			strategy === 'merge' ? merges.settings({ strategy: merge_strategy, deletions, resolutions }) : null,
		precondition: precondition(request.headers['if-match']),
	};
	const execution = executionOptions(
		request,
		reply,
		background ? { ...upload.options, background } : upload.options,
	);
	const same = { operation: 'import', settings: upload.options, sha256: file.sha256, ...options };
	// Awaited here: the file goes with this function.
	return await idempotency.once(keyOf(request), same, async () => {
		const imported = await archives.import(file, uploadSettings(upload), options, execution);
		if ('queued' in imported) return queuedAnswer(request, imported.queued);
		const { answer, existed } = imported;
		return {
			status: existed ? 200 : 201,
			headers: {
				etag: revisionTag(answer.revision),
				...(existed ? {} : { location: `/api/projects/${answer.project_id}` }),
			},
			body: answer,
			revision: answer.revision,
		};
	});
}
