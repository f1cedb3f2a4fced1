// Only the rules that need types and that Biome still misses, and those that know the cost of a regular expression;
// Biome does the rest.
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

export default tseslint.config(
	// Programs in test/acceptance/clients are compiled beside clients that their test generates.
	{ ignores: ['node_modules/', 'data/', '**/*.js', '!src/**/*.js', 'test/acceptance/clients/'] },
	{
		files: ['**/*.ts'],
		plugins: { '@typescript-eslint': tseslint.plugin },
		languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } },
		rules: {
			'@typescript-eslint/no-floating-promises': [
				'error',
				// The test runner itself awaits its tests.
				{
					allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: ['describe', 'test'] }],
					allowForKnownSafePromises: [
						{ from: 'package', package: '@tapjs/core', name: 'PromiseWithSubtest' },
					],
				},
			],
			'@typescript-eslint/no-misused-promises': 'error',
			'@typescript-eslint/await-thenable': 'error',
			'@typescript-eslint/return-await': 'error',
			'@typescript-eslint/switch-exhaustiveness-check': 'error',
			'@typescript-eslint/only-throw-error': 'error',
		},
	},
	{
		// Callers choose what these are run on: each is linear, also where it does not match (docs/complexity.md).
		files: ['src/**/*.{ts,js}', 'routes/**/*.ts', 'schemas/**/*.ts'],
		plugins: { regexp },
		rules: {
			'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
			'regexp/no-super-linear-move': ['error', { report: 'potential', ignoreSticky: false }],
		},
	},
);
