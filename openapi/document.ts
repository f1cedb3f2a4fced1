import { pino } from 'pino';
import packageJson from '../package.json' with { type: 'json' };
import { type AppParts, buildApp } from '../src/app.ts';
import { readConfig } from '../src/config.ts';

/** The OpenAPI document as the routes describe it, as text. Opens no file, no database and no thread. */
export async function writtenDocument(): Promise<string> {
	const app = await buildApp({
		config: readConfig({}),
		version: packageJson.version,
		logger: pino({ level: 'silent' }),
		projects: uncalled<AppParts['projects']>('projects'),
		archives: uncalled<AppParts['archives']>('archives'),
		merges: uncalled<AppParts['merges']>('merges'),
		jobs: uncalled<AppParts['jobs']>('jobs'),
		idempotency: uncalled<AppParts['idempotency']>('idempotency'),
		metrics: uncalled<AppParts['metrics']>('metrics'),
		health: uncalled<AppParts['health']>('health'),
	});
	await app.ready();
	return `${JSON.stringify(app.swagger(), null, 2)}\n`;
}

/** A part that only requests use, of which none is made here: any use of it is a fault of the app. */
function uncalled<Part extends object>(name: string): Part {
	const refuse = () => {
		throw new Error(`${name} is used while the app is built`);
	};
	// No member of it can be reached, so it needs none.
	return new Proxy({}, { get: refuse }) as Part;
}
