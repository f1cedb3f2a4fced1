import multipart from '@fastify/multipart';
import type { Config } from '../../schemas/config.ts';
import type { ArchiveService } from '../../src/service/archive-service.ts';
import type { MergeService } from '../../src/service/merge-service.ts';
import type { App } from '../app-instance.ts';
import { mergeRoutes } from '../merge/index.ts';
import { analyzeImport } from './analyze-import.ts';
import { exportProject } from './export-project.ts';
import { importArchive } from './import-archive.ts';
import { BARE_TYPES } from './upload.ts';

/** REFUSALS 39. */
const MULTIPART_LIMITS = { fieldSize: 65_536, fieldNameSize: 100, parts: 20, headerPairs: 50 };

/** /api/projects/… archives */
export async function archiveRoutes(
	app: App,
	{ archives, merges, config }: { archives: ArchiveService; merges: MergeService; config: Config },
): Promise<void> {
	exportProject(app, archives); //  POST /api/projects/{project_id}/export

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
		importArchive(uploads, archives, merges); //  POST /api/projects/import
		analyzeImport(uploads, archives); //          POST /api/projects/import/analyze
		mergeRoutes(uploads, archives, merges);
	});
}
