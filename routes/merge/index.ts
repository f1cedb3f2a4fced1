import type { Config } from '../../schemas/config.ts';
import type { App } from '../app-instance.ts';
import { uploadRoutes } from '../uploads/index.ts';
import { analyzeMerge } from './analyze-merge.ts';
import { type MergeParts, mergeArchive } from './merge-archive.ts';

/** /api/projects/{project_id}/merge … */
export async function mergeRoutes(app: App, parts: MergeParts & { readonly config: Config }): Promise<void> {
	await uploadRoutes(app, parts.config, (uploads) => {
		mergeArchive(uploads, parts); //  POST /api/projects/{project_id}/merge
		analyzeMerge(uploads, parts); //  POST /api/projects/{project_id}/merge/analyze
	});
}
