/** The process entry: config → compose → app → listen → shutdown. */
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { buildApp } from './app.ts';
import { compose } from './compose/service.ts';
import { ConfigError, helpText, readConfig } from './config.ts';
import { shutDown } from './shutdown.ts';

/** Requests that run may go on for so long after a signal to stop. */
const GRACE_MS = 10_000;

// package.json has a version; it is ours.
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
	version: string;
};

async function main(): Promise<void> {
	if (process.argv.includes('--help')) {
		process.stdout.write(helpText());
		return;
	}
	const config = readConfig(process.env);
	process.umask(0o077);
	const logger = pino({ level: config.logLevel });
	const composition = await compose(config, version, logger);
	const app = await buildApp({ ...composition, config, version, logger });
	if (composition.recovered > 0)
		app.log.warn({ recovered: composition.recovered }, 'unfinished work of the last run was undone');

	let stopping = false;
	const stop = async (signal: string) => {
		if (stopping) return;
		stopping = true;
		app.log.info({ signal }, 'stopping');
		await shutDown(
			[
				{ name: 'letting requests finish', timeoutMs: GRACE_MS, run: () => app.close() },
				{ name: 'handing jobs back', timeoutMs: GRACE_MS, run: () => composition.stop() },
				{ name: 'closing the store', timeoutMs: GRACE_MS, run: () => composition.close() },
			],
			(message, error) => app.log.error({ err: error }, message),
		);
		process.exit(0);
	};
	process.once('SIGTERM', (signal) => void stop(signal));
	process.once('SIGINT', (signal) => void stop(signal));
	composition.start();
	await app.listen({ host: config.host, port: config.port });
}

/** An error that stops the start, with what caused it, in one line. */
function toLine(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

try {
	await main();
} catch (error) {
	const lines = error instanceof ConfigError ? error.faults : [toLine(error)];
	for (const line of lines) process.stderr.write(`dss: ${line}\n`);
	process.exit(1);
}
