/** What every adapter of the Store port must hold. Another adapter runs this suite with its own `open`. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sha256 } from '../../src/json/canonical.ts';
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
	facts: { name, description: null, metadata: null, createdAt: 'then', updatedAt: 'then' },
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
		await workspace.seal();
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
				await workspace.seal();
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
				await workspace.seal();
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
					await workspace.seal();
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
				await workspace.seal();
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
				await workspace.seal();
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
	});
}
