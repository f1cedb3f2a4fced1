import sse from '@fastify/sse';
import type { JobService } from '../../src/service/job-service.ts';
import type { App } from '../app-instance.ts';
import { cancelJob } from './cancel-job.ts';
import { getImportStatus, getJob } from './get-job.ts';
import { getJobResult } from './get-job-result.ts';
import { listJobs } from './list-jobs.ts';
import { watchJob } from './watch-job.ts';

const HEARTBEAT_MS = 15_000;
// The module itself is the plugin, though its types declare a default export within it.
const plugin = sse as unknown as typeof sse.default;

/** /api/jobs … */
export async function jobRoutes(app: App, jobs: JobService): Promise<void> {
	listJobs(app, jobs); //         GET    /api/jobs
	getJob(app, jobs); //           GET    /api/jobs/{job_id}
	getImportStatus(app, jobs); //  GET    /api/import/status/{job_id}
	getJobResult(app, jobs); //     GET    /api/jobs/{job_id}/result
	cancelJob(app, jobs); //        DELETE /api/jobs/{job_id}
	await app.register(async (streams: App) => {
		await streams.register(plugin, { heartbeatInterval: HEARTBEAT_MS });
		watchJob(streams, jobs); //   GET    /api/jobs/{job_id}/events
	});
}
