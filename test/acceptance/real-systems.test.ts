import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import JSZip from 'jszip';
import { designTokenFiles, expectedTokens, readDesignTokens } from '../support/design-systems.ts';
import { allRecords, send, upload } from '../support/http.ts';
import { type Service, startService } from '../support/service.ts';

const ENTRIES = ['project.json', 'themes.jsonl', 'tokens.jsonl', 'components.jsonl'];
const entriesOf = async (archive: Buffer) => {
	const zip = await JSZip.loadAsync(archive, { checkCRC32: true });
	return Promise.all(ENTRIES.map(async (name) => zip.file(name)?.async('string')));
};

describe('published design systems', () => {
	let here: Service;
	let there: Service;
	before(async () => {
		[here, there] = await Promise.all([startService(), startService()]);
	});
	after(async () => {
		await here[Symbol.asyncDispose]();
		await there[Symbol.asyncDispose]();
	});

	const files = designTokenFiles();
	test('there are files of six systems', () => {
		assert.ok(files.length > 60, `${files.length} files`);
		assert.equal(new Set(files.map((file) => file.split('/')[0])).size, 6);
	});

	for (const file of files) {
		test(`${file} goes in, comes back whole, and goes on to another instance unchanged`, async () => {
			const content = readDesignTokens(file);
			const made = await upload(`${here.url}/api/projects/import`, content, file);
			assert.equal(made.status, 201, JSON.stringify(made.body));
			const id = made.body.project_id;

			const expected = expectedTokens(content);
			const tokens = await allRecords(here.url, id, 'tokens');
			assert.equal(tokens.length, expected.size);
			for (const token of tokens) {
				const want = expected.get(token.path);
				assert.ok(want, `${token.path} is not in the file`);
				assert.deepEqual(
					{
						type: token.type,
						value: token.value,
						description: token.description,
						extensions: token.extensions,
					},
					{ type: want.type, value: want.value, description: want.description, extensions: want.extensions },
					token.path,
				);
			}

			const archive = await send(`${here.url}/api/projects/${id}/export`, { method: 'POST' });
			assert.equal(archive.status, 200);
			const inside = await entriesOf(archive.body);
			const lines = String(inside[2])
				.trimEnd()
				.split('\n')
				.filter(Boolean)
				.map((line) => JSON.parse(line));
			assert.deepEqual(
				lines.map(({ createdAt, updatedAt, ...rest }) => ({
					...rest,
					created_at: createdAt,
					updated_at: updatedAt,
				})),
				tokens,
			);

			const moved = await upload(`${there.url}/api/projects/import?references=warn`, archive.body, 'x.dss');
			assert.equal(moved.status, 201, JSON.stringify(moved.body));
			assert.equal(moved.body.project_id, id);
			const again = await send(`${there.url}/api/projects/${id}/export`, { method: 'POST' });
			assert.deepEqual(await entriesOf(again.body), inside);

			for (const [url, name, what] of [
				[`${there.url}/api/projects/import?references=warn`, 'x.dss', archive.body],
				[`${here.url}/api/projects/import?project_id=${id}`, file, content],
			] as const) {
				const second = await upload(url, what, name);
				assert.equal(second.status, 200, JSON.stringify(second.body));
				assert.equal(second.body.revision, 1, 'a second time makes no new revision');
			}
		});
	}

	const both = designTokenFiles('dtcg-examples-previous').filter((file) => files.includes(file));
	for (const file of both) {
		test(`the next version of ${file} changes just the tokens that differ`, async () => {
			const old = readDesignTokens(file, 'dtcg-examples-previous');
			const next = readDesignTokens(file);
			const first = await upload(`${here.url}/api/projects/import`, old, file);
			// What the older version of a file holds may break a rule of names, which always refuses.
			assert.equal(first.status, 201, JSON.stringify(first.body));
			const id = first.body.project_id;
			const before = new Map((await allRecords(here.url, id, 'tokens')).map((token) => [token.path, token]));

			const second = await upload(`${here.url}/api/projects/import?project_id=${id}`, next, file);
			assert.equal(second.status, 200, JSON.stringify(second.body));
			const tokens = await allRecords(here.url, id, 'tokens');
			const differing = tokens.filter((token) => {
				const { version: _v, created_at: _c, updated_at: _u, ...content } = token;
				const { version: _w, created_at: _d, updated_at: _t, ...was } = before.get(token.path) ?? {};
				return JSON.stringify(content) !== JSON.stringify(was);
			});
			const touched = tokens.filter((token) => before.get(token.path)?.version !== token.version);
			assert.deepEqual(
				touched.map(({ path }) => path),
				differing.map(({ path }) => path),
			);
			for (const token of tokens) {
				assert.equal(token.uuid, before.get(token.path)?.uuid ?? token.uuid, 'a token keeps its uuid');
			}
		});
	}
});
