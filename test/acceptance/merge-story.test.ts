/** Two teams work on one design system, each on its own service. */
import { type Test, test } from 'tap';
import { allRecords, assertProblem, post, put, send, upload } from '../support/http.ts';
import { ACCENT, BASE, BUTTON, LIGHT, LINK, sampleProject, srgb } from '../support/sample.ts';
import { type Service, startService } from '../support/service.ts';

const ZIP = 'application/zip';

test('two teams: a design system is shared, changed on both sides, planned, merged and shared again', async (t) => {
	await using brand = await startService();
	await using web = await startService();
	const exportOf = async (on: Service, id: string) =>
		(await send(`${on.url}/api/projects/${id}/export`, { method: 'POST' })).body;
	const edit = async (t: Test, on: Service, id: string, body: object) => {
		const answer = await post(`${on.url}/api/projects/${id}/changes`, body);
		t.equal(answer.status, 200, { received: answer.body });
		return answer.body;
	};
	const token = async (on: Service, id: string, uuid: string) =>
		(await send(`${on.url}/api/projects/${id}/tokens/${uuid}`)).body;

	// The brand team makes it and hands it over; the web team holds the very same records.
	const { body: made } = await post(`${brand.url}/api/projects`, { name: 'Acme', description: 'One system' });
	const id: string = made.project_id;
	await edit(t, brand, id, { message: 'first', upsert: sampleProject() });
	const handed = await put(`${web.url}/api/projects/import`, await exportOf(brand, id), ZIP);
	t.strictSame([handed.status, handed.body.project_id], [201, id]);

	// Both go on working.
	const accent = await token(brand, id, ACCENT);
	await edit(t, brand, id, { upsert: { tokens: [{ ...accent, value: srgb(0.1, 0.2, 0.9) }] }, delete: [] });
	await send(`${brand.url}/api/projects/${id}`, {
		method: 'PATCH',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ description: 'One system, calmer' }),
	});
	await edit(t, web, id, {
		upsert: {
			tokens: [
				{ ...accent, value: srgb(0, 0, 0), tags: ['brand', 'a11y'] },
				{ theme: LIGHT, path: 'color.focus', type: 'color', value: '{color.accent}' },
			],
			components: [
				{ uuid: BUTTON, name: 'Button', tokens: ['color.accent', 'space.small'], status: 'stable' },
			],
		},
		delete: [LINK],
	});

	// Pushing a file over the other's work is refused, and says how many changes it would lose.
	const theirs = await exportOf(web, id);
	const replaced = await put(`${brand.url}/api/projects/import`, theirs, ZIP);
	assertProblem(t, replaced, 409, 'local_changes');
	t.equal(replaced.body.details.local_changes, 2);
	t.match(replaced.body.detail, /strategy=merge/);

	// The plan reports all of it; nothing is written.
	const plan = await upload(`${brand.url}/api/projects/${id}/merge/analyze`, theirs, 'from-web.dss', {
		deletions: 'apply',
	});
	t.equal(plan.status, 200, { received: plan.body });
	const { new_items, updated_items, deleted_items, conflicts, conflicted_items, base } = plan.body;
	t.strictSame([new_items, updated_items, deleted_items, conflicts], [1, 1, 1, 1]);
	t.strictSame(base, { revision: 2, found_by: 'vector' });
	const [conflict] = conflicted_items;
	t.strictSame([conflict.entity_name, conflict.fields[0].pointer], ['color.accent', '/value/components']);
	t.equal((await send(`${brand.url}/api/projects/${id}`)).body.revision, 4);

	// Resolved by hand, against the very revision that the plan was made for.
	const merged = await put(
		`${brand.url}/api/projects/${id}/merge?deletions=apply&resolutions=${encodeURIComponent(JSON.stringify({ [ACCENT]: 'local' }))}`,
		theirs,
		ZIP,
		{ 'if-match': plan.headers.get('etag') ?? '' },
	);
	t.equal(merged.status, 200, { received: merged.body });
	t.equal(merged.body.conflicts, 1);
	const now = await token(brand, id, ACCENT);
	t.strictSame(
		[now.value.components, now.tags],
		[
			[0.1, 0.2, 0.9],
			['brand', 'a11y'],
		],
	);

	// Merged back there is no conflict, and both hold the same, the project's description included.
	const back = await put(`${web.url}/api/projects/${id}/merge`, await exportOf(brand, id), ZIP);
	t.strictSame([back.status, back.body.conflicts], [200, 0], { received: back.body });
	for (const kind of ['themes', 'tokens', 'components'])
		t.strictSame(await allRecords(web.url, id, kind), await allRecords(brand.url, id, kind));
	t.equal((await send(`${web.url}/api/projects/${id}`)).body.description, 'One system, calmer');

	// From here on an import replaces without a refusal, since nothing is lost by it.
	await edit(t, web, id, {
		upsert: { tokens: [{ theme: BASE, path: 'space.large', type: 'number', value: 24 }] },
	});
	const plain = await put(`${brand.url}/api/projects/import`, await exportOf(web, id), ZIP);
	t.equal(plain.status, 200, { received: plain.body });
	const { body: metrics } = await send(`${brand.url}/metrics`);
	t.match(String(metrics), /dss_merge_conflicts_total 1\n/);
	t.match(String(metrics), /dss_merge_items_total\{outcome="new"\} 1\n/);
	t.match(String(metrics), /dss_merge_duration_seconds_count\{outcome="succeeded"\} 1\n/);
});
