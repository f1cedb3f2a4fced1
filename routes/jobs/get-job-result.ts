import { Readable } from 'node:stream';
import { JobParams } from '../../schemas/jobs.ts';
import { errors } from '../../src/errors.ts';
import type { JobService } from '../../src/service/job-service.ts';
import { NOT_MODIFIED } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { isUnchanged } from '../entity-tags.ts';
import { FILE_CONTENT, FILE_HEADERS, FILE_TYPES, fileHeaders } from '../file-headers.ts';
import { problemAnswers } from '../problem-answers.ts';
import { RangeHeaders, rangeOf } from './range.ts';

const HEADERS = {
	...FILE_HEADERS,
	'Accept-Ranges': { type: 'string', description: 'Parts may be asked for, in bytes' },
};
const RANGE = { 'Content-Range': { type: 'string', description: 'Which bytes these are' } };

export function getJobResult(app: App, jobs: JobService): void {
	app.route({
		method: 'GET',
		url: '/api/jobs/:job_id/result',
		compress: false,
		schema: {
			operationId: 'getJobResult',
			summary: 'Fetch the file that a job made',
			description: 'Whole, or a part of it by Range (RFC 9110 §14). It is kept for DSS_RESULT_TTL.',
			tags: ['jobs'],
			params: JobParams,
			headers: RangeHeaders,
			response: {
				200: { description: 'The file', headers: HEADERS, content: FILE_CONTENT },
				...NOT_MODIFIED,
				206: {
					description: 'A part of it',
					headers: { ...HEADERS, ...RANGE },
					content: FILE_CONTENT,
				},
				...problemAnswers('ResultUnknown', 'RangeNotSatisfiable'),
			},
		},
		handler: async (request, reply) => {
			const result = await jobs.result(request.params.job_id);
			const { bytes, sha256, projectName } = result;
			const headers = fileHeaders(projectName, sha256);
			const etag = headers['etag'] ?? '';
			if (isUnchanged(request, reply, etag)) return null;
			// RFC 9110 §14.2: Range means something for GET only.
			const range = request.method === 'GET' ? rangeOf(request.headers, bytes, etag) : null;
			if (range === 'unsatisfiable') {
				reply.removeHeader('etag').header('content-range', `bytes */${bytes}`);
				throw errors.rangeNotSatisfiable({ bytes });
			}
			reply.headers({ ...headers, 'accept-ranges': 'bytes' }).type(request.preferredType ?? FILE_TYPES[0]);
			if (range !== null)
				reply.code(206).header('content-range', `bytes ${range.first}-${range.last}/${bytes}`);
			reply.header('content-length', range === null ? bytes : range.last - range.first + 1);
			if (request.method === 'HEAD') return reply.send(Readable.from([]) as unknown as string);
			// OpenAPI calls a stream of bytes a binary string; Fastify sends the stream.
			return reply.send(jobs.read(result, range ?? undefined) as unknown as string);
		},
	});
}
