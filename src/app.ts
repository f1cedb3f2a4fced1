/** Builds the Fastify instance from what it is given: never listens, never reads the environment. */
import { randomUUID } from 'node:crypto';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger } from 'fastify';
import type { App } from '../routes/app-instance.ts';
import { archiveRoutes } from '../routes/archives/index.ts';
import { jobRoutes } from '../routes/jobs/index.ts';
import { operationRoutes } from '../routes/operations/index.ts';
import { projectRoutes } from '../routes/projects/index.ts';
import type { Config } from '../schemas/config.ts';
import { callers } from './plugins/callers.ts';
import { type Metrics, requestMetrics } from './plugins/metrics.ts';
import { openapi } from './plugins/openapi.ts';
import { problems } from './plugins/problems.ts';
import { strictJsonBody } from './plugins/strict-json-body.ts';
import { validation } from './plugins/validation.ts';
import type { ArchiveService } from './service/archive-service.ts';
import type { Health } from './service/health.ts';
import type { Idempotency } from './service/idempotency.ts';
import type { JobService } from './service/job-service.ts';
import type { MergeService } from './service/merge-service.ts';
import type { ProjectService } from './service/project-service.ts';

/** What the routes stand on. */
export interface AppParts {
	readonly config: Config;
	readonly version: string;
	readonly projects: ProjectService;
	readonly archives: ArchiveService;
	readonly merges: MergeService;
	readonly jobs: JobService;
	readonly idempotency: Idempotency;
	readonly metrics: Metrics;
	readonly health: Health;
	readonly logger: FastifyBaseLogger;
}

export async function buildApp(parts: AppParts): Promise<App> {
	const app: App = Fastify({
		loggerInstance: parts.logger,
		genReqId: () => randomUUID(),
		routerOptions: { maxParamLength: 200 },
		// Whole requests are timed by the spool, which knows uploads; a slow header is Node's to end.
		requestTimeout: 0,
		forceCloseConnections: 'idle',
	}).withTypeProvider<TypeBoxTypeProvider>();
	app.removeContentTypeParser('text/plain');
	// A connection whose last exchange is still under way is idle only after the closing has looked for idle ones.
	app.addHook('preClose', async () => {
		parts.jobs.close();
		const again = setInterval(() => app.server.closeIdleConnections(), 50);
		app.server.once('close', () => clearInterval(again));
	});

	await app.register(problems, { onStoreFailure: () => parts.health.noteStoreFailure() });
	await app.register(validation);
	await app.register(strictJsonBody, { maxDepth: parts.config.limits.maxRecordDepth });
	await app.register(requestMetrics, { metrics: parts.metrics });
	await app.register(callers, { config: parts.config });
	await app.register(openapi, { version: parts.version });

	operationRoutes(app, parts.metrics, () => parts.health.readiness());
	projectRoutes(app, parts.projects);
	await archiveRoutes(app, parts);
	await jobRoutes(app, parts.jobs);
	return app;
}
