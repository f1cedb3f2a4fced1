/** The layers hold: every rule of .dependency-cruiser.mjs refuses an import that is made on purpose. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CONFIG = '.dependency-cruiser.mjs';

interface Rule {
	readonly name: string;
	readonly comment: string;
}

/** By rule: an import that it refuses. */
const FORBIDDEN: Readonly<Record<string, readonly [from: string, to: string]>> = {
	'no-circles': ['src/records/one.ts', 'src/records/two.ts'],
	'schemas-and-errors-see-nobody': ['src/errors.ts', 'src/records/json.ts'],
	'records-stand-under-all': ['src/records/check.ts', 'src/store/port.ts'],
	'neighbours-do-not-know-each-other': ['src/interop/dtcg/tree.ts', 'src/archive/reader.ts'],
	'a-store-knows-no-neighbour-but-staging': ['src/store/sqlite/rows.ts', 'src/archive/reader.ts'],
	'pipeline-joins-its-neighbours': ['src/jobs/dispatcher.ts', 'src/staging/port.ts'],
	'pipeline-knows-nobody-above': ['src/pipeline/import.ts', 'src/jobs/queue.ts'],
	'workers-jobs-webhooks-know-nobody-above': ['src/webhooks/webhooks.ts', 'src/service/health.ts'],
	'service-stands-on-pipeline-and-ports': ['src/service/jobs.ts', 'src/plugins/metrics.ts'],
	'routes-call-service': ['routes/jobs/get-job.ts', 'src/pipeline/edit.ts'],
	'routes-touch-no-file': ['routes/jobs/list-jobs.ts', 'node:fs/promises'],
	'resources-do-not-import-each-other': ['routes/merge/index.ts', 'routes/archives/index.ts'],
	'http-stays-at-the-top': ['src/service/cursors.ts', 'fastify'],
	'sql-in-its-folders-only': ['src/archive/manifest.ts', 'better-sqlite3'],
	'zip-in-archive-only': ['src/store/port.ts', 'yauzl'],
	'compose-chooses-adapters': ['src/service/retention.ts', 'src/store/sqlite/open.ts'],
	'the-top-is-imported-by-nobody': ['src/plugins/callers.ts', 'src/config.ts'],
	'product-knows-no-tests': ['src/workers/pool.ts', 'test/support/service.ts'],
	'acceptance-knows-http-only': ['test/acceptance/jobs.test.ts', 'test/support/instance.ts'],
};
/** Behind the last one: what a black-box test must not reach, not even through its support. */
const BEHIND = ['test/support/instance.ts', 'src/pipeline/edit.ts'] as const;

/** A file's import of another, by types alone where that can be: those count too. */
function importing(from: string, to: string): string {
	const isFile = to.endsWith('.ts');
	const up = '../'.repeat(from.split('/').length - 1);
	return isFile ? `import type { X } from '${up}${to}';\nexport type Y = X;\n` : `import '${to}';\n`;
}

/** Writes a tree of files that make the forbidden imports, beside the real rules. */
function writeTree(folder: string): void {
	const sources = new Map<string, string>();
	const pairs = [...Object.values(FORBIDDEN), BEHIND, ['src/records/two.ts', 'src/records/one.ts'] as const];
	for (const [, to] of pairs) if (to.endsWith('.ts')) sources.set(to, '');
	for (const [from, to] of pairs) sources.set(from, (sources.get(from) ?? '') + importing(from, to));
	for (const [path, text] of sources) {
		mkdirSync(dirname(join(folder, path)), { recursive: true });
		writeFileSync(join(folder, path), `${text}export type X = string;\n`);
	}
	for (const file of [CONFIG, 'tsconfig.json', 'package.json']) cpSync(join(ROOT, file), join(folder, file));
	symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

/** What the tool prints. */
async function refusalsIn(folder: string): Promise<string> {
	const tool = join(ROOT, 'node_modules/.bin/depcruise');
	const args = [tool, '--output-type', 'err-long', 'src', 'routes', 'test'];
	try {
		return (await promisify(execFile)(process.execPath, args, { cwd: folder })).stdout;
	} catch (error) {
		// It exits with the number of refusals; what it printed is a property of the error.
		return String((error as { stdout?: unknown }).stdout);
	}
}

t.test('each rule refuses a forbidden import by its name, with its reason', async (t) => {
	const { default: config }: { default: { forbidden: Rule[] } } = await import(join(ROOT, CONFIG));
	const folder = t.testdir();
	writeTree(folder);
	const printed = (await refusalsIn(folder)).replace(/\s+/g, ' ');
	t.strictSame(config.forbidden.map(({ name }) => name).sort(), Object.keys(FORBIDDEN).sort());
	for (const { name, comment } of config.forbidden) {
		const [from] = FORBIDDEN[name] ?? [''];
		t.ok(printed.includes(`error ${name}: ${from} → `), `${name} refuses an import of ${from}`);
		t.ok(printed.includes(comment), `${name} says why`);
	}
});
