/**
 * What must hold for every input; run briefly by the tests, and for long by `npm run fuzz`. A property throws where it
 * does not hold (node:assert), so that fast-check can shrink the input.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { buildDss, component, PROJECT, theme, token } from '../support/dss-builder.ts';
import { allRecords, put, send } from '../support/http.ts';
import { mutate, mutation } from './mutations.ts';

const good = buildDss({
	themes: [theme()],
	tokens: [
		token(1),
		token(2, { value: '{token1}', description: 'ünïcode' }),
		token(3, { type: 'color', value: { colorSpace: 'srgb', components: [0, 0.5, 1] } }),
	],
	components: [component(1, { tokens: ['token1'] })],
});
const other = buildDss({
	tokens: Array.from({ length: 20 }, (_, index) => token(index + 10)),
	entries: (entries) => entries.map((entry) => ({ ...entry, descriptor: true })),
});

/** All that a project holds, times of this machine aside. */
async function contentOf(url: string): Promise<string> {
	const kinds = await Promise.all(
		['themes', 'tokens', 'components'].map((kind) => allRecords(url, PROJECT, kind)),
	);
	const { body } = await send(`${url}/api/projects/${PROJECT}`);
	return JSON.stringify([body.name, kinds]);
}

/**
 * (a) A mutated archive is answered 2xx with exactly the original content, or with a 4xx problem document: never 5xx,
 * never with other content.
 */
export function mutatedArchives(url: string): fc.IAsyncProperty<unknown> {
	const contents: string[] = [];
	const imported = async (archive: Buffer) => {
		// What is fuzzed before may have left it.
		await send(`${url}/api/projects/${PROJECT}`, { method: 'DELETE' });
		assert.equal((await put(`${url}/api/projects/import`, archive, 'application/zip')).status, 201);
		return taken();
	};
	/** What the project holds; it is removed. */
	const taken = async () => {
		const content = await contentOf(url);
		await send(`${url}/api/projects/${PROJECT}`, { method: 'DELETE' });
		return content;
	};
	return fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
		if (contents.length === 0) contents.push(await imported(good), await imported(other));
		const { status, headers, body } = await put(
			`${url}/api/projects/import`,
			mutate(good, other, mutations),
			'application/zip',
		);
		if (status === 201) {
			// A splice can give the other archive whole; then it is that one's content.
			const possible = mutations.some(({ kind }) => kind === 'splice') ? contents : contents.slice(0, 1);
			assert.ok(possible.includes(await taken()), 'other content than the original');
			return;
		}
		assert.ok(status >= 400 && status < 500, `${status} ${JSON.stringify(body)}`);
		assert.equal(headers.get('content-type'), 'application/problem+json; charset=utf-8');
		assert.equal(body.status, status);
	});
}

interface Operation {
	readonly method: string;
	readonly path: string;
	readonly parameters: readonly string[];
	readonly hasBody: boolean;
}

/** The operations of the OpenAPI document. */
function operations(): Operation[] {
	const document = JSON.parse(readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'));
	return Object.entries<
		Record<string, { parameters?: { name: string; in: string }[]; requestBody?: object }>
	>(document.paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({
			method: method.toUpperCase(),
			path,
			parameters: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
			hasBody: requestBody !== undefined,
		})),
	);
}

const UUIDS = [PROJECT, '018f3b60-0000-7000-8000-00000000dead', 'x', '../..', '%00', '1'.repeat(300)];
const word = fc.oneof(
	fc.constantFrom(
		'tokens',
		'themes',
		'components',
		...UUIDS,
		'new',
		'strict',
		'warn',
		'keep',
		'true',
		'0',
		'-1',
		'1e9',
		'99999999999999999999',
		'{}',
		'[]',
		'null',
		'',
	),
	fc.string({ maxLength: 30 }),
);
/** JSON that looks like what the API takes, often enough to get past the first check. */
const record = fc.dictionary(
	fc.constantFrom(
		'uuid',
		'theme',
		'path',
		'name',
		'type',
		'value',
		'tags',
		'extensions',
		'group',
		'tokens',
		'version',
		'__proto__',
		'x',
	),
	fc.oneof(fc.constantFrom(...UUIDS, 'a.b', '{a.b}', 'color', 1, null, [], {}), fc.jsonValue()),
);
const body = fc.oneof(
	fc.record(
		{
			name: word,
			description: fc.oneof(word, fc.constant(null)),
			metadata: fc.jsonValue(),
			message: word,
			upsert: fc.record(
				{ themes: fc.array(record), tokens: fc.array(record), components: fc.array(record) },
				{ requiredKeys: [] },
			),
			delete: fc.array(word),
			selection: fc.dictionary(
				fc.constantFrom('themes', 'types', 'tags', 'kinds', 'path_prefixes'),
				fc.array(word),
			),
			revision: fc.oneof(fc.integer(), fc.double()),
		},
		{ requiredKeys: [] },
	),
	fc.jsonValue(),
);

/** (b) Random JSON in every body and query of the API is never answered 5xx. */
export function randomRequests(url: string): fc.IAsyncProperty<unknown> {
	const every = operations();
	return fc.asyncProperty(
		fc.constantFrom(...every),
		fc.array(word, { minLength: 3, maxLength: 3 }),
		fc.array(word),
		body,
		async (operation, names, queries, json) => {
			let index = 0;
			const path = operation.path.replace(/\{\w+\}/g, () =>
				encodeURIComponent(names[index++ % names.length] || 'x'),
			);
			const query = operation.parameters
				.slice(0, queries.length)
				.map((name, at) => `${name}=${encodeURIComponent(queries[at] ?? '')}`);
			const init = operation.hasBody
				? { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }
				: {};
			const { status, body: answer } = await send(`${url}${path}?${query.join('&')}`, {
				method: operation.method,
				...init,
			});
			assert.ok(
				status < 500,
				`${operation.method} ${path}?${query.join('&')} ${JSON.stringify(json)}: ${status} ${JSON.stringify(answer)}`,
			);
		},
	);
}
