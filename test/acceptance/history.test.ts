/** Revisions: compared, gone back to, pruned; and files of others brought up to date by merging. */
import { type Test, test } from 'tap';
import { allRecords, assertProblem, post, put, send, upload } from '../support/http.ts';
import { eventually } from '../support/poll.ts';
import { ACCENT, BASE, LINK, sampleProject, srgb } from '../support/sample.ts';
import { type Service, serviceFor, startService } from '../support/service.ts';

const ZIP = 'application/zip';
const make = async (on: Service): Promise<string> => {
	const { body } = await post(`${on.url}/api/projects`, { name: 'History' });
	await post(`${on.url}/api/projects/${body.project_id}/changes`, { upsert: sampleProject() });
	return body.project_id;
};
const edit = async (t: Test, on: Service, id: string, body: object) => {
	const answer = await post(`${on.url}/api/projects/${id}/changes`, body);
	t.equal(answer.status, 200, { received: answer.body });
};
const exported = async (on: Service, id: string, revision?: number) =>
	(await post(`${on.url}/api/projects/${id}/export`, revision === undefined ? {} : { revision })).body;

test('history', async (t) => {
	const service = await serviceFor(t);
	t.test('a diff lists records and fields, either way round, in pages', async (t) => {
		const id = await make(service);
		const accent = (await send(`${service.url}/api/projects/${id}/tokens/${ACCENT}`)).body;
		await edit(t, service, id, {
			upsert: {
				tokens: [
					{ ...accent, value: srgb(1, 0.4, 0.8), description: 'new' },
					{ theme: BASE, path: 'added', type: 'number', value: 1 },
				],
			},
			delete: [LINK],
		});
		const diff = async (query: string) =>
			(await send(`${service.url}/api/projects/${id}/diff?${query}`)).body;
		const { items, total, next_cursor } = await diff('from=2&to=3');
		t.strictSame([total, next_cursor], [3, null]);
		// biome-ignore lint/suspicious/noExplicitAny: an item of a diff
		const of = (list: any[], name: string) => list.find((item) => item.name === name);
		t.equal(of(items, 'added').change, 'added');
		t.equal(of(items, 'color.link').change, 'removed');
		t.strictSame(of(items, 'color.accent').fields, [
			{ pointer: '/description', from: null, to: 'new' },
			{ pointer: '/value/components', from: [0, 0.4, 0.8], to: [1, 0.4, 0.8] },
		]);
		const back = await diff('from=3&to=2');
		t.equal(of(back.items, 'added').change, 'removed');
		const first = await diff('from=1&to=3&limit=4');
		t.equal(first.total, 9);
		const second = await diff(`from=1&to=3&limit=9&cursor=${first.next_cursor}`);
		t.equal(first.items.length + second.items.length, 9);
		assertProblem(
			t,
			await send(`${service.url}/api/projects/${id}/diff?from=1&to=9`),
			404,
			'revision_unknown',
		);
		assertProblem(t, await send(`${service.url}/api/projects/${id}/diff?from=1`), 400, 'malformed_request');
	});

	t.test('a revert is a new revision with the old content; nothing is lost by it', async (t) => {
		const id = await make(service);
		const before = await allRecords(service.url, id, 'tokens');
		await edit(t, service, id, { delete: [LINK] });
		const revert = (to: number, headers = {}) =>
			post(`${service.url}/api/projects/${id}/revert`, { to }, headers);
		assertProblem(t, await revert(9), 404, 'revision_unknown');
		assertProblem(t, await revert(2, { 'if-match': '"rev-2"' }), 412, 'revision_stale');
		const { status, body, headers } = await revert(2);
		t.strictSame([status, body], [200, { revision: 4, added: 1, changed: 0, removed: 0 }]);
		t.equal(headers.get('etag'), '"rev-4"');
		const content = (list: typeof before) =>
			list.map(({ version: _v, updated_at: _u, created_at: _c, ...rest }) => rest);
		t.strictSame(content(await allRecords(service.url, id, 'tokens')), content(before));
		t.strictSame((await revert(2)).body, { revision: 4, added: 0, changed: 0, removed: 0 });
		const older = await allRecords(service.url, id, 'tokens', '&revision=3');
		t.equal(older.length, before.length - 1);
		const { body: revisions } = await send(`${service.url}/api/projects/${id}/revisions`);
		t.equal(revisions.items[0].cause, 'revert');
	});

	t.test('history is pruned, but never what is needed for the next merge', async (t) => {
		await using service = await startService({ env: { DSS_HISTORY_REVISIONS: '3' } });
		await using other = await startService();
		const id = await make(service);
		await put(`${other.url}/api/projects/import`, await exported(service, id), ZIP);
		await edit(t, other, id, {
			upsert: { tokens: [{ theme: BASE, path: 'theirs', type: 'number', value: 1 }] },
		});
		const merged = await put(`${service.url}/api/projects/${id}/merge`, await exported(other, id), ZIP);
		t.equal(merged.body.revision, 3, { received: merged.body });
		for (let round = 0; round < 8; round++) {
			const number = { theme: BASE, path: 'counter', type: 'number', value: round };
			const known = (await allRecords(service.url, id, 'tokens')).find(({ path }) => path === 'counter');
			await edit(t, service, id, { upsert: { tokens: [known ? { ...number, uuid: known.uuid } : number] } });
		}
		const kept = async (): Promise<number[]> => {
			const { body } = await send(`${service.url}/api/projects/${id}/revisions`);
			return body.items.map(({ revision }: { revision: number }) => revision);
		};
		// Pruning follows the edits. The other instance has reported that it holds 2; 3 is what it had, as it was.
		const left = [11, 10, 9, 3, 2];
		t.strictSame(await eventually(kept, ({ length }) => length <= left.length), left);
		assertProblem(
			t,
			await send(`${service.url}/api/projects/${id}/tokens?revision=5`),
			404,
			'revision_unknown',
		);
		t.equal((await exported(service, id, 2)).length > 0, true);
		await edit(t, other, id, {
			upsert: { tokens: [{ theme: BASE, path: 'again', type: 'number', value: 2 }] },
		});
		const { body: plan } = await put(
			`${service.url}/api/projects/${id}/merge/analyze`,
			await exported(other, id),
			ZIP,
		);
		t.equal(plan.base.found_by, 'vector');
		t.strictSame([plan.new_items, plan.conflicts], [1, 0]);
	});
});

test('imports that merge', async (t) => {
	const service = await serviceFor(t);
	const file = (values: Record<string, number>) =>
		JSON.stringify(
			Object.fromEntries(Object.entries(values).map(([name, $value]) => [name, { $type: 'number', $value }])),
		);

	t.test('the next versions of a file of others never overwrite what was changed here', async (t) => {
		const at = `${service.url}/api/projects/import`;
		const { body } = await upload(`${at}?name=Foreign`, file({ a: 1, b: 1, c: 1, d: 1 }), 'tokens.json');
		const id = body.project_id;
		const token = async (path: string) =>
			(await allRecords(service.url, id, 'tokens')).find((one) => one.path === path);
		await edit(t, service, id, { upsert: { tokens: [{ ...(await token('a')), value: 100 }] } });

		const replaced = await upload(`${at}?project_id=${id}`, file({ a: 1, b: 2, c: 1, d: 1 }), 'tokens.json');
		assertProblem(t, replaced, 409, 'local_changes');
		t.equal(replaced.body.details.local_changes, 1);
		const merge = (values: Record<string, number>, more = '') =>
			upload(`${at}?project_id=${id}&strategy=merge${more}`, file(values), 'tokens.json');
		const second = await merge({ a: 1, b: 2, c: 1, d: 1 });
		t.equal(second.status, 200, { received: second.body });
		t.strictSame([(await token('a')).value, (await token('b')).value], [100, 2]);

		const third = await merge({ a: 1, b: 3, c: 1, d: 1 });
		t.equal(third.status, 200, 'what the file has not touched is no conflict, nor what came with it before');
		t.strictSame([(await token('a')).value, (await token('b')).value], [100, 3]);

		assertProblem(t, await merge({ a: 5, b: 3, c: 1, d: 1 }), 409, 'merge_conflicts');
		const kept = await merge({ a: 5, b: 3, c: 1, d: 1 }, '&merge_strategy=keep_local');
		t.equal(kept.status, 200);
		t.equal((await token('a')).value, 100);
		const again = await merge({ a: 5, b: 3, c: 1, d: 1 });
		t.strictSame(
			[again.status, again.body.revision],
			[200, kept.body.revision],
			'a conflict is reported once',
		);

		await merge({ a: 5, b: 3, c: 1 });
		t.ok(await token('d'), 'a deletion is kept');
		const applied = await merge({ a: 5, b: 3 }, '&deletions=apply');
		t.equal(applied.status, 200, { received: applied.body });
		t.strictSame([await token('c'), Boolean(await token('d'))], [undefined, true]);
	});
});
