import { isDeepStrictEqual } from 'node:util';
import JSZip from 'jszip';
import { test } from 'tap';
import { designTokenFiles, expectedTokens, readDesignTokens } from '../support/design-systems.ts';
import { allRecords, send, upload } from '../support/http.ts';
import { serviceFor } from '../support/service.ts';

/** The way in for archives that this service wrote itself. */
const MOVE = 'api/projects/import';
const ENTRIES = ['project.json', 'themes.jsonl', 'tokens.jsonl', 'components.jsonl'];
const entriesOf = async (archive: Buffer) => {
	const zip = await JSZip.loadAsync(archive, { checkCRC32: true });
	return Promise.all(ENTRIES.map(async (name) => zip.file(name)?.async('string')));
};

test('published design systems', async (t) => {
	const [here, there] = await Promise.all([serviceFor(t), serviceFor(t)]);

	const files = designTokenFiles();
	t.test('each of the six systems has files', async (t) => {
		t.ok(files.length > 60, `${files.length} files`);
		t.equal(new Set(files.map((file) => file.split('/')[0])).size, 6);
	});

	for (const file of files) {
		t.test(`${file} is imported whole, exported, and moved to another instance unchanged`, async (t) => {
			const content = readDesignTokens(file);
			const made = await upload(`${here.url}/api/projects/import`, content, file);
			t.equal(made.status, 201, { received: made.body });
			const id = made.body.project_id;

			const expected = expectedTokens(content);
			const tokens = await allRecords(here.url, id, 'tokens');
			t.equal(tokens.length, expected.size);
			for (const { path, type, value, description, extensions } of tokens) {
				const found = { type, value, description, extensions };
				// One assertion a difference: an assertion for each of some 20,000 tokens takes longer than the work.
				if (!isDeepStrictEqual(found, expected.get(path))) t.strictSame(found, expected.get(path), path);
			}

			const archive = await send(`${here.url}/api/projects/${id}/export`, { method: 'POST' });
			t.equal(archive.status, 200);
			const inside = await entriesOf(archive.body);
			const lines = String(inside[2])
				.trimEnd()
				.split('\n')
				.filter(Boolean)
				.map((line) => JSON.parse(line));
			t.strictSame(
				lines.map(({ createdAt, updatedAt, ...rest }) => ({
					...rest,
					created_at: createdAt,
					updated_at: updatedAt,
				})),
				tokens,
			);

			const moved = await upload(`${there.url}/${MOVE}`, archive.body, 'x.dss');
			t.equal(moved.status, 201, { received: moved.body });
			t.equal(moved.body.project_id, id);
			const again = await send(`${there.url}/api/projects/${id}/export`, { method: 'POST' });
			t.strictSame(await entriesOf(again.body), inside);

			for (const [url, name, what] of [
				[`${there.url}/${MOVE}`, 'x.dss', archive.body],
				[`${here.url}/api/projects/import?project_id=${id}`, file, content],
			] as const) {
				const second = await upload(url, what, name);
				t.equal(second.status, 200, { received: second.body });
				t.equal(second.body.revision, 1, 'a second time makes no new revision');
			}
		});
	}

	const both = designTokenFiles('dtcg-examples-previous').filter((file) => files.includes(file));
	for (const file of both) {
		t.test(`the next version of ${file} changes just the tokens that differ`, async (t) => {
			const old = readDesignTokens(file, 'dtcg-examples-previous');
			const next = readDesignTokens(file);
			const first = await upload(`${here.url}/api/projects/import`, old, file);
			// What the older version of a file holds may break a rule of names, which always refuses.
			t.equal(first.status, 201, { received: first.body });
			const id = first.body.project_id;
			const before = new Map((await allRecords(here.url, id, 'tokens')).map((token) => [token.path, token]));

			const second = await upload(`${here.url}/api/projects/import?project_id=${id}`, next, file);
			t.equal(second.status, 200, { received: second.body });
			const tokens = await allRecords(here.url, id, 'tokens');
			const differing = tokens.filter((token) => {
				const { version: _v, created_at: _c, updated_at: _u, ...content } = token;
				const { version: _w, created_at: _d, updated_at: _t, ...was } = before.get(token.path) ?? {};
				return JSON.stringify(content) !== JSON.stringify(was);
			});
			const touched = tokens.filter((token) => before.get(token.path)?.version !== token.version);
			t.strictSame(
				touched.map(({ path }) => path),
				differing.map(({ path }) => path),
			);
			for (const token of tokens) {
				const { uuid } = before.get(token.path) ?? token;
				if (token.uuid !== uuid) t.equal(token.uuid, uuid, `${token.path} keeps its uuid`);
			}
		});
	}
});
