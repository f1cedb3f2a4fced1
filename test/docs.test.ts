/** What code and documents cite exists: headings, rows, decisions, files, and the rules of the layers. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { CONTAINER_REFUSALS } from './support/refusals/container.ts';
import { CONTENT_REFUSALS } from './support/refusals/content.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CODE = '{src,routes,schemas,test,openapi,bench}/**/*.{ts,sql}';
const DOCUMENTS = ['*.md', '{docs,src,routes,schemas,test,bench,openapi,ops,examples}/**/*.md'];
/** Documents by the names under which comments cite them. */
const PAGES = { API: 'docs/api.md', FORMAT: 'docs/format.md', REFUSALS: 'docs/refusals.md' } as const;
/** The changelog and decisions name files as they were at their time. */
const HISTORY = /^(CHANGELOG\.md|docs\/decisions\/)/;
/** Rows after the last stage are of HTTP and the machine; their tests are not archives. */
const LAST_ARCHIVE_ROW = 36;

const read = (path: string) => readFileSync(new URL(path, `file://${ROOT}`), 'utf8');
/** Text whose line breaks, with the marks of a comment, are spaces: what is cited may go on in the next line. */
const unwrapped = (path: string) => read(path).replace(/\s*\n\s*(?:\*(?!\/)|\/\/|--)?\s*/g, ' ');
const files = (...patterns: string[]) => globSync(patterns, { cwd: ROOT }).sort();
const headings = (path: string) => new Set([...read(path).matchAll(/^#+ (.+)$/gm)].map(([, title]) => title));

interface Row {
	readonly number: string;
	readonly input: string;
}

/** The rows of docs/refusals.md, in their order. */
const ROWS: readonly Row[] = [...read(PAGES.REFUSALS).matchAll(/^\| (\d+[a-z]?) +\| (.+?) \| /gm)].map(
	([, number = '', input = '']) => ({ number, input }),
);
const NUMBERS = new Set(ROWS.map(({ number }) => number));

/** Everything that a pattern finds in files, as `file: what`. */
function cited(
	paths: readonly string[],
	pattern: RegExp,
	faultOf: (match: RegExpExecArray) => string | null,
): string[] {
	return paths.flatMap((path) =>
		[...unwrapped(path).matchAll(pattern)].flatMap((match) => {
			const fault = faultOf(match);
			return fault === null ? [] : [`${path}: ${fault}`];
		}),
	);
}

t.test('code cites headings that exist', async (t) => {
	const known = new Map(Object.entries(PAGES).map(([name, path]) => [name, headings(path)]));
	let found = 0;
	const faults = cited(files(CODE), /\b(API|FORMAT|REFUSALS), "([^"]+)"/g, ([whole, page = '', title]) => {
		found++;
		return known.get(page)?.has(title) ? null : whole;
	});
	t.strictSame(faults, []);
	t.ok(found > 20, 'citations are found');
});

t.test('code cites rows of docs/refusals.md that exist', async (t) => {
	const rows = /\bREFUSALS (\d+[a-z]?(?:(?:, | and | to )\d+[a-z]?)*)/g;
	let found = 0;
	const faults = cited(files(CODE), rows, ([whole, list = '']) => {
		found++;
		return list.split(/, | and | to /).every((number) => NUMBERS.has(number)) ? null : whole;
	});
	t.strictSame(faults, []);
	t.ok(found > 30, 'citations are found');
});

t.test('rows stand once, and a row of archives that is in force has a test', async (t) => {
	t.equal(NUMBERS.size, ROWS.length);
	const tested = new Set([...CONTAINER_REFUSALS, ...CONTENT_REFUSALS].map(({ row }) => row));
	t.strictSame(
		[...tested].filter((row) => !NUMBERS.has(row)),
		[],
		'tests are of rows that exist',
	);
	const inForce = ROWS.filter(
		({ number, input }) =>
			Number.parseInt(number, 10) <= LAST_ARCHIVE_ROW && !/\*\*\((?:partly|not yet)\)\*\*/.test(input),
	);
	t.strictSame(
		inForce.map(({ number }) => number).filter((number) => !tested.has(number)),
		[],
	);
});

t.test('documents cite headings that exist', async (t) => {
	const pattern = /`(docs\/[a-z-]+\.md)`, "([^"]+)"/g;
	let found = 0;
	const faults = cited(files(...DOCUMENTS), pattern, ([whole, path = '', title = '']) => {
		found++;
		return existsSync(`${ROOT}${path}`) && headings(path).has(title) ? null : whole;
	});
	t.strictSame(faults, []);
	t.ok(found > 10, 'citations are found');
});

t.test('documents, decisions and files that are cited exist', async (t) => {
	const pages = /\bdocs\/(?:decisions\/(\d{4})[a-z0-9.-]*|[a-z-]+\.md)/g;
	const decisions = files('docs/decisions/*.md');
	const all = [...files(CODE), ...files(...DOCUMENTS)];
	const isThere = (path: string, number: string | undefined) =>
		number === undefined || path.endsWith('.md')
			? existsSync(`${ROOT}${path}`)
			: decisions.some((decision) => decision.startsWith(`docs/decisions/${number}-`));
	t.strictSame(
		cited(all, pages, ([path, number]) => (isThere(path, number) ? null : path)),
		[],
	);

	const paths =
		/`((?:src|routes|schemas|test|bench|openapi|ops|examples|docs)\/[\w./-]+?\.(?:ts|js|sql|sh|json|md))`/g;
	const current = files(...DOCUMENTS).filter((path) => !HISTORY.test(path));
	t.strictSame(
		cited(current, paths, ([, path = '']) =>
			path.includes('NNNN') || existsSync(`${ROOT}${path}`) ? null : path,
		),
		[],
	);
});

t.test('docs/architecture.md names each rule of the layers', async (t) => {
	const rules = [...read('.dependency-cruiser.mjs').matchAll(/refuse\(\s*'([a-z-]+)'/g)].map(
		([, name]) => name,
	);
	const [, section = ''] = /^## Who may import whom\n(.*?)^## /ms.exec(read('docs/architecture.md')) ?? [];
	const named = [...section.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map(([, name]) => name);
	t.strictSame([...new Set(named)].sort(), rules.sort());
});
