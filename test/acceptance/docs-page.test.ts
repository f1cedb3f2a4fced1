/** Swagger UI at /docs, as a person uses it in a browser. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { test } from 'tap';
import { serviceFor } from '../support/service.ts';

/** Where Debian installs it; browsers of others would be downloaded. */
const BROWSER = '/usr/bin/chromium';
const skip = existsSync(BROWSER) ? false : 'Chromium is not on this machine';
/** As root there is no sandbox; the rest keeps it from calling home. */
const FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];
const SAMPLE = join(import.meta.dirname, '../../examples/aurora.tokens.json');

/** Opens an operation, chooses "Try it out" and a file, touches nothing else, executes; gives request and answer. */
async function triedOut(page: Page, operation: string, path: string) {
	const block = page.locator(`#operations-${operation}`);
	await block.locator('.opblock-summary-control').click();
	await block.getByRole('button', { name: 'Try it out' }).click();
	await block.locator('input[type=file]').setInputFiles(SAMPLE);
	const answered = page.waitForResponse((response) => new URL(response.url()).pathname === path);
	await block.getByRole('button', { name: 'Execute' }).click();
	const response = await answered;
	const request = response.request();
	return {
		status: response.status(),
		query: new URL(request.url()).searchParams,
		headers: request.headers(),
		// The browser does not tell what a form holds; Swagger UI shows the same request as a command.
		command: (await block.locator('.curl-command').textContent()) ?? '',
	};
}

test('"Try it out" of an upload works as prefilled, but for the file', { skip }, async (t) => {
	const service = await serviceFor(t);
	const browser = await chromium.launch({ executablePath: BROWSER, args: FLAGS });
	t.teardown(() => browser.close());
	const page = await browser.newPage();
	const faults: string[] = [];
	page.on('pageerror', ({ message }) => faults.push(message));
	await page.goto(`${service.url}/docs/`);

	const plan = await triedOut(page, 'archives-analyzeImport', '/api/projects/import/analyze');
	t.equal(plan.status, 200, 'the plan');
	const done = await triedOut(page, 'archives-importArchive', '/api/projects/import');
	t.equal(done.status, 201, 'the import');

	for (const { query, headers, command } of [plan, done]) {
		for (const name of ['project_id', 'callback_url', 'name', 'references', 'resolutions'])
			t.notOk(query.has(name), `${name} is not in the query`);
		for (const name of ['if-match', 'prefer', 'idempotency-key'])
			t.notOk(headers[name], `${name} is not among the headers`);
		const fields = [...command.matchAll(/-F '(\w+)=(.*)'/g)].map(([, name, value]) => [name, value]);
		t.match(
			fields,
			[
				['file', /aurora/],
				['resolutions', ''],
			],
			'the form holds the file, and no decisions',
		);
		t.equal(fields.length, 2);
	}
	t.strictSame(faults, [], 'the page has no faults');
});
