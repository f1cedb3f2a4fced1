/** Archives of 1.0 and 1.1, read through the migration chain. */
import { createHash } from 'node:crypto';
import JSZip from 'jszip';
import { test } from 'tap';
import { allRecords, assertProblem, post, put, send } from '../support/http.ts';
import { serviceFor } from '../support/service.ts';

const PROJECT = '018f3b60-0000-7000-8000-0000000000ee';
const THEME = '018f3b60-0000-7000-8000-000000000001';
const TOKEN = '018f3b60-0000-7000-8000-000000000010';
const CARD = '018f3b60-0000-7000-8000-000000000020';
const times = { created_at: '2024-05-01T10:00:00Z', updated_at: '2024-06-01T12:00:00+02:00' };
const theme = { uuid: THEME, name: 'base', ...times };
const tokens = [
	{
		uuid: TOKEN,
		name: 'space.small',
		type: 'number',
		value: 4,
		description: 'a "quoted" [text] {x}',
		...times,
	},
	{ name: 'space.large', type: 'number', value: '{space.small}', ...times },
];
const components = [{ uuid: CARD, name: 'Card', tokens: ['space.small'], ...times }];

interface Older {
	version: '1.0' | '1.1';
	tokens?: unknown;
	texts?: Record<string, string>;
	manifest?: object;
}

const sorted = (value: unknown): unknown =>
	typeof value !== 'object' || value === null || Array.isArray(value)
		? value
		: Object.fromEntries(
				Object.entries(value)
					.sort(([a], [b]) => (a < b ? -1 : 1))
					.map(([key, member]) => [key, sorted(member)]),
			);

function older({ version, tokens: given = tokens, texts = {}, manifest = {} }: Older): Promise<Buffer> {
	const zip = new JSZip();
	const plain = { schemaVersion: version, project: { uuid: PROJECT, name: 'Old' }, ...manifest };
	const exportHash = createHash('sha256')
		.update(JSON.stringify(sorted(plain)))
		.digest('hex');
	const files: Record<string, string> = {
		'manifest.json': JSON.stringify(version === '1.1' ? { exportHash, ...plain } : plain),
		'theme.json': JSON.stringify(theme),
		'tokens.json': JSON.stringify(given, null, 2),
		'components.json': JSON.stringify(components),
		...texts,
	};
	for (const [name, text] of Object.entries(files)) zip.file(name, text);
	return zip.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' });
}

test('older archives', async (t) => {
	const service = await serviceFor(t, { env: { DSS_MAX_RECORD_BYTES: '2000' } });

	const importing = async (archive: Buffer, query = '?project_id=new') =>
		put(`${service.url}/api/projects/import${query}`, archive, 'application/zip');

	t.test('1.0 is imported by both steps, its records as 2.0 has them', async (t) => {
		const archive = await older({ version: '1.0' });
		const plan = await put(`${service.url}/api/projects/import/analyze`, archive, 'application/zip');
		t.equal(plan.body.is_valid, true, { received: plan.body });
		t.equal(plan.body.migration_needed, true);
		t.equal(plan.body.schema_version, '1.0');
		const { status, body } = await importing(archive, '');
		t.equal(status, 201, { received: body });
		t.equal(body.project_id, PROJECT);
		t.equal(body.project_name, 'Old');
		t.equal(body.migration_performed, true);
		t.strictSame(body.migrations, ['1.0 → 1.1', '1.1 → 2.0']);
		const [small, large] = (await allRecords(service.url, PROJECT, 'tokens')).sort((a, b) =>
			a.path < b.path ? 1 : -1,
		);
		t.equal(small.uuid, TOKEN);
		t.equal(small.theme, THEME);
		t.equal(small.version, 1);
		t.equal(small.created_at, '2024-05-01T10:00:00Z');
		t.equal(small.updated_at, '2024-06-01T10:00:00.000Z');
		t.equal(large.value, '{space.small}');
		t.matchSnapshot([small, large], 'the records as they are answered');
		const again = await importing(archive, '');
		t.equal(again.status, 200);
		t.equal(again.body.revision, 1, 'a record without a uuid has the same one each time');
		const { body: metrics } = await send(`${service.url}/metrics`);
		t.match(String(metrics), /dss_migrations_total\{from="1.0",to="1.1"\} [12]/);
	});

	t.test('1.1 is imported by one step, its versions kept and its hash checked', async (t) => {
		const versioned = tokens.map((token, index) => ({ ...token, version: index + 7 }));
		const { status, body } = await importing(await older({ version: '1.1', tokens: versioned }));
		t.equal(status, 201, { received: body });
		t.strictSame(body.migrations, ['1.1 → 2.0']);
		const records = await allRecords(service.url, body.project_id, 'tokens');
		t.strictSame(records.map(({ version }) => version).sort(), [7, 8]);
		const altered = await older({ version: '1.1', manifest: { exportHash: '0'.repeat(64) } });
		assertProblem(t, await importing(altered), 403, 'integrity_failed');
	});

	t.test('records may be in an object under their name, or missing', async (t) => {
		const wrapped = await importing(await older({ version: '1.0', tokens: { tokens } }));
		t.equal(wrapped.body.item_counts?.tokens, 2, { received: wrapped.body });
		const none = await importing(
			await older({ version: '1.0', tokens: [], texts: { 'components.json': ' [ ] ' } }),
		);
		t.strictSame(none.body.item_counts, { themes: 1, tokens: 0, components: 0, assets: 0 });
	});

	for (const [what, text, status, code] of [
		['cut off', '[{"name":"a","value":1}', 400, 'invalid_json'],
		['something behind the array', '[] []', 400, 'invalid_json'],
		['a missing element', '[{"name":"a","type":"number","value":1},]', 400, 'invalid_json'],
		['no array', '{"name":"a"}', 400, 'invalid_json'],
		['under another name', '{"records":[]}', 400, 'invalid_json'],
		['a doubled key', '[{"name":"a","name":"b","value":1}]', 400, 'invalid_json'],
		['a number for a record', '[1]', 400, 'invalid_json'],
		['an unknown field', '[{"name":"a","value":1,"colour":1}]', 400, 'invalid_record'],
		['no name', '[{"value":1}]', 400, 'invalid_record'],
		[
			'a record too large',
			`[{"name":"a","value":1,"description":"${'x'.repeat(3000)}"}]`,
			413,
			'record_too_large',
		],
		['empty', '', 400, 'invalid_json'],
	] as const) {
		t.test(`an array with ${what} is refused as ${code}`, async (t) => {
			const answer = await importing(await older({ version: '1.0', texts: { 'tokens.json': text } }));
			assertProblem(t, answer, status, code);
			t.equal(answer.body.stage, 'structure');
		});
	}

	t.test('an older archive merges without a base: nothing counts as deleted', async (t) => {
		const { body: made } = await importing(await older({ version: '1.0' }));
		const id = made.project_id;
		const theme = (await allRecords(service.url, id, 'themes'))[0].uuid;
		await post(`${service.url}/api/projects/${id}/changes`, {
			upsert: { tokens: [{ theme, path: 'mine', type: 'number', value: 1 }] },
		});
		const archive = await older({ version: '1.0' });
		const plan = await put(`${service.url}/api/projects/${id}/merge/analyze`, archive, 'application/zip');
		t.strictSame(plan.body.base, { revision: null, found_by: 'none' }, { received: plan.body });
		t.equal(plan.body.deleted_items, 0);
		t.equal(plan.body.has_conflicts, false, 'one identity under two uuids, and the same contents');
	});
});
