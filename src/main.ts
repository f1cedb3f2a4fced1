/** The process entry: config → compose → app → listen → shutdown. */
import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { buildApp } from './app.ts';
import { compose } from './compose/service.ts';
import { ConfigError, helpText, readConfig } from './config.ts';
import { runService } from './run-service.ts';

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
	const destination = pino.destination({ fd: 1, sync: false });
	const logger = pino({ level: config.logLevel }, destination);
	const composition = await compose(config, version, logger);
	const app = await buildApp({ ...composition, config, version, logger });
	if (composition.recovered > 0)
		app.log.warn({ recovered: composition.recovered }, 'unfinished work of the last run was undone');
	await runService(app, composition, config, () => destination.flushSync());
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
