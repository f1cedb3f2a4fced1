import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import packageJson from '../package.json' with { type: 'json' };
import { buildApp } from '../src/app.ts';
import { compose } from '../src/compose/service.ts';
import { readConfig } from '../src/config.ts';

/** The OpenAPI document as the routes say it, as text. */
export async function writtenDocument(): Promise<string> {
	const dataDir = mkdtempSync(join(tmpdir(), 'dss-openapi-'));
	const config = readConfig({ DSS_DATA_DIR: dataDir, DSS_WORKERS: '1' });
	const logger = pino({ level: 'silent' });
	const composition = await compose(config, packageJson.version, logger);
	try {
		const app = await buildApp({ ...composition, config, version: packageJson.version, logger });
		await app.ready();
		const document = `${JSON.stringify(app.swagger(), null, 2)}\n`;
		await app.close();
		return document;
	} finally {
		await composition.close();
		rmSync(dataDir, { recursive: true });
	}
}
