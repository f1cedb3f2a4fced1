import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { corpusFile, corpusFolder, corpusMissing } from '../support/corpus.ts';
import { buildDss } from '../support/dss-builder.ts';
import { put, send } from '../support/http.ts';
import { serviceFor } from '../support/service.ts';

interface ZipVerdict {
	readonly file: string;
	readonly verdict: 'accept' | 'refuse';
	readonly reason?: string;
}

/** Where REFUSALS says otherwise than a verdict, by the row that decides. */
const ZIP_DIFFERS: readonly { readonly row: string; readonly files: readonly string[] }[] = [
	{
		row: '10: a comment of the archive is refused only where it holds an end record',
		files: [
			'go-archive-zip/test.zip',
			'libarchive/test_compat_zip_1.zip',
			'libarchive/test_read_format_zip_comment_stored_1.zip',
			'libarchive/test_read_format_zip_comment_stored_2.zip',
			'libzip/rename_ok.zip',
			'libzip/testchanged.zip',
			'libzip/testchangedlocal.zip',
			'libzip/testcomment.zip',
			'libzip/testcomment13.zip',
			'libzip/testfile-long-comment.zip',
			'libzip/testfile-torrentzip-modified.zip',
			'libzip/testfile-torrentzip.zip',
			'malo/comment.zip',
			'warehouse/comment.zip',
		],
	},
	{
		row: '10: the same for the comment of an entry',
		files: [
			'async_zip/nonempty_cd_comment.zip',
			'libzip/incons-central-file-comment-utf8-ascii.zip',
			'libzip/test-cp437-fc-utf-8-filename.zip',
			'libzip/test-cp437-fc.zip',
			'libzip/testcommentremoved.zip',
		],
	},
	{
		row: '7: "sizes where the local one gives them"; this one gives one of them, and it agrees',
		files: ['libarchive/test_read_format_zip_high_compression.zip'],
	},
	{ row: '15: 302 : 1 beyond the first MiB', files: ['libzip/bigzero-zip.zip'] },
	{
		row: '4: a name without flag bit 11 is read where it is valid UTF-8',
		files: ['go-archive-zip/utf8-osx.zip', 'libzip/test-utf8-unmarked.zip'],
	},
	{ row: '17b: the same extra field twice', files: ['libzip/testfile-plus-extra.zip'] },
];

/** Valid JSON that row 25 refuses: the same key twice. */
const JSON_DIFFERS = ['y_object_duplicated_key.json', 'y_object_duplicated_key_and_value.json'];

test('the corpora of others', { skip: corpusMissing }, async (t) => {
	const service = await serviceFor(t);

	const verdicts: readonly ZipVerdict[] =
		corpusMissing === false ? JSON.parse(corpusFile('zip/verdicts.json').toString()) : [];
	const files =
		corpusMissing === false ? readdirSync(corpusFolder('json/')).filter((name) => /^[yni]_/.test(name)) : [];

	t.test('the corpora are complete', async (t) => {
		const count = (values: readonly string[]) =>
			Object.fromEntries(
				Object.entries(Object.groupBy(values, (value) => value)).map(([of, all]) => [of, all?.length]),
			);
		t.strictSame(count(verdicts.map(({ verdict }) => verdict)), { refuse: 320, accept: 92 });
		t.strictSame(count(files.map((name) => name.slice(0, 2))), { i_: 35, n_: 188, y_: 95 });
	});

	for (const { file, verdict, reason } of verdicts) {
		const row = ZIP_DIFFERS.find(({ files }) => files.includes(file))?.row;
		const refuse = (verdict === 'refuse') !== (row !== undefined);
		const why = row === undefined ? (reason ?? 'harmless') : `row ${row}`;
		t.test(`the container ${file} is ${refuse ? 'refused' : 'accepted'} (${why})`, async (t) => {
			const { body } = await put(
				`${service.url}/api/projects/import`,
				corpusFile(`zip/${file}`),
				'application/zip',
			);
			if (refuse) t.equal(body.stage, 'archive', { received: body });
			else t.equal(body.code, 'manifest_missing', { received: body });
		});
	}

	for (const name of files) {
		t.test(`the JSON text ${name} in the place of a value`, async (t) => {
			const value = readFileSync(new URL(encodeURIComponent(name), corpusFolder('json/')));
			// In a file of lines, white space between tokens cannot be a newline.
			const text = name.startsWith('y_')
				? Buffer.from(value.toString('latin1').replace(/[\r\n]/g, ' '), 'latin1')
				: value;
			const head =
				'{"uuid":"018f3b60-0000-7000-8000-100000000001","theme":"018f3b60-0000-7000-8000-000000000001","path":"a","type":"number","version":1,"createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-01T00:00:00.000Z","value":1,"extensions":{"x":';
			const archive = buildDss({ tokens: [Buffer.concat([Buffer.from(head), text, Buffer.from('}}')])] });
			const analyze = () =>
				put(`${service.url}/api/projects/import/analyze?project_id=new`, archive, 'application/zip');
			const { body } = await analyze();
			const received = { received: body.errors };
			if (name.startsWith('y_')) t.equal(body.is_valid, !JSON_DIFFERS.includes(name), received);
			else if (name.startsWith('n_')) t.equal(body.errors[0]?.stage, 'structure', received);
			else t.strictSame((await analyze()).body.errors, body.errors, 'decided the same way each time');
		});
	}

	t.test('after all of them the service is ready and nothing is left', async (t) => {
		t.equal((await send(`${service.url}/readyz`)).status, 200);
		t.equal((await send(`${service.url}/api/projects`)).body.total, 0);
		t.strictSame(readdirSync(join(service.dataDir, 'spool')), []);
	});
});
