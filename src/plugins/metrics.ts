import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import {
	Counter,
	collectDefaultMetrics,
	Gauge,
	Histogram,
	Registry,
	type RegistryContentType,
} from 'prom-client';
import { STAGES } from '../../schemas/problem.ts';
import { ALERT_TYPES } from '../errors.ts';
import { JOB_KINDS, type QueueFigures } from '../jobs/queue.ts';
import { MERGE_OUTCOMES, type Telemetry } from '../service/telemetry.ts';

/** The methods of the API. */
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS'];
const OPENMETRICS = 'application/openmetrics-text';
/** From a health check to the longest work that a request waits for, in seconds. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The figures of one service, for Prometheus. */
export class Metrics implements Telemetry {
	readonly registry = new Registry<RegistryContentType>();
	/** Serialises scrapes: the content type is mutable state of the registry. */
	#scraping: Promise<unknown> = Promise.resolve();
	readonly #requests: Histogram;
	readonly #imports: Histogram;
	readonly #exports: Histogram;
	readonly #merges: Histogram;
	readonly #jobs: Counter;
	readonly #jobSeconds: Histogram;
	readonly #deliveries: Counter;
	readonly #conflicts: Counter;
	readonly #mergeItems: Counter;
	readonly #clockSkews: Counter;
	readonly #migrations: Counter;
	readonly #stages: Histogram;
	readonly #refusals: Counter;
	readonly #alerts: Counter;

	constructor(spool: { readonly openUploads: number; readonly bytes: number }) {
		const registers = [this.registry];
		collectDefaultMetrics({ register: this.registry });
		const seconds = (name: string, help: string, labelNames: string[]) =>
			new Histogram({ name, help, labelNames, buckets: SECONDS, registers });
		this.#requests = seconds(
			'dss_http_request_duration_seconds',
			'Time from a request to the end of its answer',
			['method', 'route', 'status'],
		);
		this.#imports = seconds(
			'dss_import_duration_seconds',
			'Time that imports took, from the spooled upload on',
			['outcome'],
		);
		this.#exports = seconds('dss_export_duration_seconds', 'Time that exports took, to the spooled file', [
			'outcome',
		]);
		this.#merges = seconds(
			'dss_merge_duration_seconds',
			'Time that merges took, from the spooled upload on',
			['outcome'],
		);
		const counter = (name: string, help: string, labelNames: string[] = []) =>
			new Counter({ name, help, labelNames, registers });
		this.#jobs = counter('dss_jobs_total', 'Jobs that ended', ['kind', 'outcome']);
		this.#jobSeconds = seconds('dss_job_duration_seconds', 'Time that the last runs of jobs took', ['kind']);
		this.#deliveries = counter('dss_webhook_deliveries_total', 'Deliveries of webhooks', ['outcome']);
		for (const kind of JOB_KINDS)
			for (const outcome of ['succeeded', 'failed', 'cancelled']) this.#jobs.inc({ kind, outcome }, 0);
		for (const outcome of ['delivered', 'retried', 'given_up']) this.#deliveries.inc({ outcome }, 0);
		this.#conflicts = counter('dss_merge_conflicts_total', 'Records that both sides of a merge had changed');
		this.#mergeItems = counter('dss_merge_items_total', 'Records of merges, by their outcome', ['outcome']);
		this.#clockSkews = counter('dss_clock_skew_warnings_total', 'Times in merges that contradict each other');
		this.#migrations = counter('dss_migrations_total', 'Archives of older versions that were read', [
			'from',
			'to',
		]);
		this.#stages = seconds('dss_stage_duration_seconds', 'Time that the stages of the pipeline took', [
			'stage',
		]);
		this.#refusals = counter('dss_validation_errors_total', 'Uploads that a stage refused', ['stage']);
		this.#alerts = counter('dss_security_alerts_total', 'Uploads that are hostile by construction', ['type']);
		// Every series exists from the start: a rate over one that appears with its first event misses that event.
		for (const outcome of MERGE_OUTCOMES) this.#mergeItems.inc({ outcome }, 0);
		for (const stage of STAGES) this.#refusals.inc({ stage }, 0);
		for (const type of ALERT_TYPES) this.#alerts.inc({ type }, 0);
		new Gauge({
			name: 'dss_open_uploads',
			help: 'Uploads in progress',
			registers,
			collect() {
				this.set(spool.openUploads);
			},
		});
		new Gauge({
			name: 'dss_spool_bytes',
			help: 'Bytes on the spool',
			registers,
			collect() {
				this.set(spool.bytes);
			},
		});
	}

	/** Adds figures of the queue, which are read at each scrape. */
	watchQueue(queue: { figures(): Promise<QueueFigures> }, busy: () => number): void {
		const gauge = (name: string, help: string, read: () => Promise<number> | number) =>
			new Gauge({
				name,
				help,
				registers: [this.registry],
				async collect() {
					this.set(await read());
				},
			});
		gauge('dss_job_queue_depth', 'Jobs that wait', async () => (await queue.figures()).queued);
		gauge('dss_job_oldest_waiting_seconds', 'How long the oldest waiting job has waited', async () => {
			const { oldest } = await queue.figures();
			return oldest === null ? 0 : Math.max(0, Date.now() - Date.parse(oldest)) / 1000;
		});
		gauge('dss_worker_busy', 'Jobs that run', busy);
	}

	jobEnd(kind: string, outcome: string, seconds: number): void {
		this.#jobs.inc({ kind, outcome });
		this.#jobSeconds.observe({ kind }, seconds);
	}

	webhookDelivery(outcome: string): void {
		this.#deliveries.inc({ outcome });
	}

	/** Few series: a class of statuses, and methods that the API does not use under one name. */
	request(
		{ method, route, status }: { method: string; route: string; status: number },
		seconds: number,
	): void {
		const labels = {
			method: METHODS.includes(method) ? method : 'other',
			route,
			status: `${Math.floor(status / 100)}xx`,
		};
		this.#requests.observe(labels, seconds);
	}

	stageDurations(durations: Parameters<Telemetry['stageDurations']>[0]): void {
		for (const [stage, seconds] of Object.entries(durations)) this.#stages.observe({ stage }, seconds);
	}

	importDuration(seconds: number, outcome: string): void {
		this.#imports.observe({ outcome }, seconds);
	}

	exportDuration(seconds: number, outcome: string): void {
		this.#exports.observe({ outcome }, seconds);
	}

	mergeDuration(seconds: number, outcome: string): void {
		this.#merges.observe({ outcome }, seconds);
	}

	mergeItems(...[outcome, count]: Parameters<Telemetry['mergeItems']>): void {
		this.#mergeItems.inc({ outcome }, count);
		if (outcome === 'conflict') this.#conflicts.inc(count);
	}

	clockSkews(count: number): void {
		this.#clockSkews.inc(count);
	}

	migration(from: string, to: string): void {
		this.#migrations.inc({ from, to });
	}

	validationError(stage: string): void {
		this.#refusals.inc({ stage });
	}

	securityAlert(type: string): void {
		this.#alerts.inc({ type });
	}

	/** All figures, in the Prometheus text form or as OpenMetrics. */
	exposition(mediaType: string | null): Promise<{ contentType: string; text: string }> {
		const contentType =
			mediaType === OPENMETRICS ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE;
		const scraped = this.#scraping.then(async () => {
			this.registry.setContentType(contentType);
			return { contentType, text: await this.registry.metrics() };
		});
		this.#scraping = scraped.catch(() => undefined);
		return scraped;
	}
}

/** Times every request by its route, never by its address: a label needs few values. */
export const requestMetrics = fp(async (app: FastifyInstance, { metrics }: { metrics: Metrics }) => {
	app.addHook('onResponse', async (request, reply) => {
		const route = request.routeOptions.url ?? 'none';
		metrics.request({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
	});
});
