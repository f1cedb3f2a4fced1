/** Clients generated from the OpenAPI document as it is kept: strictly compiled, they do the main job. */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClient } from '@hey-api/openapi-ts';
import openapiTS, { astToString } from 'openapi-typescript';
import { generate } from 'orval';
import { type Test, test } from 'tap';
import ts from 'typescript';
import { send } from '../support/http.ts';
import { serviceFor } from '../support/service.ts';

/** Does not block: sockets that the service closes in the meantime are not used again. */
const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const DOCUMENT = join(ROOT, 'openapi/openapi.json');
const SAMPLE = join(ROOT, 'examples/aurora.tokens.json');
const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc');
const STRICT = [
	'--noEmit',
	'--strict',
	'--noUncheckedIndexedAccess',
	...[
		'--module',
		'nodenext',
		'--target',
		'es2024',
		'--lib',
		'es2024,esnext.disposable,dom',
		'--types',
		'node',
	],
	'--allowImportingTsExtensions',
	'--skipLibCheck',
	'--ignoreConfig',
];

/** Writes a client into a folder, from the document and nothing else. */
type Generator = (folder: string) => Promise<unknown>;

const GENERATORS: Readonly<Record<string, Generator>> = {
	'openapi-fetch': async (folder) => {
		const types = await openapiTS(new URL(`file://${DOCUMENT}`), {
			silent: true,
			// Its own way to type bytes, which it calls strings otherwise.
			transform: ({ format }) =>
				format === 'binary' ? ts.factory.createTypeReferenceNode('Blob') : undefined,
		});
		writeFileSync(join(folder, 'api.ts'), astToString(types));
	},
	'hey-api': (path) =>
		createClient({
			input: DOCUMENT,
			output: { path, module: { extension: '.ts' } },
			plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
			logs: { level: 'silent', file: false },
		}),
	orval: (folder) =>
		generate(
			{
				input: { target: DOCUMENT },
				output: {
					target: join(folder, 'api.ts'),
					client: 'fetch',
					mode: 'single',
					baseUrl: { runtime: "process.env['API_URL']" },
				},
			},
			ROOT,
		),
};

/** What a program prints: what it saw of both services. */
interface Seen {
	readonly [member: string]: unknown;
}

async function compiledAndRun(t: Test, name: string, generator: Generator): Promise<Seen> {
	const [here, there] = await Promise.all([serviceFor(t), serviceFor(t)]);
	const folder = t.testdir({ 'package.json': '{"type":"module"}' });
	mkdirSync(join(folder, 'generated'));
	await generator(join(folder, 'generated'));
	copyFileSync(join(import.meta.dirname, `clients/${name}.ts`), join(folder, 'main.ts'));
	const compiled = run(process.execPath, [COMPILER, ...STRICT, 'main.ts'], { cwd: folder });
	await t.resolves(
		compiled.catch((error) => Promise.reject(new Error(`${error.stdout}`))),
		'it compiles',
	);
	const { stdout } = await run(process.execPath, ['main.ts', here.url, there.url, SAMPLE], { cwd: folder });
	const { body } = await send(`${here.url}/api/projects`);
	t.ok(body.total >= 2, 'the projects are there');
	return JSON.parse(stdout);
}

for (const [name, generator] of Object.entries(GENERATORS)) {
	test(`a client of ${name} compiles strictly and does the main job`, async (t) => {
		const seen = await compiledAndRun(t, name, generator);
		t.match(seen, {
			made: 'By hand',
			themes: [String],
			uses: [seen['path']],
			plan: Number,
			moved: true,
			merged: 1,
			missing: 'project_unknown',
		});
		t.ok(Number(seen['listed']) > 5, 'the colors are listed');
		t.ok(Number(seen['bytes']) > 1000, 'the export is an archive');
		t.ok(Number(seen['plan']) > 70, 'the plan counts what is new');
		if (name === 'hey-api')
			t.equal(seen['result'], seen['summary'], 'the file of the job is as long as it says');
		else t.equal(seen['copied'], 'From a client', 'the job says what it imported');
	});
}
