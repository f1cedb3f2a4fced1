/** Revisions: compared, gone back to, pruned; and files of others brought up to date by merging. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { allRecords, assertProblem, post, put, send, upload } from '../support/http.ts';
import { ACCENT, BASE, LINK, sampleProject, srgb } from '../support/sample.ts';
import { type Service, startService } from '../support/service.ts';

const ZIP = 'application/zip';
const make = async (on: Service): Promise<string> => {
	const { body } = await post(`${on.url}/api/projects`, { name: 'History' });
	await post(`${on.url}/api/projects/${body.project_id}/changes`, { upsert: sampleProject() });
	return body.project_id;
};
const edit = async (on: Service, id: string, body: object) => {
	const answer = await post(`${on.url}/api/projects/${id}/changes`, body);
	assert.equal(answer.status, 200, JSON.stringify(answer.body));
};
const exported = async (on: Service, id: string, revision?: number) =>
	(await post(`${on.url}/api/projects/${id}/export`, revision === undefined ? {} : { revision })).body;

describe('history', () => {
	test('a diff tells records and fields, either way round, in pages', async () => {
		await using service = await startService();
		const id = await make(service);
		const accent = (await send(`${service.url}/api/projects/${id}/tokens/${ACCENT}`)).body;
		await edit(service, id, {
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
		assert.deepEqual([total, next_cursor], [3, null]);
		// biome-ignore lint/suspicious/noExplicitAny: an item of a diff
		const of = (list: any[], name: string) => list.find((item) => item.name === name);
		assert.equal(of(items, 'added').change, 'added');
		assert.equal(of(items, 'color.link').change, 'removed');
		assert.deepEqual(of(items, 'color.accent').fields, [
			{ pointer: '/description', from: null, to: 'new' },
			{ pointer: '/value/components', from: [0, 0.4, 0.8], to: [1, 0.4, 0.8] },
		]);
		const back = await diff('from=3&to=2');
		assert.equal(of(back.items, 'added').change, 'removed');
		const first = await diff('from=1&to=3&limit=4');
		assert.equal(first.total, 9);
		const second = await diff(`from=1&to=3&limit=9&cursor=${first.next_cursor}`);
		assert.equal(first.items.length + second.items.length, 9);
		assertProblem(await send(`${service.url}/api/projects/${id}/diff?from=1&to=9`), 404, 'revision_unknown');
		assertProblem(await send(`${service.url}/api/projects/${id}/diff?from=1`), 400, 'malformed_request');
	});

	test('a revert is a new revision with the old content; nothing is lost by it', async () => {
		await using service = await startService();
		const id = await make(service);
		const before = await allRecords(service.url, id, 'tokens');
		await edit(service, id, { delete: [LINK] });
		const revert = (to: number, headers = {}) =>
			post(`${service.url}/api/projects/${id}/revert`, { to }, headers);
		assertProblem(await revert(9), 404, 'revision_unknown');
		assertProblem(await revert(2, { 'if-match': '"rev-2"' }), 412, 'revision_stale');
		const { status, body, headers } = await revert(2);
		assert.deepEqual([status, body], [200, { revision: 4, added: 1, changed: 0, removed: 0 }]);
		assert.equal(headers.get('etag'), '"rev-4"');
		const content = (list: typeof before) =>
			list.map(({ version: _v, updated_at: _u, created_at: _c, ...rest }) => rest);
		assert.deepEqual(content(await allRecords(service.url, id, 'tokens')), content(before));
		assert.deepEqual((await revert(2)).body, { revision: 4, added: 0, changed: 0, removed: 0 });
		const older = await allRecords(service.url, id, 'tokens', '&revision=3');
		assert.equal(older.length, before.length - 1);
		const { body: revisions } = await send(`${service.url}/api/projects/${id}/revisions`);
		assert.equal(revisions.items[0].cause, 'revert');
	});

	test('history is pruned, but never what is needed for the next merge', async () => {
		await using service = await startService({ env: { DSS_HISTORY_REVISIONS: '3' } });
		await using other = await startService();
		const id = await make(service);
		await put(`${other.url}/api/projects/import`, await exported(service, id), ZIP);
		await edit(other, id, {
			upsert: { tokens: [{ theme: BASE, path: 'theirs', type: 'number', value: 1 }] },
		});
		const merged = await put(`${service.url}/api/projects/${id}/merge`, await exported(other, id), ZIP);
		assert.equal(merged.body.revision, 3, JSON.stringify(merged.body));
		for (let round = 0; round < 8; round++) {
			const number = { theme: BASE, path: 'counter', type: 'number', value: round };
			const known = (await allRecords(service.url, id, 'tokens')).find(({ path }) => path === 'counter');
			await edit(service, id, { upsert: { tokens: [known ? { ...number, uuid: known.uuid } : number] } });
		}
		const kept = async (): Promise<number[]> => {
			const { body } = await send(`${service.url}/api/projects/${id}/revisions`);
			return body.items.map(({ revision }: { revision: number }) => revision);
		};
		// Pruning follows the edits in the writer's thread: each look gives it a turn.
		let numbers = await kept();
		for (let look = 0; look < 500 && numbers.length > 5; look++) numbers = await kept();
		// The other instance has said that it holds 2; 3 is what it had, as it was.
		assert.deepEqual(numbers, [11, 10, 9, 3, 2]);
		assertProblem(await send(`${service.url}/api/projects/${id}/tokens?revision=5`), 404, 'revision_unknown');
		assert.equal((await exported(service, id, 2)).length > 0, true);
		await edit(other, id, { upsert: { tokens: [{ theme: BASE, path: 'again', type: 'number', value: 2 }] } });
		const { body: plan } = await put(
			`${service.url}/api/projects/${id}/merge/analyze`,
			await exported(other, id),
			ZIP,
		);
		assert.equal(plan.base.found_by, 'vector');
		assert.deepEqual([plan.new_items, plan.conflicts], [1, 0]);
	});
});

describe('imports that merge', () => {
	const file = (values: Record<string, number>) =>
		JSON.stringify(
			Object.fromEntries(Object.entries(values).map(([name, $value]) => [name, { $type: 'number', $value }])),
		);

	test('the next versions of a file of others never overwrite what was changed here', async () => {
		await using service = await startService();
		const at = `${service.url}/api/projects/import`;
		const { body } = await upload(`${at}?name=Foreign`, file({ a: 1, b: 1, c: 1, d: 1 }), 'tokens.json');
		const id = body.project_id;
		const token = async (path: string) =>
			(await allRecords(service.url, id, 'tokens')).find((one) => one.path === path);
		await edit(service, id, { upsert: { tokens: [{ ...(await token('a')), value: 100 }] } });

		const replaced = await upload(`${at}?project_id=${id}`, file({ a: 1, b: 2, c: 1, d: 1 }), 'tokens.json');
		assertProblem(replaced, 409, 'local_changes');
		assert.equal(replaced.body.details.local_changes, 1);
		const merge = (values: Record<string, number>, more = '') =>
			upload(`${at}?project_id=${id}&strategy=merge${more}`, file(values), 'tokens.json');
		const second = await merge({ a: 1, b: 2, c: 1, d: 1 });
		assert.equal(second.status, 200, JSON.stringify(second.body));
		assert.deepEqual([(await token('a')).value, (await token('b')).value], [100, 2]);

		const third = await merge({ a: 1, b: 3, c: 1, d: 1 });
		assert.equal(
			third.status,
			200,
			'what the file has not touched is no conflict, nor what came with it before',
		);
		assert.deepEqual([(await token('a')).value, (await token('b')).value], [100, 3]);

		assertProblem(await merge({ a: 5, b: 3, c: 1, d: 1 }), 409, 'merge_conflicts');
		const kept = await merge({ a: 5, b: 3, c: 1, d: 1 }, '&merge_strategy=keep_local');
		assert.equal(kept.status, 200);
		assert.equal((await token('a')).value, 100);
		const again = await merge({ a: 5, b: 3, c: 1, d: 1 });
		assert.deepEqual(
			[again.status, again.body.revision],
			[200, kept.body.revision],
			'a conflict is told once',
		);

		await merge({ a: 5, b: 3, c: 1 });
		assert.ok(await token('d'), 'a deletion is kept');
		const applied = await merge({ a: 5, b: 3 }, '&deletions=apply');
		assert.equal(applied.status, 200, JSON.stringify(applied.body));
		assert.deepEqual([await token('c'), Boolean(await token('d'))], [undefined, true]);
	});
});
