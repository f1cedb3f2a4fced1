/** Runs a composed service until a signal ends it: in order, within 15 s, whatever its threads do. */
import type { App } from '../routes/app-instance.ts';
import type { Config } from '../schemas/config.ts';
import type { Composition } from './compose/service.ts';
import { killAfter, shutDown } from './shutdown.ts';
import { GRACE_MS } from './workers/watch.ts';

/** How long requests may go on after the signal (API, "Start and end"). */
const REQUESTS_MS = 10_000;
/**
 * Jobs are stopped at the signal; after the requests they get this long, and never beyond STORE_FROM_MS. One that has
 * just begun stops when its thread has started, or is taken from it after the time of grace.
 */
const JOBS_MS = GRACE_MS + 1_000;
/** When the store begins to close at the latest, after the signal. */
const STORE_FROM_MS = REQUESTS_MS + 500;
/** Threads get 2 s to obey and 1 s to end; the rest takes milliseconds. */
const STORE_MS = 3_600;
const ALL_MS = 14_500;

/**
 * Starts the background work, listens, and ends the process on SIGTERM, SIGINT, SIGHUP or an uncaught error. The exit
 * code is 0 where all ended in order; the process ends by SIGKILL where a thread cannot be ended.
 */
export async function runService(
	app: App,
	composition: Composition,
	config: Config,
	flushLog: () => void,
): Promise<void> {
	let stopping = false;
	const stop = async (exitCode: number) => {
		if (stopping) return;
		stopping = true;
		killAfter(ALL_MS);
		const begun = performance.now();
		let closed = false;
		const jobs = composition.stop().then(() => true);
		jobs.catch(() => undefined);
		const orderly = await shutDown(
			[
				{ name: 'letting requests finish', timeoutMs: REQUESTS_MS, run: () => app.close().then(() => true) },
				{
					name: 'handing jobs back',
					get timeoutMs() {
						return Math.min(JOBS_MS, Math.round(STORE_FROM_MS - (performance.now() - begun)));
					},
					run: () => jobs,
				},
				{
					name: 'closing the store',
					timeoutMs: STORE_MS,
					run: async () => {
						closed = await composition.close();
						return closed;
					},
				},
			],
			(message, error) => app.log.error({ err: error }, message),
		);
		app.log.info({ orderly }, 'stopped');
		// `process.exit()` waits for a statement that a thread runs, for ever where it cannot be ended.
		if (closed) process.exit(orderly ? exitCode : 1);
		flushLog();
		process.kill(process.pid, 'SIGKILL');
	};
	// Not `close-with-grace`: it exits at the second signal, and Ctrl-C under npm sends two.
	for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
		process.on(signal, () => {
			if (!stopping) app.log.info({ signal }, 'stopping');
			void stop(0);
		});
	for (const event of ['uncaughtException', 'unhandledRejection'] as const)
		process.on(event, (error: unknown) => {
			app.log.fatal({ err: error }, 'stopping because of an error that was not caught');
			void stop(1);
		});
	await composition.start();
	await app.listen({ host: config.host, port: config.port });
}
