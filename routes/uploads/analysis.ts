import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static, TSchema } from 'typebox';
import type { ArchiveService } from '../../src/service/archive-service.ts';
import type { Caller } from '../../src/service/telemetry.ts';
import { callerOf, goneSignal } from '../caller.ts';
import { revisionTag } from '../revision-tags.ts';
import type { Upload, UploadForm } from './upload-form.ts';

/** Analyzes an upload and answers the plan, with the ETag of the revision that it was compared with. */
export async function answerAnalysis<Schema extends TSchema, Answer>(
	request: FastifyRequest,
	reply: FastifyReply,
	form: UploadForm<Schema>,
	archives: ArchiveService,
	analyze: (
		upload: Upload<Static<Schema>>,
		signal: AbortSignal,
		caller: Caller,
	) => Promise<{ answer: Answer; revision: number | null }>,
): Promise<Answer> {
	const signal = goneSignal(reply);
	return form.take(request, archives, async (upload) => {
		const { answer, revision } = await analyze(upload, signal, callerOf(request));
		if (revision !== null) reply.header('etag', revisionTag(revision));
		return answer;
	});
}
