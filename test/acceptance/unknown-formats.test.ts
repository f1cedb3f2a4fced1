/** Files of others that hold nothing that is kept, or are not read: refused with what they look like (REFUSALS 45, 46). */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'tap';
import { buildDss } from '../support/dss-builder.ts';
import { assertProblem, post, put, send, upload } from '../support/http.ts';
import { serviceFor } from '../support/service.ts';

const json = JSON.stringify;
const pretty = (value: object) => JSON.stringify(value, null, 2);
const plain = { color: { red: { $type: 'number', $value: 1 }, blue: { $type: 'number', $value: 2 } } };
const utf16 = (text: string, bigEndian = false) => {
	const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
	return bigEndian ? bytes.swap16() : bytes;
};
/** A file whose fault stands far behind its beginning. */
const long = (end: string) =>
	`{\n${Array.from({ length: 5_000 }, (_, index) => `  "t${index}": {"$type": "number", "$value": ${index}},\n`).join('')}${end}`;

/** A file by a name that says nothing of its form, and what its refusal calls it. */
const FORMS: readonly (readonly [what: string, content: string | Uint8Array, looksLike: RegExp])[] = [
	['comments within', '{\n  // the reds\n  "a": {"$type": "number", "$value": 1}\n}', /JSON with comments/],
	['a comment at the end', '{"a": {"$type": "number", "$value": 1}} // done', /JSON with comments/],
	['a block comment', '{"a": /* one */ {"$type": "number", "$value": 1}}', /JSON with comments/],
	['a comment before all', '// the reds\n{"a": {"$type": "number", "$value": 1}}', /JSON with comments/],
	['a comment far behind', long('  // last\n  "x": {}\n}'), /JSON with comments/],
	['JSON5 in single quotes', "{'a': {'$type': 'number', '$value': 1}}", /JSON5/],
	['JSON5 without quotes', '{\n  color: {\n    red: { $type: "number", $value: 1 }\n  }\n}', /JSON5/],
	['a trailing comma', '{\n  "a": {"$type": "number", "$value": 1},\n}', /trailing comma/],
	[
		'a trailing comma in an array',
		'{"a": {"$type": "cubicBezier", "$value": [0, 0, 1, 1,]}}',
		/trailing comma/,
	],
	['a trailing comma far behind', long(`  "x": {},\n${' '.repeat(60)}}`), /trailing comma/],
	['CSS', ':root {\n  --red: #f00;\n  --blue: #00f;\n}\n', /CSS file/],
	['CSS behind its licence', '/* MIT\n * someone\n */\n.theme {\n  --red: #f00;\n}\n', /CSS file/],
	['Tailwind 4', '@import "tailwindcss";\n\n@theme {\n  --color-red: #f00;\n}\n', /Tailwind/],
	['SCSS', '// colours\n$red: #f00;\n$blue: #00f;\n', /SCSS/],
	['Less', '@red: #f00;\n@blue: #00f;\n', /Less/],
	['a module', 'module.exports = { theme: { colors: { red: "#f00" } } };\n', /JavaScript/],
	['an ES module', 'import { red } from "./red.js";\n\nexport default { red };\n', /JavaScript/],
	['YAML', '# colours\ncolor:\n  red:\n    $type: color\n    $value: "#f00"\n', /YAML/],
	['YAML with its mark', '---\n- red\n- blue\n', /YAML/],
	['HTML', '<!DOCTYPE html>\n<html><body>Log in</body></html>', /HTML/],
	['XML', '<?xml version="1.0"?>\n<resources><color name="red">#f00</color></resources>', /HTML or XML/],
	['UTF-16', utf16(json(plain)), /UTF-16/],
	['UTF-16, big-endian', utf16(json(plain), true), /UTF-16/],
	['UTF-16 without its mark', Buffer.from(json(plain), 'utf16le'), /UTF-16/],
	['gzip', gzipSync(json(plain)), /gzip/],
	[
		'package.json',
		pretty({ name: 'x', version: '1.0.0', dependencies: { 'lodash.get': '^4.0.0' } }),
		/package\.json/,
	],
	[
		'a lock file',
		pretty({ name: 'x', lockfileVersion: 3, packages: { '': { name: 'x' }, 'node_modules/a.b': {} } }),
		/lock file/,
	],
	['Style Dictionary 3', pretty({ color: { red: { value: '#f00', type: 'color' } } }), /Style Dictionary/],
	[
		'Style Dictionary with dots in names',
		pretty({ 'space.0.5': { value: '2px', type: 'dimension' } }),
		/Style Dictionary/,
	],
	[
		'Figma Variables REST',
		pretty({
			status: 200,
			error: false,
			meta: { variables: { 'VariableID:1:2': {} }, variableCollections: {} },
		}),
		/Figma Variables/,
	],
	[
		'Tokens Studio with all sets',
		pretty({ core: plain, $themes: [], $metadata: { tokenSetOrder: ['core'] } }),
		/Tokens Studio/,
	],
	[
		'Tokens Studio in its older form',
		pretty({ core: { red: { value: '#f00', type: 'color' } }, $metadata: { tokenSetOrder: ['core'] } }),
		/Tokens Studio/,
	],
	[
		'a resolver',
		pretty({
			version: '2025.10',
			sets: { core: { sources: [{ $ref: 'core.json' }] } },
			modifiers: {},
			resolutionOrder: [{ $ref: '#/sets/core' }],
		}),
		/resolver/,
	],
	[
		'a Custom Elements Manifest',
		pretty({ schemaVersion: '1.0.0', modules: [{ kind: 'javascript-module', path: 'x.js' }] }),
		/Custom Elements Manifest/,
	],
	[
		'a JSON Schema',
		pretty({
			$schema: 'https://json-schema.org/draft/2020-12/schema',
			type: 'object',
			properties: { a: {} },
		}),
		/JSON Schema/,
	],
];

test('files of others that are not read', async (t) => {
	const service = await serviceFor(t);
	const imports = `${service.url}/api/projects/import`;
	const made = await upload(imports, json(plain), 'plain.json');
	const id = made.body.project_id;

	for (const [what, content, looksLike] of FORMS) {
		t.test(`${what}: unknown_format, which says what it looks like and what to do`, async (t) => {
			for (const into of ['', `?project_id=${id}`]) {
				const answer = await upload(`${imports}${into}`, content, 'tokens');
				assertProblem(t, answer, 415, 'unknown_format');
				t.match(answer.body.details.looks_like, looksLike);
				t.match(answer.body.detail, looksLike);
				t.ok(answer.body.details.advice.length > 15, 'it says what to do');
			}
			const plan = await upload(`${imports}/analyze`, content, 'tokens');
			t.match(plan, { status: 200, body: { is_valid: false, errors: [{ code: 'unknown_format' }] } });
		});
	}

	t.test('a form is recognised whatever the upload is called', async (t) => {
		for (const type of ['application/json', 'application/octet-stream', 'application/zip']) {
			assertProblem(t, await put(imports, gzipSync('{}'), type), 415, 'unknown_format');
			assertProblem(t, await put(imports, ':root {\n --a: 1px;\n}', type), 415, 'unknown_format');
		}
	});

	t.test('an error answer that was saved in place of an archive is called what it is', async (t) => {
		const { body } = await send(`${service.url}/api/projects/018f3b60-0000-7000-8000-00000000dead`);
		const answer = await upload(imports, json(body), 'aurora.dss');
		assertProblem(t, answer, 415, 'unknown_format');
		t.match(answer.body.detail, /problem document/);
	});

	t.test('a file without any token is refused: no_records', async (t) => {
		for (const content of [
			'{}',
			'{"a":{"b":{}}}',
			'{"$description":"none"}',
			'{"a":{"$type":"color"},"b":1}',
		]) {
			for (const into of ['', `?project_id=${id}`]) {
				assertProblem(t, await upload(`${imports}${into}`, content, 'a.json'), 400, 'no_records');
			}
			const plan = await upload(`${imports}/analyze`, content, 'a.json');
			t.match(plan, { status: 200, body: { is_valid: false, errors: [{ code: 'no_records' }] } });
		}
		const merged = await upload(`${service.url}/api/projects/${id}/merge`, '{}', 'a.json');
		assertProblem(t, merged, 400, 'no_records');
	});

	t.test('texts that resemble a form and are none keep their own refusals', async (t) => {
		for (const [content, code] of [
			['{"a": {"$type": "string", "$value": "see https://example.com/ // and so on"}', 'invalid_json'],
			['{"a": {"$value": "it\'s, ] a: \\"text\\""}, "b" 1}', 'invalid_json'],
			['{"a": {"$value": 1}', 'invalid_json'],
			['{"a.b": {"$value": {"value": 1, "unit": "px"}, "$type": "dimension"}, "{x}": {}}', 'invalid_record'],
		] as const) {
			assertProblem(t, await upload(imports, content, 'a.json'), 400, code);
		}
		for (const content of [
			'rubbish',
			'Note: this is one line',
			'import this file, please',
			Buffer.from([0, 1, 2, 3, 255]),
			'PK not a zip',
		])
			assertProblem(t, await upload(imports, content, 'a'), 400, 'not_an_archive');
	});

	t.test('members with the names of other forms do not hide tokens', async (t) => {
		const file = {
			...plain,
			value: { $type: 'number', $value: 1 },
			modules: { a: { $type: 'number', $value: 1 } },
		};
		const answer = await upload(imports, json(file), 'a.json');
		t.equal(answer.status, 201, { received: answer.body });
		t.equal(answer.body.item_counts.tokens, 4);
	});

	t.test('an empty project of ours is moved all the same', async (t) => {
		const empty = await post(`${service.url}/api/projects`, { name: 'Empty' });
		const { project_id } = empty.body;
		const archive = await send(`${service.url}/api/projects/${project_id}/export`, { method: 'POST' });
		const other = await serviceFor(t);
		const moved = await upload(`${other.url}/api/projects/import`, archive.body, 'x.dss');
		t.equal(moved.status, 201, { received: moved.body });
		const built = buildDss({ themes: [], tokens: [] });
		t.equal((await upload(imports, built, 'x.dss')).status, 201);
	});

	t.test('nothing of them is left', async (t) => {
		t.equal((await send(`${service.url}/api/projects/${id}`)).body.revision, 1);
		t.strictSame(readdirSync(join(service.dataDir, 'spool')), []);
	});
});
