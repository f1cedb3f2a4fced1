import type { Readiness } from '../../src/service/health.ts';
import type { App } from '../app-instance.ts';
import { healthz } from './healthz.ts';
import { type Figures, metricsRoute } from './metrics.ts';
import { openapiDocument } from './openapi.ts';
import { readyz } from './readyz.ts';

/** For those who run the service. */
export function operationRoutes(app: App, metrics: Figures, readiness: () => Promise<Readiness>): void {
	healthz(app); //                  GET /healthz
	readyz(app, readiness); //        GET /readyz
	metricsRoute(app, metrics); //    GET /metrics
	openapiDocument(app); //          GET /openapi.json
}
