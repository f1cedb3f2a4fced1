import multipart from '@fastify/multipart';
import type { Config } from '../../schemas/config.ts';
import type { App } from '../app-instance.ts';
import { mergeRoutes } from '../merge/index.ts';
import { BARE_TYPES } from '../uploads/upload-form.ts';
import { analyzeImport } from './analyze-import.ts';
import { exportProject } from './export-project.ts';
import { type ImportParts, importArchive, importInBackground } from './import-archive.ts';

/** REFUSALS 39. */
const MULTIPART_LIMITS = { fieldSize: 65_536, fieldNameSize: 100, parts: 20, headerPairs: 50 };

/** /api/projects/… archives */
export async function archiveRoutes(
	app: App,
	parts: ImportParts & { readonly config: Config },
): Promise<void> {
	const { archives, merges, idempotency, config } = parts;
	exportProject(app, archives, idempotency); //  POST /api/projects/{project_id}/export

	// Bodies of uploads are streams: they are not parsed, and not held against a schema.
	await app.register(async (uploads: App) => {
		uploads.removeAllContentTypeParsers();
		for (const type of Object.keys(BARE_TYPES))
			uploads.addContentTypeParser(type, (_request, _payload, done) => done(null));
		// The spool counts bytes and refuses with our own error; the reader's limit stands one byte behind it.
		await uploads.register(multipart, {
			limits: { ...MULTIPART_LIMITS, fileSize: config.limits.maxArchiveBytes + 1 },
		});
		uploads.addHook('onRoute', (route) => {
			const compile = uploads.validatorCompiler;
			route.validatorCompiler = (part) =>
				part.httpPart === 'body' || compile === undefined ? () => true : compile(part);
		});
		importArchive(uploads, parts); //       POST /api/projects/import
		importInBackground(uploads, parts); //  POST /api/projects/import/background
		analyzeImport(uploads, archives); //    POST /api/projects/import/analyze
		mergeRoutes(uploads, archives, merges, idempotency);
	});
}
