import type { Config } from '../../schemas/config.ts';
import type { App } from '../app-instance.ts';
import { uploadRoutes } from '../uploads/index.ts';
import { analyzeImport } from './analyze-import.ts';
import { exportProject } from './export-project.ts';
import { type ImportParts, importArchive, importInBackground } from './import-archive.ts';

/** /api/projects/… archives */
export async function archiveRoutes(
	app: App,
	parts: ImportParts & { readonly config: Config },
): Promise<void> {
	const { archives, idempotency, config } = parts;
	exportProject(app, archives, idempotency); //  POST /api/projects/{project_id}/export
	await uploadRoutes(app, config, (uploads) => {
		importArchive(uploads, parts); //            POST /api/projects/import
		//                                           POST /api/projects/import/background
		importInBackground(uploads, parts, '/api/projects/import/background');
		//                                           POST /api/import/background
		importInBackground(uploads, parts, '/api/import/background');
		analyzeImport(uploads, parts); //            POST /api/projects/import/analyze
	});
}
