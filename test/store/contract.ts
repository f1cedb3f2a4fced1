/** What every adapter of the Store port must hold. Another adapter runs this suite with its own `open`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sha256 } from '../../src/records/canonical.ts';
import type { NextRevision, Reader, StagedRecord, Workspace } from '../../src/store/port.ts';

export interface OpenStore {
	reader(): Reader;
	/** A workspace as another thread would have it. */
	workspace(): Workspace;
	close(): Promise<void>;
}

const PROJECT = '018f3b60-0000-7000-8000-0000000000ff';
const THEME = '018f3b60-0000-7000-8000-000000000001';
const uuid = (index: number) => `018f3b60-0001-7000-8000-${index.toString(16).padStart(12, '0')}`;

const record = (index: number, content: string, version = 1): StagedRecord => ({
	kind: 'tokens',
	uuid: uuid(index),
	theme: THEME,
	name: `token${index}`,
	group: null,
	order: 0,
	type: 'number',
	version,
	hash: sha256(content),
	line: JSON.stringify({
		createdAt: 'then',
		path: `token${index}`,
		tags: [`tag${index % 2}`],
		updatedAt: 'then',
		uuid: uuid(index),
		value: content,
		version,
	}),
	references: [],
});

const next = (name: string, cause: NextRevision['cause'] = 'import'): NextRevision => ({
	cause,
	message: null,
	author: null,
	at: '2026-01-01T00:00:00.000Z',
	properties: { name, description: null, metadata: null, createdAt: 'then', updatedAt: 'then' },
	lamport: 1,
	sync: {},
	origin: null,
});

const onward = async () => undefined;

export function storeContract(name: string, open: () => Promise<OpenStore>): void {
	const withStore = (run: (store: OpenStore) => Promise<void>) => async () => {
		const store = await open();
		try {
			await run(store);
		} finally {
			await store.close();
		}
	};
	/** Applies records as a project's next revision. */
	const write = async (workspace: Workspace, records: StagedRecord[], holder = 'someone', title = 'Test') => {
		await workspace.clear();
		await workspace.stage(records);
		await workspace.lease(PROJECT, holder);
		await workspace.indexStaged();
		const current = await workspace.revision(PROJECT);
		await workspace.compare({ projectUuid: PROJECT, revision: current?.number ?? null });
		return workspace.apply(PROJECT, next(title), onward);
	};
	const linesAt = async (reader: Reader, revision: number) => {
		const page = await reader.records({
			projectUuid: PROJECT,
			kind: 'tokens',
			revision,
			after: null,
			limit: 1000,
			filter: {},
			total: null,
		});
		return page.items.map((line) => JSON.parse(line).value);
	};

	describe(`the Store port: ${name}`, () => {
		test(
			'the instance is one uuid, always the same',
			withStore(async (store) => {
				const reader = store.reader();
				const workspace = store.workspace();
				const instance = await reader.instance();
				assert.match(instance, /^[0-9a-f-]{36}$/);
				assert.equal(await workspace.instance(), instance);
			}),
		);

		test(
			'a revision holds what was staged; older ones stay as they were',
			withStore(async (store) => {
				const [reader, workspace] = [store.reader(), store.workspace()];
				assert.equal(await reader.revision(PROJECT), null);
				const first = await write(workspace, [record(1, 'a'), record(2, 'b'), record(3, 'c')]);
				assert.deepEqual([first.number, first.added, first.counts.tokens], [1, 3, 3]);
				const second = await write(workspace, [record(1, 'a'), record(2, 'B', 2), record(4, 'd')]);
				assert.deepEqual(
					[second.number, second.added, second.changed, second.removed, second.counts.tokens],
					[2, 1, 1, 1, 3],
				);
				assert.deepEqual(await linesAt(reader, 1), ['a', 'b', 'c']);
				assert.deepEqual(await linesAt(reader, 2), ['a', 'B', 'd']);
				assert.deepEqual(await reader.revision(PROJECT), second);
				assert.deepEqual(await reader.revision(PROJECT, 1), first);
				const { items, total } = await reader.revisions({ projectUuid: PROJECT, after: null, limit: 1 });
				assert.deepEqual([items, total], [[second], 2]);
			}),
		);

		test(
			'a uuid that is staged twice is told, and the first one stays',
			withStore(async (store) => {
				const workspace = store.workspace();
				await workspace.clear();
				const doubled = await workspace.stage([record(1, 'a'), record(1, 'b')]);
				assert.deepEqual(
					doubled.map(({ uuid: id }) => id),
					[uuid(1)],
				);
			}),
		);

		test(
			'nobody sees a write before its end, and one that stops leaves nothing',
			withStore(async (store) => {
				const [reader, workspace] = [store.reader(), store.workspace()];
				await write(workspace, [record(1, 'a')]);
				const before = await reader.revision(PROJECT);
				await workspace.clear();
				await workspace.stage(Array.from({ length: 5000 }, (_, index) => record(index, 'new', 2)));
				await workspace.lease(PROJECT, 'stopped');
				await workspace.indexStaged();
				await workspace.compare({ projectUuid: PROJECT, revision: 1 });
				const stop = new Error('stop');
				const stopped = workspace.apply(PROJECT, next('Stopped'), async () => {
					assert.deepEqual(await linesAt(reader, 1), ['a']);
					assert.deepEqual(await reader.revision(PROJECT), before);
					throw stop;
				});
				await assert.rejects(stopped, stop);
				await workspace.release(PROJECT, 'stopped');
				assert.deepEqual(await reader.revision(PROJECT), before);
				const after = await write(workspace, [record(1, 'a'), record(2, 'b')]);
				assert.deepEqual([after.number, after.added, after.changed, after.removed], [2, 1, 0, 0]);
			}),
		);

		test(
			'a project that was never finished is not there',
			withStore(async (store) => {
				const [reader, workspace] = [store.reader(), store.workspace()];
				await workspace.clear();
				await workspace.stage([record(1, 'a')]);
				await workspace.lease(PROJECT, 'stopped');
				await workspace.indexStaged();
				await workspace.compare({ projectUuid: PROJECT, revision: null });
				await assert.rejects(
					workspace.apply(PROJECT, next('Stopped'), () => Promise.reject(new Error('stop'))),
				);
				assert.equal(await reader.revision(PROJECT), null);
				assert.equal((await reader.projects({ after: null, limit: 10 })).total, 0);
				assert.equal(await store.workspace().recover(), 1);
				assert.equal((await write(workspace, [record(1, 'a')])).number, 1);
			}),
		);

		test(
			'one writes a project at a time, and gives back only what is its own',
			withStore(async (store) => {
				const [one, other] = [store.workspace(), store.workspace()];
				await one.lease(PROJECT, 'one');
				await assert.rejects(other.lease(PROJECT, 'other'), { code: 'project_busy' });
				await other.release(PROJECT, 'other');
				await assert.rejects(other.lease(PROJECT, 'other'), { code: 'project_busy' });
				await one.release(PROJECT, 'one');
				await other.lease(PROJECT, 'other');
				await one.releaseAll('other');
				await one.lease(PROJECT, 'one');
			}),
		);

		test(
			'carrying over keeps what is outside a scope',
			withStore(async (store) => {
				const workspace = store.workspace();
				await write(workspace, [record(1, 'a'), record(2, 'b'), record(3, 'c')]);
				const changes = async (
					scope: Parameters<Workspace['carryOver']>[0]['scope'],
					records: StagedRecord[],
				) => {
					await workspace.clear();
					await workspace.stage(records);
					await workspace.carryOver({ projectUuid: PROJECT, revision: 1, scope });
					await workspace.indexStaged();
					const { added, changed, removed } = await workspace.compare({ projectUuid: PROJECT, revision: 1 });
					return [added.tokens, changed.tokens, removed.tokens];
				};
				assert.deepEqual(await changes({ of: 'project' }, [record(1, 'A')]), [0, 1, 2]);
				assert.deepEqual(await changes({ of: 'themes', themes: [THEME] }, [record(1, 'A')]), [0, 1, 2]);
				assert.deepEqual(await changes({ of: 'themes', themes: ['another'] }, [record(4, 'd')]), [1, 0, 0]);
				assert.deepEqual(await changes({ of: 'records', remove: [uuid(2)] }, [record(1, 'A')]), [0, 1, 1]);
			}),
		);

		test(
			'it counts what a write would throw away of what a base does not hold',
			withStore(async (store) => {
				const workspace = store.workspace();
				await write(workspace, [record(1, 'a'), record(2, 'b'), record(3, 'c')]);
				await write(workspace, [record(1, 'mine'), record(2, 'b')]);
				await workspace.clear();
				await workspace.stage([record(1, 'a'), record(2, 'theirs'), record(3, 'c')]);
				await workspace.indexStaged();
				await workspace.compare({ projectUuid: PROJECT, revision: 2 });
				const lost = (base: number | null) =>
					workspace.countUnseen({ projectUuid: PROJECT, revision: 2, base });
				assert.equal(await lost(1), 2, 'a change and a removal made here');
				assert.equal(await lost(2), 0);
				assert.equal(await lost(null), 2, 'without a base everything here is unseen');
			}),
		);

		test(
			'records are paged by uuid and filtered; a total is counted once',
			withStore(async (store) => {
				const [reader, workspace] = [store.reader(), store.workspace()];
				await write(
					workspace,
					Array.from({ length: 25 }, (_, index) => record(index, String(index))),
				);
				const ask = { projectUuid: PROJECT, kind: 'tokens' as const, revision: 1, limit: 10 };
				const first = await reader.records({ ...ask, after: null, filter: { tag: 'tag1' }, total: null });
				assert.deepEqual([first.items.length, first.total, first.next], [10, 12, uuid(19)]);
				const second = await reader.records({
					...ask,
					after: first.next,
					filter: { tag: 'tag1' },
					total: first.total,
				});
				assert.deepEqual([second.items.length, second.total, second.next], [2, 12, null]);
				const prefixed = await reader.records({
					...ask,
					after: null,
					filter: { pathPrefix: 'token2', theme: THEME, type: 'number' },
					total: null,
				});
				assert.equal(prefixed.total, 6);
				assert.notEqual(await reader.record({ ...ask, uuid: uuid(3) }), null);
				assert.equal(await reader.record({ ...ask, uuid: uuid(99) }), null);
			}),
		);

		test(
			'lines come in the order of their uuids, also in many batches',
			withStore(async (store) => {
				const workspace = store.workspace();
				await write(
					workspace,
					Array.from({ length: 4500 }, (_, index) => record((index * 7919) % 4500, 'x')),
				);
				const seen: string[] = [];
				for await (const batch of workspace.lines({
					projectUuid: PROJECT,
					revision: 1,
					kind: 'tokens',
					selection: null,
				})) {
					seen.push(...batch.map((line) => JSON.parse(line).uuid));
				}
				assert.equal(seen.length, 4500);
				assert.deepEqual(seen, [...seen].sort());
			}),
		);

		test(
			'a removed project is gone, and its uuid is free',
			withStore(async (store) => {
				const [reader, workspace] = [store.reader(), store.workspace()];
				await write(workspace, [record(1, 'a')]);
				await workspace.lease(PROJECT, 'remover');
				await workspace.remove(PROJECT);
				assert.equal(await reader.revision(PROJECT), null);
				assert.equal((await write(workspace, [record(2, 'b')])).number, 1);
				assert.deepEqual(await linesAt(reader, 1), ['b']);
			}),
		);

		test(
			'bookkeeping is set for what differs, and for nothing else',
			withStore(async (store) => {
				const [reader, workspace] = [store.reader(), store.workspace()];
				await write(workspace, [record(1, 'a'), record(2, 'b')]);
				await workspace.clear();
				await workspace.stage([record(1, 'a', 9), record(2, 'B'), record(3, 'c')]);
				await workspace.lease(PROJECT, 'someone');
				await workspace.indexStaged();
				await workspace.compare({ projectUuid: PROJECT, revision: 1 });
				await workspace.restamp({ projectUuid: PROJECT, revision: 1, version: 7, at: 'now' });
				await workspace.apply(PROJECT, next('Test'), onward);
				const { items } = await reader.records({
					projectUuid: PROJECT,
					kind: 'tokens',
					revision: 2,
					after: null,
					limit: 9,
					filter: {},
					total: null,
				});
				const stamps = items
					.map((line) => JSON.parse(line))
					.map(({ version, createdAt, updatedAt }) => [version, createdAt, updatedAt]);
				assert.deepEqual(stamps, [
					[1, 'then', 'then'],
					[7, 'then', 'now'],
					[7, 'now', 'now'],
				]);
			}),
		);

		test(
			'a three-way comparison settles what one side alone has changed, and hands out the rest',
			withStore(async (store) => {
				const [reader, workspace] = [store.reader(), store.workspace()];
				const at = (...contents: string[]) => contents.map((content, index) => record(index, content));
				await write(workspace, at('same', 'theirs', 'ours', 'both', 'deleted'));
				await write(workspace, at('same', 'theirs', 'OURS', 'BOTH', 'deleted'));
				await workspace.clear();
				await workspace.stage([...at('same', 'THEIRS', 'ours', 'Both'), record(9, 'new')]);
				const ask = {
					projectUuid: PROJECT,
					revision: 2,
					base: 1,
					overlay: false,
					seen: 1,
					scope: { of: 'project' },
					deletions: 'apply',
				} as const;
				const counts = await workspace.compareThreeWay(ask);
				assert.deepEqual(counts, { new: 1, updated: 1, kept: 1, deleted: 1, open: 1, arrivals: 1 });
				assert.equal(await workspace.holdsNews(ask), true);
				const [open, ...others] = await workspace.openCases(ask, { after: null, limit: 9 });
				assert.equal(others.length, 0);
				const value = (line: string | null | undefined) => JSON.parse(line ?? '{}').value;
				assert.deepEqual([open?.base, open?.local, open?.imported].map(value), ['both', 'BOTH', 'Both']);
				const decision = {
					kind: 'tokens',
					uuid: uuid(3),
					take: 'local',
					merged: null,
					offered: true,
				} as const;
				await workspace.decide([decision]);
				await workspace.applyDecisions(ask);
				await workspace.indexStaged();
				const { added, changed, removed } = await workspace.compareSettled();
				assert.deepEqual([added.tokens, changed.tokens, removed.tokens], [1, 1, 1]);
				await workspace.lease(PROJECT, 'merger');
				await workspace.apply(PROJECT, next('Merged', 'merge'), onward);
				assert.deepEqual(await linesAt(reader, 3), ['same', 'THEIRS', 'OURS', 'BOTH', 'new']);

				// The same offer again, from one who does not know of the decision, is open again.
				await workspace.clear();
				await workspace.stage([...at('same', 'THEIRS', 'OURS', 'Both'), record(9, 'new')]);
				const again = await workspace.compareThreeWay({ ...ask, revision: 3, base: 3, seen: 2 });
				assert.deepEqual([again.updated, again.open], [0, 1]);
				const known = await workspace.compareThreeWay({ ...ask, revision: 3, base: 3, seen: 3 });
				assert.deepEqual([known.updated, known.open], [1, 0]);
			}),
		);

		test(
			'one record under two uuids is found by its identity, and renamed',
			withStore(async (store) => {
				const workspace = store.workspace();
				await write(workspace, [record(5, 'a')]);
				await workspace.clear();
				await workspace.stage([{ ...record(3, 'a'), name: 'token5' }]);
				const ask = { projectUuid: PROJECT, kind: 'tokens', revision: 1, base: null } as const;
				assert.equal(await workspace.pairIdentities(ask), 1);
				const renamed: string[] = [];
				const rename = (to: { uuid: string }) => {
					renamed.push(to.uuid);
					return { ...record(3, 'a'), name: 'token5', uuid: to.uuid };
				};
				await workspace.renamePaired('ours', rename);
				await workspace.renamePaired('chosen', rename);
				assert.deepEqual(renamed, [uuid(5), uuid(3)], 'the smaller uuid stays');
			}),
		);

		test(
			'differences between two revisions come in pages, either way round',
			withStore(async (store) => {
				const [reader, workspace] = [store.reader(), store.workspace()];
				await write(workspace, [record(1, 'a'), record(2, 'b')]);
				await write(workspace, [record(2, 'B'), record(3, 'c')]);
				const page = async (from: number, to: number, after: { kind: 'tokens'; uuid: string } | null) =>
					reader.differences({ projectUuid: PROJECT, from, to, after, limit: 2, total: null });
				const first = await page(1, 2, null);
				assert.equal(first.total, 3);
				assert.deepEqual(
					first.items.map(({ from, to }) => [from !== null, to !== null]),
					[
						[true, false],
						[true, true],
					],
				);
				const second = await page(1, 2, { kind: 'tokens', uuid: uuid(2) });
				assert.deepEqual([second.items.length, second.next], [1, null]);
				assert.equal((await page(2, 1, null)).items[0]?.from, null);
			}),
		);

		test(
			'pruning forgets revisions and the rows that only they held; what others have seen stays',
			withStore(async (store) => {
				const [reader, workspace] = [store.reader(), store.workspace()];
				for (const content of ['a', 'b', 'c', 'd', 'e']) await write(workspace, [record(1, content)]);
				await workspace.noteSeen(PROJECT, 'another', 2);
				await workspace.noteSeen(PROJECT, 'another', 1);
				await workspace.lease(PROJECT, 'pruner');
				assert.equal(await workspace.prune(PROJECT, { revisions: 2, before: null }), 2);
				await workspace.release(PROJECT, 'pruner');
				const { items } = await reader.revisions({ projectUuid: PROJECT, after: null, limit: 9 });
				assert.deepEqual(
					items.map(({ number }) => number),
					[5, 4, 2],
				);
				for (const [revision, content] of [
					[5, 'e'],
					[4, 'd'],
					[2, 'b'],
				] as const)
					assert.deepEqual(await linesAt(reader, revision), [content]);
				assert.deepEqual(await linesAt(reader, 3), [], 'its row is gone');
			}),
		);
	});
}
