import multipart from '@fastify/multipart';
import type { Config } from '../../schemas/config.ts';
import type { App } from '../app-instance.ts';
import { BARE_TYPES, UPLOAD_TYPES } from './upload-form.ts';

declare module 'fastify' {
	interface FastifyContextConfig {
		/** The media types that the route takes, where it takes others than JSON. */
		readonly mediaTypes?: readonly string[];
	}
}

export { answerAnalysis } from './analysis.ts';
export { ALSO_BARE, uploadBody } from './body.ts';
export {
	executionOptions,
	KeyHeaders,
	prefersJob,
	QUEUED,
	WorkHeaders,
	WriteHeaders,
} from './execution-options.ts';
export { answerKept, answerOnce, keyOf, queuedAnswer } from './idempotent-answer.ts';
export { UploadForm, uploadSettings } from './upload-form.ts';

/** REFUSALS 39. */
const MULTIPART_LIMITS = { fieldSize: 65_536, fieldNameSize: 100, parts: 20, headerPairs: 50 };

/** Adds routes whose bodies are streams: not parsed, and not held against their schemas. */
export async function uploadRoutes(app: App, config: Config, add: (uploads: App) => void): Promise<void> {
	await app.register(async (uploads: App) => {
		uploads.removeAllContentTypeParsers();
		for (const type of Object.keys(BARE_TYPES))
			uploads.addContentTypeParser(type, (_request, _payload, done) => done(null));
		// The spool counts bytes and refuses with our own error, one byte before the reader would.
		await uploads.register(multipart, {
			limits: { ...MULTIPART_LIMITS, fileSize: config.limits.maxArchiveBytes + 1 },
		});
		uploads.addHook('onRoute', (route) => {
			route.config = { ...route.config, mediaTypes: UPLOAD_TYPES };
			const compile = uploads.validatorCompiler;
			route.validatorCompiler = (part) =>
				part.httpPart === 'body' || compile === undefined ? () => true : compile(part);
		});
		add(uploads);
	});
}
