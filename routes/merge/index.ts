import type { ArchiveService } from '../../src/service/archive-service.ts';
import type { Idempotency } from '../../src/service/idempotency.ts';
import type { MergeService } from '../../src/service/merge-service.ts';
import type { App } from '../app-instance.ts';
import { analyzeMerge } from './analyze-merge.ts';
import { mergeArchive } from './merge-archive.ts';

/** /api/projects/{project_id}/merge …; `uploads` takes bodies as streams. */
export function mergeRoutes(
	uploads: App,
	archives: ArchiveService,
	merges: MergeService,
	idempotency: Idempotency,
): void {
	mergeArchive(uploads, { archives, merges, idempotency }); //  POST /api/projects/{project_id}/merge
	analyzeMerge(uploads, archives, merges); //  POST /api/projects/{project_id}/merge/analyze
}
