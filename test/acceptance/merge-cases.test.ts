/** Every case of a merge by itself, for themes, tokens and components. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertProblem, post, put, send } from '../support/http.ts';
import { BASE, sampleProject, srgb } from '../support/sample.ts';
import { type Service, startService } from '../support/service.ts';

// biome-ignore lint/suspicious/noExplicitAny: records of every kind
type Content = Record<string, any>;
const ZIP = 'application/zip';
const UUID = '018f3b60-0000-7000-8000-00000000c001';
const OTHER = '018f3b60-0000-7000-8000-00000000c002';
const SMALLER = '018f3b60-0000-7000-8000-00000000b001';

/** A record of each kind, a field that both sides may change, two fields that leave each other alone. */
const KINDS = {
	themes: {
		content: { name: 'high contrast', group: 'contrast' },
		same: 'description',
		ours: 'order',
		theirs: 'description',
		values: { description: ['a', 'b'], order: [1, 2] },
	},
	tokens: {
		content: { theme: BASE, path: 'motion.fast', type: 'duration', value: { value: 100, unit: 'ms' } },
		same: 'value',
		ours: 'folder',
		theirs: 'category',
		values: {
			value: [
				{ value: 1, unit: 's' },
				{ value: 2, unit: 's' },
			],
			folder: ['a', 'b'],
			category: ['c', 'd'],
		},
	},
	components: {
		content: { name: 'Dialog' },
		same: 'status',
		ours: 'category',
		theirs: 'description',
		values: { status: ['draft', 'stable'], category: ['x', 'y'], description: ['c', 'd'] },
	},
} as const;
type Kind = keyof typeof KINDS;

describe('the cases of a merge', () => {
	let a: Service;
	let b: Service;
	before(async () => {
		[a, b] = await Promise.all([startService(), startService()]);
	});
	after(async () => {
		await a[Symbol.asyncDispose]();
		await b[Symbol.asyncDispose]();
	});

	const edit = async (on: Service, id: string, body: object) => {
		const answer = await post(`${on.url}/api/projects/${id}/changes`, body);
		assert.equal(answer.status, 200, JSON.stringify(answer.body));
	};
	const put1 = (on: Service, id: string, kind: Kind, content: Content, uuid = UUID) =>
		edit(on, id, { upsert: { [kind]: [{ uuid, ...content }] } });
	const remove = (on: Service, id: string, uuid = UUID) => edit(on, id, { delete: [uuid] });
	const read = async (on: Service, id: string, kind: Kind, uuid = UUID) => {
		const { status, body } = await send(`${on.url}/api/projects/${id}/${kind}/${uuid}`);
		return status === 404 ? null : body;
	};
	const archive = async (on: Service, id: string, selection?: object) =>
		(await post(`${on.url}/api/projects/${id}/export`, selection === undefined ? {} : { selection })).body;
	/** Merges B's state into A's. */
	const merge = async (id: string, query = '', file?: Buffer) =>
		put(`${a.url}/api/projects/${id}/merge?${query}`, file ?? (await archive(b, id)), ZIP);
	const analyze = async (id: string, query = '') =>
		(await put(`${a.url}/api/projects/${id}/merge/analyze?${query}`, await archive(b, id), ZIP)).body;
	/** The way back: B takes in what A has, without a conflict, and both hold the same. */
	const meetAgain = async (id: string, kind: Kind) => {
		const back = await put(`${b.url}/api/projects/${id}/merge?deletions=apply`, await archive(a, id), ZIP);
		assert.equal(back.status, 200, JSON.stringify(back.body));
		assert.equal(back.body.conflicts, 0);
		const all = async (on: Service) => {
			const { body } = await send(`${on.url}/api/projects/${id}/${kind}?limit=1000`);
			return body.items.map(
				({ version: _v, updated_at: _u, created_at: _c, ...content }: Content) => content,
			);
		};
		assert.deepEqual(await all(b), await all(a));
	};
	/** A project that both hold, with the record or without. */
	const shared = async (kind: Kind, having = true) => {
		const { body } = await post(`${a.url}/api/projects`, { name: 'Shared' });
		const id: string = body.project_id;
		await edit(a, id, { upsert: sampleProject() });
		if (having) await put1(a, id, kind, KINDS[kind].content);
		const { status } = await put(`${b.url}/api/projects/import`, await archive(a, id), ZIP);
		assert.equal(status, 201);
		return id;
	};
	const counts = ({ new_items, updated_items, deleted_items, auto_merged_items, conflicts }: Content) => ({
		new_items,
		updated_items,
		deleted_items,
		auto_merged_items,
		conflicts,
	});
	const none = { new_items: 0, updated_items: 0, deleted_items: 0, auto_merged_items: 0, conflicts: 0 };

	for (const kind of Object.keys(KINDS) as Kind[]) {
		const { content, same, ours, theirs, values } = KINDS[kind];
		const of = (field: string, index: number) =>
			(values as Record<string, readonly unknown[]>)[field]?.[index];

		describe(kind, () => {
			test('equal: nothing, and no revision', async () => {
				const id = await shared(kind);
				const { body } = await merge(id);
				assert.deepEqual(counts(body), none);
				assert.equal(body.revision, 3);
			});

			test('changed there only: taken', async () => {
				const id = await shared(kind);
				await put1(b, id, kind, { ...content, [same]: of(same, 0) });
				assert.deepEqual(counts((await merge(id)).body), { ...none, updated_items: 1 });
				assert.deepEqual((await read(a, id, kind))[same], of(same, 0));
				await meetAgain(id, kind);
			});

			test('changed here only: kept', async () => {
				const id = await shared(kind);
				await put1(a, id, kind, { ...content, [same]: of(same, 0) });
				assert.deepEqual(counts((await merge(id)).body), none);
				assert.deepEqual((await read(a, id, kind))[same], of(same, 0));
				await meetAgain(id, kind);
			});

			test('changed alike: nothing', async () => {
				const id = await shared(kind);
				for (const on of [a, b]) await put1(on, id, kind, { ...content, [same]: of(same, 0) });
				assert.deepEqual(counts((await merge(id)).body), none);
				await meetAgain(id, kind);
			});

			test('different fields: merged by itself, and listed as such', async () => {
				const id = await shared(kind);
				await put1(a, id, kind, { ...content, [ours]: of(ours, 0) });
				await put1(b, id, kind, { ...content, [theirs]: of(theirs, 1) });
				assert.deepEqual(counts((await merge(id)).body), { ...none, auto_merged_items: 1 });
				const record = await read(a, id, kind);
				assert.deepEqual([record[ours], record[theirs]], [of(ours, 0), of(theirs, 1)]);
				await meetAgain(id, kind);
			});

			test('the same list of tags: merged as sets', async () => {
				const id = await shared(kind);
				await put1(a, id, kind, { ...content, tags: ['one', 'two'] });
				await put(`${b.url}/api/projects/${id}/merge`, await archive(a, id), ZIP);
				await put1(a, id, kind, { ...content, tags: ['two', 'ours'] });
				await put1(b, id, kind, { ...content, tags: ['one', 'two', 'theirs'] });
				assert.equal((await merge(id)).body.auto_merged_items, 1);
				assert.deepEqual((await read(a, id, kind)).tags, ['two', 'ours', 'theirs']);
				await meetAgain(id, kind);
			});

			test('different members of an object: merged by itself', async () => {
				const id = await shared(kind);
				await put1(a, id, kind, { ...content, extensions: { 'com.ours': { id: 1 } } });
				await put1(b, id, kind, { ...content, extensions: { 'com.theirs': { id: 2 } } });
				assert.equal((await merge(id)).body.auto_merged_items, 1);
				assert.deepEqual((await read(a, id, kind)).extensions, {
					'com.ours': { id: 1 },
					'com.theirs': { id: 2 },
				});
			});

			const conflicting = async () => {
				const id = await shared(kind);
				await put1(a, id, kind, { ...content, [same]: of(same, 0) });
				await put1(b, id, kind, { ...content, [same]: of(same, 1), tags: ['theirs'] });
				return id;
			};

			test('the same field: a conflict, told in full; manual answers 409 and changes nothing', async () => {
				const id = await conflicting();
				const plan = await analyze(id);
				assert.deepEqual(plan.base, { revision: 3, found_by: 'vector' });
				assert.deepEqual(counts(plan), { ...none, conflicts: 1 });
				assert.equal(plan.has_conflicts, true);
				const [item] = plan.conflicted_items;
				assert.deepEqual([item.kind, item.uuid, item.case], [kind, UUID, 'change_change']);
				assert.equal(item.entity_name, 'path' in content ? content.path : content.name);
				assert.deepEqual([item.base.version, item.local.version, item.imported.version], [2, 3, 3]);
				for (const side of ['base', 'local', 'imported']) assert.match(item[side].hash, /^[0-9a-f]{64}$/);
				const leaf = kind === 'tokens' ? '/value/value' : `/${same}`;
				const field = item.fields.find(({ pointer }: Content) => pointer === leaf);
				const deep = (value: unknown) => (kind === 'tokens' ? (value as Content)['value'] : value);
				assert.deepEqual([field.local, field.imported], [deep(of(same, 0)), deep(of(same, 1))]);
				const refused = await merge(id);
				assertProblem(refused, 409, 'merge_conflicts');
				assert.deepEqual(refused.body.details.conflicted_items, plan.conflicted_items);
				assert.deepEqual((await read(a, id, kind))[same], of(same, 0));
			});

			for (const [strategy, index] of [
				['keep_local', 0],
				['keep_imported', 1],
			] as const) {
				test(`the same field with ${strategy}: that side's, with what met no conflict`, async () => {
					const id = await conflicting();
					const { body } = await merge(id, `strategy=${strategy}`);
					assert.deepEqual(counts(body), { ...none, conflicts: 1 });
					assert.equal(body.resolution_strategy, strategy);
					const record = await read(a, id, kind);
					assert.deepEqual([record[same], record.tags], [of(same, index), ['theirs']]);
					await meetAgain(id, kind);
				});
			}

			test('the same field with newest: the higher version wins, whatever the clocks say', async () => {
				const id = await conflicting();
				await put1(b, id, kind, { ...content, [same]: of(same, 1), tags: ['later'] });
				assert.equal((await analyze(id)).conflicted_items[0].recommendation, 'imported');
				assert.equal((await merge(id, 'strategy=newest')).status, 200);
				assert.deepEqual((await read(a, id, kind))[same], of(same, 1));
				await meetAgain(id, kind);
			});

			test('the same field with fork: both are kept, theirs under a new uuid and a free name', async () => {
				const id = await conflicting();
				const { status, body } = await merge(id, 'strategy=fork');
				assert.equal(status, 200, JSON.stringify(body));
				const name = 'path' in content ? content.path : content.name;
				const { body: all } = await send(`${a.url}/api/projects/${id}/${kind}?limit=1000`);
				const fork = all.items.find((one: Content) => (one['path'] ?? one['name']) === `${name}-imported`);
				assert.notEqual(fork.uuid, UUID);
				assert.deepEqual(fork[same], of(same, 1));
				assert.deepEqual((await read(a, id, kind))[same], of(same, 0));
				await meetAgain(id, kind);
			});

			test('resolutions settle: by a side, or by a content', async () => {
				const id = await conflicting();
				const by = (resolution: unknown) =>
					merge(id, `resolutions=${encodeURIComponent(JSON.stringify({ [UUID]: resolution }))}`);
				assertProblem(await by('ours'), 400, 'malformed_request');
				assert.equal((await by({ content: { nonsense: 1 } })).status, 400);
				const { status, body } = await by({ content: { ...content, description: 'by hand' } });
				assert.equal(status, 200, JSON.stringify(body));
				assert.equal((await read(a, id, kind)).description, 'by hand');
				await meetAgain(id, kind);
			});

			test('deleted there only: reported and kept, or applied', async () => {
				const id = await shared(kind);
				await remove(b, id);
				const file = await archive(b, id);
				const kept = await merge(id, 'deletions=keep', file);
				assert.deepEqual(counts(kept.body), none);
				assert.ok(
					kept.body.warnings.some(({ code, count }: Content) => code === 'deletions_kept' && count === 1),
				);
				assert.ok(await read(a, id, kind));
				const other = await shared(kind);
				await remove(b, other);
				assert.deepEqual(counts((await merge(other, 'deletions=apply')).body), { ...none, deleted_items: 1 });
				assert.equal(await read(a, other, kind), null);
			});

			test('deleted here only: stays deleted', async () => {
				const id = await shared(kind);
				await remove(a, id);
				assert.deepEqual(counts((await merge(id, 'deletions=apply')).body), none);
				assert.equal(await read(a, id, kind), null);
				await meetAgain(id, kind);
			});

			test('deleted on both sides: gone', async () => {
				const id = await shared(kind);
				await remove(a, id);
				await remove(b, id);
				assert.deepEqual(counts((await merge(id, 'deletions=apply')).body), none);
				assert.equal(await read(a, id, kind), null);
			});

			test('changed here and deleted there: a conflict', async () => {
				const id = await shared(kind);
				await put1(a, id, kind, { ...content, [same]: of(same, 0) });
				await remove(b, id);
				const plan = await analyze(id, 'deletions=apply');
				assert.equal(plan.conflicted_items[0].case, 'change_delete');
				assert.equal(plan.conflicted_items[0].imported, null);
				assertProblem(await merge(id, 'deletions=apply'), 409, 'merge_conflicts');
				assert.equal((await merge(id, 'strategy=newest&deletions=apply')).body.conflicts, 1);
				assert.deepEqual((await read(a, id, kind))[same], of(same, 0), 'a change outweighs a deletion');
				await meetAgain(id, kind);
			});

			test('deleted here and changed there: a conflict', async () => {
				const id = await shared(kind);
				await remove(a, id);
				await put1(b, id, kind, { ...content, [same]: of(same, 1) });
				const plan = await analyze(id);
				assert.equal(plan.conflicted_items[0].case, 'delete_change');
				assert.equal(plan.conflicted_items[0].local, null);
				assert.equal((await merge(id, 'strategy=keep_imported')).body.conflicts, 1);
				assert.deepEqual((await read(a, id, kind))[same], of(same, 1));
				await meetAgain(id, kind);
			});

			test('added there only: new', async () => {
				const id = await shared(kind, false);
				await put1(b, id, kind, content);
				assert.deepEqual(counts((await merge(id)).body), { ...none, new_items: 1 });
				assert.ok(await read(a, id, kind));
			});

			for (const [there, stays] of [
				[OTHER, UUID],
				[SMALLER, SMALLER],
			] as const) {
				test(`added on both sides under two uuids with one content: one record, under ${stays === UUID ? 'ours' : 'theirs'}`, async () => {
					const id = await shared(kind, false);
					await put1(a, id, kind, content);
					await put1(b, id, kind, content, there);
					const { body } = await merge(id);
					assert.equal(body.conflicts, 0, JSON.stringify(body));
					assert.ok(await read(a, id, kind, stays));
					assert.equal(await read(a, id, kind, stays === UUID ? there : UUID), null);
					await meetAgain(id, kind);
				});
			}

			test('added on both sides under two uuids, differently: a conflict, then one record', async () => {
				const id = await shared(kind, false);
				await put1(a, id, kind, { ...content, [same]: of(same, 0) });
				await put1(b, id, kind, { ...content, [same]: of(same, 1) }, SMALLER);
				const plan = await analyze(id);
				assert.equal(plan.conflicted_items[0].case, 'add_add', JSON.stringify(plan));
				const { body } = await merge(id, 'strategy=keep_local');
				assert.equal(body.conflicts, 1);
				assert.deepEqual((await read(a, id, kind, SMALLER))[same], of(same, 0));
				assert.equal(await read(a, id, kind, UUID), null);
				await meetAgain(id, kind);
			});

			test('a partial archive deletes nothing', async () => {
				const id = await shared(kind);
				await remove(b, id);
				await edit(b, id, {
					upsert: { tokens: [{ theme: BASE, path: 'only.this', type: 'number', value: 1 }] },
				});
				const file = await archive(b, id, { path_prefixes: ['only.'] });
				const { body } = await merge(id, 'deletions=apply', file);
				assert.deepEqual(counts(body), { ...none, new_items: 1 }, JSON.stringify(body));
				assert.ok(await read(a, id, kind));
			});

			test('without a base: the same uuid and another content is a conflict, nothing is deleted', async () => {
				const { body: mine } = await post(`${a.url}/api/projects`, { name: 'Mine' });
				const { body: yours } = await post(`${b.url}/api/projects`, { name: 'Yours' });
				for (const [on, id, index] of [
					[a, mine.project_id, 0],
					[b, yours.project_id, 1],
				] as const) {
					await edit(on, id, { upsert: { themes: [{ uuid: BASE, name: 'base' }] } });
					await put1(on, id, kind, { ...content, [same]: of(same, index) });
				}
				const file = await archive(b, yours.project_id);
				const at = `${a.url}/api/projects/${mine.project_id}/merge`;
				const { body: plan } = await put(`${at}/analyze`, file, ZIP);
				assert.deepEqual(plan.base, { revision: null, found_by: 'none' });
				const [item] = plan.conflicted_items;
				assert.deepEqual([item.case, item.base], ['no_base', null]);
				assert.equal(item.recommendation, 'unknown', 'one version, and times within the tolerance');
				const { body } = await put(`${at}?strategy=newest`, file, ZIP);
				assert.ok(
					body.warnings.some(({ code }: Content) => code === 'newest_unknown'),
					JSON.stringify(body),
				);
				assert.deepEqual((await read(a, mine.project_id, kind))[same], of(same, 0));
			});
		});
	}

	test('members that mean nothing without each other are one field: a number and its unit', async () => {
		const id = await shared('tokens');
		const { content } = KINDS.tokens;
		await put1(a, id, 'tokens', { ...content, value: { value: 250, unit: 'ms' } });
		await put1(b, id, 'tokens', { ...content, value: { value: 100, unit: 's' } });
		const plan = await analyze(id);
		assert.equal(plan.conflicts, 1);
		const pointers = plan.conflicted_items[0].fields.map(({ pointer }: Content) => pointer);
		assert.deepEqual(pointers, ['/value/unit', '/value/value']);
	});

	test('a merge that would break a reference is refused and says which', async () => {
		const id = await shared('tokens');
		await edit(a, id, {
			upsert: { tokens: [{ theme: BASE, path: 'uses.it', type: 'duration', value: '{motion.fast}' }] },
		});
		await remove(b, id);
		const plan = await analyze(id, 'deletions=apply');
		assert.ok(
			plan.warnings.some(({ code }: Content) => code === 'dangling_reference'),
			JSON.stringify(plan.warnings),
		);
		const refused = await merge(id, 'deletions=apply');
		assertProblem(refused, 400, 'dangling_reference');
		assert.match(refused.body.detail, /motion\.fast/);
		assert.equal((await merge(id)).status, 200, 'kept, it breaks nothing');
	});

	test('a plan that has become stale is refused with the revisions since', async () => {
		const id = await shared('tokens');
		const file = await archive(b, id);
		const plan = await put(`${a.url}/api/projects/${id}/merge/analyze`, file, ZIP);
		await put1(a, id, 'tokens', { ...KINDS.tokens.content, folder: 'x' });
		const stale = await put(`${a.url}/api/projects/${id}/merge`, file, ZIP, {
			'if-match': plan.headers.get('etag') ?? '',
		});
		assertProblem(stale, 412, 'revision_stale');
		assert.deepEqual(stale.body.details.since, [4]);
	});

	test('forked records go on naming each other', async () => {
		const id = await shared('tokens');
		const link = { theme: BASE, path: 'motion.link', type: 'duration', value: '{motion.fast}' };
		await put1(a, id, 'tokens', link, OTHER);
		await put(`${b.url}/api/projects/${id}/merge`, await archive(a, id), ZIP);
		for (const [on, value, text] of [
			[a, 5, 'ours'],
			[b, 6, 'theirs'],
		] as const) {
			await put1(on, id, 'tokens', { ...KINDS.tokens.content, value: { value, unit: 's' } });
			await put1(on, id, 'tokens', { ...link, description: text }, OTHER);
		}
		assert.equal((await merge(id, 'strategy=fork')).body.conflicts, 2);
		const { body } = await send(`${a.url}/api/projects/${id}/tokens?path_prefix=motion.`);
		const fork = body.items.find(({ path }: Content) => path === 'motion.link-imported');
		assert.equal(fork.value, '{motion.fast-imported}');
	});

	test('conflicts come in pages', async () => {
		const id = await shared('tokens', false);
		const many = (word: string) =>
			Array.from({ length: 25 }, (_, index) => ({
				uuid: `018f3b60-0000-7000-8000-3${index.toString().padStart(11, '0')}`,
				theme: BASE,
				path: `many.${index}`,
				type: 'color',
				value: srgb(0, 0, 0),
				description: word,
			}));
		await edit(a, id, { upsert: { tokens: many('base') } });
		await put(`${b.url}/api/projects/${id}/merge`, await archive(a, id), ZIP);
		await edit(a, id, { upsert: { tokens: many('ours') } });
		await edit(b, id, { upsert: { tokens: many('theirs') } });
		const seen = new Set<string>();
		let cursor: string | null = null;
		do {
			const plan = await analyze(id, `limit=10${cursor === null ? '' : `&cursor=${cursor}`}`);
			assert.equal(plan.conflicts, 25);
			for (const { uuid } of plan.conflicted_items) seen.add(uuid);
			cursor = plan.next_cursor;
		} while (cursor !== null);
		assert.equal(seen.size, 25);
	});
});
