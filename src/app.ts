/** Builds the Fastify instance from what it is given: never listens, never reads the environment. */
import { randomUUID } from 'node:crypto';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import type { App } from '../routes/app-instance.ts';
import { archiveRoutes } from '../routes/archives/index.ts';
import { jobRoutes } from '../routes/jobs/index.ts';
import { mergeRoutes } from '../routes/merge/index.ts';
import { operationRoutes } from '../routes/operations/index.ts';
import { projectRoutes } from '../routes/projects/index.ts';
import type { Config } from '../schemas/config.ts';
import { basePath } from './plugins/base-path.ts';
import { answerBadAddress, answerClientError } from './plugins/client-errors.ts';
import { compression } from './plugins/compression.ts';
import { conditionalReads } from './plugins/conditional-reads.ts';
import { cors } from './plugins/cors.ts';
import { methods } from './plugins/methods.ts';
import { type Metrics, requestMetrics } from './plugins/metrics.ts';
import { negotiation } from './plugins/negotiation.ts';
import { openapi } from './plugins/openapi/index.ts';
import { origins } from './plugins/origins.ts';
import { problems } from './plugins/problems.ts';
import { requestCodings } from './plugins/request-codings.ts';
import { requestId } from './plugins/request-id.ts';
import { requestLog } from './plugins/request-log.ts';
import { requestRate } from './plugins/request-rate.ts';
import { securityHeaders } from './plugins/security-headers.ts';
import { strictJsonBody } from './plugins/strict-json-body.ts';
import { continueWhenRead } from './plugins/unread-bodies.ts';
import { validation } from './plugins/validation.ts';
import type { ArchiveService } from './service/archive-service.ts';
import type { Health } from './service/health.ts';
import type { Idempotency } from './service/idempotency.ts';
import type { JobService } from './service/job-service.ts';
import type { MergeService } from './service/merge-service.ts';
import type { ProjectService } from './service/project-service.ts';

/** What the routes call, and what the plugins need. */
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

/** Longer than any address can be: Node takes 16 KB of headers. What a parameter may be is its schema's. */
const MAX_PARAMETER_LENGTH = 16_384;
/** How often a closing service looks for connections that have become idle. */
const CLOSE_IDLE_EVERY_MS = 50;

/** Builds the service's HTTP face; the caller listens. */
export async function buildApp(parts: AppParts): Promise<App> {
	const app: App = Fastify({
		loggerInstance: parts.logger,
		genReqId: () => randomUUID(),
		// The line of a request is written by the plugin requestLog.
		logController: new LogController({ disableRequestLogging: true }),
		routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
		frameworkErrors: answerBadAddress,
		clientErrorHandler: answerClientError,
		// Node's own answers to these two are not problem documents; ours are in the plugins.
		return503OnClosing: false,
		http: { requireHostHeader: false },
		// Bodies are timed where they are read: uploads by the spool, JSON by its parser. Slow headers are timed by Node.
		requestTimeout: 0,
		forceCloseConnections: 'idle',
	}).withTypeProvider<TypeBoxTypeProvider>();
	app.removeContentTypeParser('text/plain');
	// An expectation that is not known may be ignored (RFC 9110 §10.1.1); Node would answer 417 without a body.
	app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
	continueWhenRead(app.server);
	// A connection that is busy when the service closes becomes idle later than Node looks.
	app.addHook('preClose', async () => {
		parts.jobs.close();
		const timer = setInterval(() => app.server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
		app.server.once('close', () => clearInterval(timer));
	});

	await app.register(basePath, { path: parts.config.basePath });
	await app.register(requestLog);
	await app.register(requestId);
	await app.register(securityHeaders);
	await app.register(problems, { onStoreFailure: () => parts.health.noteStoreFailure() });
	await app.register(cors, { origins: parts.config.corsOrigins });
	await app.register(origins, { config: parts.config });
	await app.register(methods, { docs: `${parts.config.basePath}/docs` });
	await app.register(negotiation);
	await app.register(requestCodings);
	await app.register(conditionalReads);
	await app.register(compression);
	await app.register(validation);
	const { limits, uploadIdleMs: idleMs, uploadTimeoutMs: totalMs } = parts.config;
	await app.register(strictJsonBody, { maxDepth: limits.maxRecordDepth, idleMs, totalMs });
	await app.register(requestMetrics, { metrics: parts.metrics });
	await app.register(requestRate, { max: parts.config.rateLimit });
	await app.register(openapi, { version: parts.version, basePath: parts.config.basePath });

	operationRoutes(app, parts.metrics, () => parts.health.readiness());
	projectRoutes(app, parts.projects, parts.idempotency);
	await archiveRoutes(app, parts);
	await mergeRoutes(app, parts);
	await jobRoutes(app, parts.jobs);
	return app;
}
