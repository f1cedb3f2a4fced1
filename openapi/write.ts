/** Writes openapi.json from the routes; with --check, checks that it is what the routes describe. */
import { readFileSync, writeFileSync } from 'node:fs';
import { writtenDocument } from './document.ts';

const file = new URL('./openapi.json', import.meta.url);
const document = await writtenDocument();

if (!process.argv.includes('--check')) {
	writeFileSync(file, document);
} else if (readFileSync(file, 'utf8') !== document) {
	console.error('openapi/openapi.json is not what the routes describe; run "npm run openapi".');
	process.exitCode = 1;
}
