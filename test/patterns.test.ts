/** Patterns of schemas are texts, which the rules of ESLint do not see: they are held to the same rules here. */
import { readdir, readFile } from 'node:fs/promises';
import { Linter } from 'eslint';
import regexp from 'eslint-plugin-regexp';
import t from 'tap';

const ROOT = new URL('..', import.meta.url);
const LINEAR = {
	plugins: { regexp },
	rules: {
		'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
		'regexp/no-super-linear-move': ['error', { report: 'potential' }],
	},
} as const;

/** What the rules say of a pattern, as TypeBox compiles it. */
function faultsOf(pattern: string): string[] {
	const messages = new Linter().verify(`new RegExp(${JSON.stringify(pattern)}, 'u').test(text);`, [
		// The plugin's types are of another version of ESLint's.
		LINEAR as unknown as Linter.Config,
	]);
	return messages.map(({ message }) => message);
}

/** The patterns in a schema, or in anything that holds schemas. */
function patternsIn(whole: unknown): Set<string> {
	const patterns = new Set<string>();
	const seen = new Set<unknown>();
	const walk = (value: unknown): void => {
		if (typeof value !== 'object' || value === null || seen.has(value)) return;
		seen.add(value);
		for (const [name, member] of Object.entries(value)) {
			if (name === 'pattern' && typeof member === 'string') patterns.add(member);
			if (name === 'patternProperties') for (const pattern of Object.keys(member)) patterns.add(pattern);
			walk(member);
		}
	};
	walk(whole);
	return patterns;
}

t.test('every pattern of a schema is linear, also where it does not match', async (t) => {
	const document: unknown = JSON.parse(await readFile(new URL('openapi/openapi.json', ROOT), 'utf8'));
	const modules: unknown[] = [];
	for (const name of await readdir(new URL('schemas/', ROOT)))
		if (name.endsWith('.ts')) modules.push({ ...(await import(new URL(`schemas/${name}`, ROOT).href)) });
	const patterns = patternsIn([document, modules]);
	t.ok(patterns.size >= 15, 'the schemas have patterns', { patterns: [...patterns] });
	for (const pattern of patterns) t.strictSame(faultsOf(pattern), [], pattern);
});

t.test('the rules see a pattern that is not', async (t) => {
	t.not(faultsOf('^\\d+\\.?\\d*px$').length, 0);
	t.not(faultsOf('\\s+$').length, 0);
});
