/** Every case of a merge by itself, for themes, tokens and components. */
import { type Test, test } from 'tap';
import { assertProblem, post, put, send } from '../support/http.ts';
import { BASE, sampleProject, srgb } from '../support/sample.ts';
import { type Service, serviceFor } from '../support/service.ts';

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

test('the cases of a merge', async (t) => {
	const [a, b] = await Promise.all([serviceFor(t), serviceFor(t)]);

	const edit = async (t: Test, on: Service, id: string, body: object) => {
		const answer = await post(`${on.url}/api/projects/${id}/changes`, body);
		t.equal(answer.status, 200, { received: answer.body });
	};
	const put1 = (t: Test, on: Service, id: string, kind: Kind, content: Content, uuid = UUID) =>
		edit(t, on, id, { upsert: { [kind]: [{ uuid, ...content }] } });
	const remove = (t: Test, on: Service, id: string, uuid = UUID) => edit(t, on, id, { delete: [uuid] });
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
	/** Merges A's state into B, which meets no conflict; both hold the same then. */
	const mergeBack = async (t: Test, id: string, kind: Kind) => {
		const back = await put(`${b.url}/api/projects/${id}/merge?deletions=apply`, await archive(a, id), ZIP);
		t.equal(back.status, 200, { received: back.body });
		t.equal(back.body.conflicts, 0);
		const all = async (on: Service) => {
			const { body } = await send(`${on.url}/api/projects/${id}/${kind}?limit=1000`);
			return body.items.map(
				({ version: _v, updated_at: _u, created_at: _c, ...content }: Content) => content,
			);
		};
		t.strictSame(await all(b), await all(a));
	};
	/** A project that both hold, with the record or without. */
	const shared = async (t: Test, kind: Kind, having = true) => {
		const { body } = await post(`${a.url}/api/projects`, { name: 'Shared' });
		const id: string = body.project_id;
		await edit(t, a, id, { upsert: sampleProject() });
		if (having) await put1(t, a, id, kind, KINDS[kind].content);
		const { status } = await put(`${b.url}/api/projects/import`, await archive(a, id), ZIP);
		t.equal(status, 201);
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

		t.test(kind, async (t) => {
			t.test('equal: nothing, and no revision', async (t) => {
				const id = await shared(t, kind);
				const { body } = await merge(id);
				t.strictSame(counts(body), none);
				t.equal(body.revision, 3);
			});

			t.test('changed there only: taken over', async (t) => {
				const id = await shared(t, kind);
				await put1(t, b, id, kind, { ...content, [same]: of(same, 0) });
				t.strictSame(counts((await merge(id)).body), { ...none, updated_items: 1 });
				t.strictSame((await read(a, id, kind))[same], of(same, 0));
				await mergeBack(t, id, kind);
			});

			t.test('changed here only: kept', async (t) => {
				const id = await shared(t, kind);
				await put1(t, a, id, kind, { ...content, [same]: of(same, 0) });
				t.strictSame(counts((await merge(id)).body), none);
				t.strictSame((await read(a, id, kind))[same], of(same, 0));
				await mergeBack(t, id, kind);
			});

			t.test('changed alike: nothing', async (t) => {
				const id = await shared(t, kind);
				for (const on of [a, b]) await put1(t, on, id, kind, { ...content, [same]: of(same, 0) });
				t.strictSame(counts((await merge(id)).body), none);
				await mergeBack(t, id, kind);
			});

			t.test('different fields: merged by itself, and listed as such', async (t) => {
				const id = await shared(t, kind);
				await put1(t, a, id, kind, { ...content, [ours]: of(ours, 0) });
				await put1(t, b, id, kind, { ...content, [theirs]: of(theirs, 1) });
				t.strictSame(counts((await merge(id)).body), { ...none, auto_merged_items: 1 });
				const record = await read(a, id, kind);
				t.strictSame([record[ours], record[theirs]], [of(ours, 0), of(theirs, 1)]);
				await mergeBack(t, id, kind);
			});

			t.test('the same list of tags: merged as sets', async (t) => {
				const id = await shared(t, kind);
				await put1(t, a, id, kind, { ...content, tags: ['one', 'two'] });
				await put(`${b.url}/api/projects/${id}/merge`, await archive(a, id), ZIP);
				await put1(t, a, id, kind, { ...content, tags: ['two', 'ours'] });
				await put1(t, b, id, kind, { ...content, tags: ['one', 'two', 'theirs'] });
				t.equal((await merge(id)).body.auto_merged_items, 1);
				t.strictSame((await read(a, id, kind)).tags, ['two', 'ours', 'theirs']);
				await mergeBack(t, id, kind);
			});

			t.test('different members of an object: merged by itself', async (t) => {
				const id = await shared(t, kind);
				await put1(t, a, id, kind, { ...content, extensions: { 'com.ours': { id: 1 } } });
				await put1(t, b, id, kind, { ...content, extensions: { 'com.theirs': { id: 2 } } });
				t.equal((await merge(id)).body.auto_merged_items, 1);
				t.strictSame((await read(a, id, kind)).extensions, {
					'com.ours': { id: 1 },
					'com.theirs': { id: 2 },
				});
			});

			const conflicting = async (t: Test) => {
				const id = await shared(t, kind);
				await put1(t, a, id, kind, { ...content, [same]: of(same, 0) });
				await put1(t, b, id, kind, { ...content, [same]: of(same, 1), tags: ['theirs'] });
				return id;
			};

			t.test(
				'the same field: a conflict, reported in full; manual answers 409 and changes nothing',
				async (t) => {
					const id = await conflicting(t);
					const plan = await analyze(id);
					t.strictSame(plan.base, { revision: 3, found_by: 'vector' });
					t.strictSame(counts(plan), { ...none, conflicts: 1 });
					t.equal(plan.has_conflicts, true);
					const [item] = plan.conflicted_items;
					t.strictSame([item.kind, item.uuid, item.case], [kind, UUID, 'change_change']);
					t.equal(item.entity_name, 'path' in content ? content.path : content.name);
					t.strictSame([item.base.version, item.local.version, item.imported.version], [2, 3, 3]);
					for (const side of ['base', 'local', 'imported']) t.match(item[side].hash, /^[0-9a-f]{64}$/);
					const leaf = kind === 'tokens' ? '/value/value' : `/${same}`;
					const field = item.fields.find(({ pointer }: Content) => pointer === leaf);
					const deep = (value: unknown) => (kind === 'tokens' ? (value as Content)['value'] : value);
					t.strictSame([field.local, field.imported], [deep(of(same, 0)), deep(of(same, 1))]);
					const refused = await merge(id);
					assertProblem(t, refused, 409, 'merge_conflicts');
					t.strictSame(refused.body.details.conflicted_items, plan.conflicted_items);
					t.strictSame((await read(a, id, kind))[same], of(same, 0));
				},
			);

			for (const [strategy, index] of [
				['keep_local', 0],
				['keep_imported', 1],
			] as const) {
				t.test(`the same field with ${strategy}: that side's, with what met no conflict`, async (t) => {
					const id = await conflicting(t);
					const { body } = await merge(id, `strategy=${strategy}`);
					t.strictSame(counts(body), { ...none, conflicts: 1 });
					t.equal(body.resolution_strategy, strategy);
					const record = await read(a, id, kind);
					t.strictSame([record[same], record.tags], [of(same, index), ['theirs']]);
					await mergeBack(t, id, kind);
				});
			}

			t.test('the same field with newest: the higher version wins, whatever the clocks say', async (t) => {
				const id = await conflicting(t);
				await put1(t, b, id, kind, { ...content, [same]: of(same, 1), tags: ['later'] });
				t.equal((await analyze(id)).conflicted_items[0].recommendation, 'imported');
				t.equal((await merge(id, 'strategy=newest')).status, 200);
				t.strictSame((await read(a, id, kind))[same], of(same, 1));
				await mergeBack(t, id, kind);
			});

			t.test(
				'the same field with fork: both are kept, theirs under a new uuid and a free name',
				async (t) => {
					const id = await conflicting(t);
					const { status, body } = await merge(id, 'strategy=fork');
					t.equal(status, 200, { received: body });
					const name = 'path' in content ? content.path : content.name;
					const { body: all } = await send(`${a.url}/api/projects/${id}/${kind}?limit=1000`);
					const fork = all.items.find((one: Content) => (one['path'] ?? one['name']) === `${name}-imported`);
					t.not(fork.uuid, UUID);
					t.strictSame(fork[same], of(same, 1));
					t.strictSame((await read(a, id, kind))[same], of(same, 0));
					await mergeBack(t, id, kind);
				},
			);

			t.test('resolutions settle: by a side, or by a content', async (t) => {
				const id = await conflicting(t);
				const by = (resolution: unknown) =>
					merge(id, `resolutions=${encodeURIComponent(JSON.stringify({ [UUID]: resolution }))}`);
				assertProblem(t, await by('ours'), 400, 'malformed_request');
				t.equal((await by({ content: { nonsense: 1 } })).status, 400);
				const { status, body } = await by({ content: { ...content, description: 'by hand' } });
				t.equal(status, 200, { received: body });
				t.equal((await read(a, id, kind)).description, 'by hand');
				await mergeBack(t, id, kind);
			});

			t.test('deleted there only: reported and kept, or applied', async (t) => {
				const id = await shared(t, kind);
				await remove(t, b, id);
				const file = await archive(b, id);
				const kept = await merge(id, 'deletions=keep', file);
				t.strictSame(counts(kept.body), none);
				t.ok(kept.body.warnings.some(({ code, count }: Content) => code === 'deletions_kept' && count === 1));
				t.ok(await read(a, id, kind));
				const other = await shared(t, kind);
				await remove(t, b, other);
				t.strictSame(counts((await merge(other, 'deletions=apply')).body), { ...none, deleted_items: 1 });
				t.equal(await read(a, other, kind), null);
			});

			t.test('deleted here only: stays deleted', async (t) => {
				const id = await shared(t, kind);
				await remove(t, a, id);
				t.strictSame(counts((await merge(id, 'deletions=apply')).body), none);
				t.equal(await read(a, id, kind), null);
				await mergeBack(t, id, kind);
			});

			t.test('deleted on both sides: gone', async (t) => {
				const id = await shared(t, kind);
				await remove(t, a, id);
				await remove(t, b, id);
				t.strictSame(counts((await merge(id, 'deletions=apply')).body), none);
				t.equal(await read(a, id, kind), null);
			});

			t.test('changed here and deleted there: a conflict', async (t) => {
				const id = await shared(t, kind);
				await put1(t, a, id, kind, { ...content, [same]: of(same, 0) });
				await remove(t, b, id);
				const plan = await analyze(id, 'deletions=apply');
				t.equal(plan.conflicted_items[0].case, 'change_delete');
				t.equal(plan.conflicted_items[0].imported, null);
				assertProblem(t, await merge(id, 'deletions=apply'), 409, 'merge_conflicts');
				t.equal((await merge(id, 'strategy=newest&deletions=apply')).body.conflicts, 1);
				t.strictSame((await read(a, id, kind))[same], of(same, 0), 'a change outweighs a deletion');
				await mergeBack(t, id, kind);
			});

			t.test('deleted here and changed there: a conflict', async (t) => {
				const id = await shared(t, kind);
				await remove(t, a, id);
				await put1(t, b, id, kind, { ...content, [same]: of(same, 1) });
				const plan = await analyze(id);
				t.equal(plan.conflicted_items[0].case, 'delete_change');
				t.equal(plan.conflicted_items[0].local, null);
				t.equal((await merge(id, 'strategy=keep_imported')).body.conflicts, 1);
				t.strictSame((await read(a, id, kind))[same], of(same, 1));
				await mergeBack(t, id, kind);
			});

			t.test('added there only: new', async (t) => {
				const id = await shared(t, kind, false);
				await put1(t, b, id, kind, content);
				t.strictSame(counts((await merge(id)).body), { ...none, new_items: 1 });
				t.ok(await read(a, id, kind));
			});

			for (const [there, stays] of [
				[OTHER, UUID],
				[SMALLER, SMALLER],
			] as const) {
				t.test(
					`added on both sides under two uuids with one content: one record, under ${stays === UUID ? 'ours' : 'theirs'}`,
					async (t) => {
						const id = await shared(t, kind, false);
						await put1(t, a, id, kind, content);
						await put1(t, b, id, kind, content, there);
						const { body } = await merge(id);
						t.equal(body.conflicts, 0, { received: body });
						t.ok(await read(a, id, kind, stays));
						t.equal(await read(a, id, kind, stays === UUID ? there : UUID), null);
						await mergeBack(t, id, kind);
					},
				);
			}

			t.test('added on both sides under two uuids, differently: a conflict, then one record', async (t) => {
				const id = await shared(t, kind, false);
				await put1(t, a, id, kind, { ...content, [same]: of(same, 0) });
				await put1(t, b, id, kind, { ...content, [same]: of(same, 1) }, SMALLER);
				const plan = await analyze(id);
				t.equal(plan.conflicted_items[0].case, 'add_add', { received: plan });
				const { body } = await merge(id, 'strategy=keep_local');
				t.equal(body.conflicts, 1);
				t.strictSame((await read(a, id, kind, SMALLER))[same], of(same, 0));
				t.equal(await read(a, id, kind, UUID), null);
				await mergeBack(t, id, kind);
			});

			t.test('a partial archive deletes nothing', async (t) => {
				const id = await shared(t, kind);
				await remove(t, b, id);
				await edit(t, b, id, {
					upsert: { tokens: [{ theme: BASE, path: 'only.this', type: 'number', value: 1 }] },
				});
				const file = await archive(b, id, { path_prefixes: ['only.'] });
				const { body } = await merge(id, 'deletions=apply', file);
				t.strictSame(counts(body), { ...none, new_items: 1 }, { received: body });
				t.ok(await read(a, id, kind));
			});

			t.test(
				'without a base: the same uuid and another content is a conflict, nothing is deleted',
				async (t) => {
					const { body: mine } = await post(`${a.url}/api/projects`, { name: 'Mine' });
					const { body: yours } = await post(`${b.url}/api/projects`, { name: 'Yours' });
					for (const [on, id, index] of [
						[a, mine.project_id, 0],
						[b, yours.project_id, 1],
					] as const) {
						await edit(t, on, id, { upsert: { themes: [{ uuid: BASE, name: 'base' }] } });
						await put1(t, on, id, kind, { ...content, [same]: of(same, index) });
					}
					const file = await archive(b, yours.project_id);
					const at = `${a.url}/api/projects/${mine.project_id}/merge`;
					const { body: plan } = await put(`${at}/analyze`, file, ZIP);
					t.strictSame(plan.base, { revision: null, found_by: 'none' });
					const [item] = plan.conflicted_items;
					t.strictSame([item.case, item.base], ['no_base', null]);
					t.equal(item.recommendation, 'unknown', 'one version, and times within the tolerance');
					const { body } = await put(`${at}?strategy=newest`, file, ZIP);
					t.ok(
						body.warnings.some(({ code }: Content) => code === 'newest_unknown'),
						{ received: body },
					);
					t.strictSame((await read(a, mine.project_id, kind))[same], of(same, 0));
				},
			);
		});
	}

	t.test('members that mean nothing without each other are one field: a number and its unit', async (t) => {
		const id = await shared(t, 'tokens');
		const { content } = KINDS.tokens;
		await put1(t, a, id, 'tokens', { ...content, value: { value: 250, unit: 'ms' } });
		await put1(t, b, id, 'tokens', { ...content, value: { value: 100, unit: 's' } });
		const plan = await analyze(id);
		t.equal(plan.conflicts, 1);
		const pointers = plan.conflicted_items[0].fields.map(({ pointer }: Content) => pointer);
		t.strictSame(pointers, ['/value/unit', '/value/value']);
	});

	t.test('a merge that would break a reference is refused and says which', async (t) => {
		const id = await shared(t, 'tokens');
		await edit(t, a, id, {
			upsert: { tokens: [{ theme: BASE, path: 'uses.it', type: 'duration', value: '{motion.fast}' }] },
		});
		await remove(t, b, id);
		const plan = await analyze(id, 'deletions=apply');
		t.ok(
			plan.warnings.some(({ code }: Content) => code === 'dangling_reference'),
			{ received: plan.warnings },
		);
		const refused = await merge(id, 'deletions=apply');
		assertProblem(t, refused, 400, 'dangling_reference');
		t.match(refused.body.detail, /motion\.fast/);
		t.equal((await merge(id)).status, 200, 'kept, it breaks nothing');
	});

	t.test('a plan that has become stale is refused with the revisions since', async (t) => {
		const id = await shared(t, 'tokens');
		const file = await archive(b, id);
		const plan = await put(`${a.url}/api/projects/${id}/merge/analyze`, file, ZIP);
		await put1(t, a, id, 'tokens', { ...KINDS.tokens.content, folder: 'x' });
		const stale = await put(`${a.url}/api/projects/${id}/merge`, file, ZIP, {
			'if-match': plan.headers.get('etag') ?? '',
		});
		assertProblem(t, stale, 412, 'revision_stale');
		t.strictSame(stale.body.details.since, [4]);
	});

	t.test('forked records go on naming each other', async (t) => {
		const id = await shared(t, 'tokens');
		const link = { theme: BASE, path: 'motion.link', type: 'duration', value: '{motion.fast}' };
		await put1(t, a, id, 'tokens', link, OTHER);
		await put(`${b.url}/api/projects/${id}/merge`, await archive(a, id), ZIP);
		for (const [on, value, text] of [
			[a, 5, 'ours'],
			[b, 6, 'theirs'],
		] as const) {
			await put1(t, on, id, 'tokens', { ...KINDS.tokens.content, value: { value, unit: 's' } });
			await put1(t, on, id, 'tokens', { ...link, description: text }, OTHER);
		}
		t.equal((await merge(id, 'strategy=fork')).body.conflicts, 2);
		const { body } = await send(`${a.url}/api/projects/${id}/tokens?path_prefix=motion.`);
		const fork = body.items.find(({ path }: Content) => path === 'motion.link-imported');
		t.equal(fork.value, '{motion.fast-imported}');
	});

	t.test('conflicts come in pages', async (t) => {
		const id = await shared(t, 'tokens', false);
		const many = (word: string) =>
			Array.from({ length: 25 }, (_, index) => ({
				uuid: `018f3b60-0000-7000-8000-3${index.toString().padStart(11, '0')}`,
				theme: BASE,
				path: `many.${index}`,
				type: 'color',
				value: srgb(0, 0, 0),
				description: word,
			}));
		await edit(t, a, id, { upsert: { tokens: many('base') } });
		await put(`${b.url}/api/projects/${id}/merge`, await archive(a, id), ZIP);
		await edit(t, a, id, { upsert: { tokens: many('ours') } });
		await edit(t, b, id, { upsert: { tokens: many('theirs') } });
		const seen = new Set<string>();
		let cursor: string | null = null;
		do {
			const plan = await analyze(id, `limit=10${cursor === null ? '' : `&cursor=${cursor}`}`);
			t.equal(plan.conflicts, 25);
			for (const { uuid } of plan.conflicted_items) seen.add(uuid);
			cursor = plan.next_cursor;
		} while (cursor !== null);
		t.equal(seen.size, 25);
	});
});
