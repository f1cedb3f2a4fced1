/** What every adapter of the Store port must hold. Another adapter runs this suite with its own `open`. */
import { type Test, test } from 'tap';
import type { Scope, StagedRecord } from '../../src/records/staged-record.ts';
import type { Comparison, Filling, Sides, Staging } from '../../src/staging/port.ts';
import type {
	NextRevision,
	ProjectPosition,
	Reader,
	RecordFilter,
	Revision,
	RevisionListAsk,
	Store,
} from '../../src/store/port.ts';
import { PROJECT, THEME, token, uuidOf } from '../support/records.ts';

/** A store and a staging as one thread has them. */
export interface Worker {
	readonly store: Store;
	readonly staging: Staging;
}

export interface OpenStore {
	/** @param maxPageBytes how much a page may hold; as the adapter has it unless given */
	reader(maxPageBytes?: number): Reader;
	/** A worker as another thread would have it. */
	worker(): Worker;
}

export const next = (name: string, cause: NextRevision['cause'] = 'import'): NextRevision => ({
	cause,
	message: null,
	author: null,
	at: '2026-01-01T00:00:00.000Z',
	properties: { name, description: null, metadata: null, createdAt: 'then', updatedAt: 'then' },
	lamport: 1,
	sync: {},
	origin: null,
	faultyReferences: false,
});

const onward = async () => undefined;

/** Stages records. */
export function fill({ staging }: Worker, records: readonly StagedRecord[]): Filling {
	const filling = staging.begin();
	filling.add(records);
	return filling;
}

/** Stages records as the whole of a project's next state, and compares them with head. */
export async function compared(worker: Worker, records: readonly StagedRecord[]): Promise<Comparison> {
	const { store, staging } = worker;
	const set = fill(worker, records).index();
	const head = await store.revision(PROJECT);
	const at = head && { projectUuid: PROJECT, revision: head.number };
	return set.compare(at && (await store.layOut(staging, 'here', at)));
}

/** Writes records as a project's next revision. */
export async function write(
	worker: Worker,
	records: readonly StagedRecord[],
	title = 'Test',
): Promise<Revision> {
	const lease = await worker.store.lease(PROJECT, 'someone');
	const comparison = await compared(worker, records);
	return worker.store.write(lease, comparison, next(title), onward);
}

async function linesAt(reader: Reader, revision: number): Promise<unknown[]> {
	const ask = {
		projectUuid: PROJECT,
		kind: 'tokens',
		revision,
		after: null,
		filter: {},
		total: null,
	} as const;
	const page = await reader.records({ ...ask, limit: 1000 });
	return page.items.map((line) => JSON.parse(line).value);
}

/** The two sides of a merge with revision `here`, of one that has seen revision `base`. */
async function sidesOf(
	{ store, staging }: Worker,
	at: { here: number; base: number | null; seen: number },
): Promise<Sides> {
	const base = at.base === null ? null : { projectUuid: PROJECT, revision: at.base };
	return {
		here: await store.layOut(staging, 'here', { projectUuid: PROJECT, revision: at.here }),
		base: await store.layOut(staging, 'base', base),
		declined: await store.layOutDeclined(staging, PROJECT),
		overlay: false,
		seen: at.seen,
		scope: { of: 'project' },
		deletions: 'apply',
	};
}

export function storeContract(name: string, open: (t: Test) => OpenStore): void {
	test(`the Store port: ${name}`, async (suite) => {
		suite.test('the instance is one uuid, always the same', async (t) => {
			const store = open(t);
			const instance = await store.reader().instance();
			t.match(instance, /^[0-9a-f-]{36}$/);
			t.equal(await store.worker().store.instance(), instance);
		});

		suite.test('a revision holds what was staged; older ones stay as they were', async (t) => {
			const opened = open(t);
			const [reader, worker] = [opened.reader(), opened.worker()];
			t.equal(await reader.revision(PROJECT), null);
			const first = await write(worker, [token(1, 'a'), token(2, 'b'), token(3, 'c')]);
			t.strictSame([first.number, first.added, first.counts.tokens], [1, 3, 3]);
			const second = await write(worker, [token(1, 'a'), token(2, 'B', { version: 2 }), token(4, 'd')]);
			t.strictSame(
				[second.number, second.added, second.changed, second.removed, second.counts.tokens],
				[2, 1, 1, 1, 3],
			);
			t.strictSame(await linesAt(reader, 1), ['a', 'b', 'c']);
			t.strictSame(await linesAt(reader, 2), ['a', 'B', 'd']);
			t.strictSame(await reader.revision(PROJECT), second);
			t.strictSame(await reader.revision(PROJECT, 1), first);
			const { items, total } = await reader.revisions({ projectUuid: PROJECT, after: null, limit: 1 });
			t.strictSame([items, total], [[second], 2]);
		});

		suite.test('a revision keeps whether it stands with faulty references', async (t) => {
			const opened = open(t);
			const [reader, { store }] = [opened.reader(), opened.worker()];
			for (const [index, faultyReferences] of [true, false, null].entries()) {
				const lease = await store.lease(PROJECT, 'someone');
				const written = await store.writeProperties(lease, { ...next('Test'), faultyReferences });
				t.equal(written.faultyReferences, faultyReferences);
				t.equal((await reader.revision(PROJECT, index + 1))?.faultyReferences, faultyReferences);
			}
		});

		suite.test('nobody sees a write before its end, and one that stops leaves nothing', async (t) => {
			const opened = open(t);
			const [reader, worker] = [opened.reader(), opened.worker()];
			await write(worker, [token(1, 'a')]);
			const before = await reader.revision(PROJECT);
			const lease = await worker.store.lease(PROJECT, 'stopped');
			const many = Array.from({ length: 5000 }, (_, index) => token(index, 'new', { version: 2 }));
			const comparison = await compared(worker, many);
			const stop = new Error('stop');
			let batches = 0;
			const stopped = worker.store.write(lease, comparison, next('Stopped'), async () => {
				t.strictSame(await linesAt(reader, 1), ['a']);
				t.strictSame(await reader.revision(PROJECT), before);
				if (++batches === 2) throw stop;
			});
			await t.rejects(stopped, stop);
			await lease.release();
			t.strictSame(await reader.revision(PROJECT), before);
			t.strictSame(await linesAt(reader, 1), ['a']);
			const after = await write(worker, [token(1, 'a'), token(2, 'b')]);
			t.strictSame([after.number, after.added, after.changed, after.removed], [2, 1, 0, 0]);
		});

		suite.test('a first write that stops leaves no project, swept in batches', async (t) => {
			const opened = open(t);
			const [reader, worker] = [opened.reader(), opened.worker()];
			const lease = await worker.store.lease(PROJECT, 'stopped');
			const many = Array.from({ length: 5000 }, (_, index) => token(index, 'new'));
			const comparison = await compared(worker, many);
			await t.rejects(
				worker.store.write(lease, comparison, next('Stopped'), async (done) => {
					if (done > 4000) throw new Error('stop');
				}),
			);
			const releasing = lease.release();
			// The project stays leased while it is swept, and other writers come in between.
			const other = opened.worker().store;
			await t.rejects(other.lease(PROJECT, 'other'), { code: 'project_busy' });
			await (await other.lease(uuidOf(9), 'other')).release();
			await releasing;
			t.equal((await write(worker, [token(1, 'a')])).number, 1);
			t.strictSame(await linesAt(reader, 1), ['a']);
		});

		suite.test('a project that was never finished is not there', async (t) => {
			const opened = open(t);
			const [reader, worker] = [opened.reader(), opened.worker()];
			const lease = await worker.store.lease(PROJECT, 'stopped');
			const comparison = await compared(worker, [token(1, 'a')]);
			await t.rejects(
				worker.store.write(lease, comparison, next('Stopped'), () => Promise.reject(new Error('stop'))),
			);
			t.equal(await reader.revision(PROJECT), null);
			t.equal((await reader.projects({ after: null, limit: 10 })).total, 0);
			t.equal(await opened.worker().store.recover(), 1);
			t.equal((await write(worker, [token(1, 'a')])).number, 1);
		});

		suite.test('a start removes what a dead process wrote beyond head', async (t) => {
			const opened = open(t);
			const [reader, worker] = [opened.reader(), opened.worker()];
			await write(worker, [token(1, 'a'), token(2, 'b')]);
			const lease = await worker.store.lease(PROJECT, 'dead');
			const comparison = await compared(worker, [token(1, 'A'), token(3, 'c')]);
			await t.rejects(
				worker.store.write(lease, comparison, next('Dead'), () => Promise.reject(new Error('dead'))),
			);
			t.equal(await opened.worker().store.recover(), 1);
			t.strictSame(await linesAt(reader, 1), ['a', 'b']);
			const after = await write(worker, [token(1, 'a'), token(2, 'b'), token(3, 'c')]);
			t.strictSame([after.number, after.added, after.changed, after.removed], [2, 1, 0, 0]);
		});

		suite.test('one writes a project at a time, and gives back only what is its own', async (t) => {
			const opened = open(t);
			const [one, other] = [opened.worker().store, opened.worker().store];
			const ours = await one.lease(PROJECT, 'one');
			await t.rejects(other.lease(PROJECT, 'other'), { code: 'project_busy' });
			await t.rejects(other.assertFree(PROJECT), { code: 'project_busy' });
			await other.releaseAll('other');
			await t.rejects(other.lease(PROJECT, 'other'), { code: 'project_busy' });
			await ours.release();
			await other.assertFree(PROJECT);
			const theirs = await other.lease(PROJECT, 'other');
			await ours.release();
			await t.rejects(one.lease(PROJECT, 'one'), { code: 'project_busy' }, 'released once, not twice');
			await one.releaseAll('other');
			await one.lease(PROJECT, 'one');
			await theirs.release();
			await t.rejects(other.lease(PROJECT, 'other'), { code: 'project_busy' });
		});

		suite.test('carrying over keeps what is outside a scope', async (t) => {
			const worker = open(t).worker();
			await write(worker, [token(1, 'a'), token(2, 'b'), token(3, 'c')]);
			const changes = async (scope: Scope, records: StagedRecord[]) => {
				const filling = fill(worker, records);
				const at = { projectUuid: PROJECT, revision: 1 };
				const here = await worker.store.layOut(worker.staging, 'here', at);
				filling.carryOver(here, scope);
				const { added, changed, removed } = filling.index().compare(here).difference;
				return [added.tokens, changed.tokens, removed.tokens];
			};
			t.strictSame(await changes({ of: 'project' }, [token(1, 'A')]), [0, 1, 2]);
			t.strictSame(await changes({ of: 'themes', themes: [THEME] }, [token(1, 'A')]), [0, 1, 2]);
			t.strictSame(await changes({ of: 'themes', themes: ['another'] }, [token(4, 'd')]), [1, 0, 0]);
			t.strictSame(await changes({ of: 'records', remove: [uuidOf(2)] }, [token(1, 'A')]), [0, 1, 1]);
		});

		suite.test('what a write would throw away of what a base does not hold is counted', async (t) => {
			const worker = open(t).worker();
			const { store, staging } = worker;
			await write(worker, [token(1, 'a'), token(2, 'b'), token(3, 'c')]);
			await write(worker, [token(1, 'mine'), token(2, 'b')]);
			const comparison = await compared(worker, [token(1, 'a'), token(2, 'theirs'), token(3, 'c')]);
			const lost = async (base: number | null) =>
				comparison.countUnseen(
					await store.layOut(
						staging,
						'base',
						base === null ? null : { projectUuid: PROJECT, revision: base },
					),
				);
			t.equal(await lost(1), 2, 'a change and a removal made here');
			t.equal(await lost(2), 0);
			t.equal(await lost(null), 2, 'without a base everything here is unseen');
		});

		suite.test('themes that lose more than half of their tokens are found', async (t) => {
			const worker = open(t).worker();
			await write(worker, [token(1, 'a'), token(2, 'b'), token(3, 'c'), token(4, 'd')]);
			const losses = async (records: StagedRecord[]) => (await compared(worker, records)).largeLosses();
			t.strictSame(await losses([token(1, 'A')]), [{ uuid: THEME, removed: 3, of: 4, name: '' }]);
			t.strictSame(await losses([token(1, 'a'), token(2, 'b')]), [], 'half is not more than half');
			t.strictSame(await losses([token(5, 'e'), ...[1, 2, 3, 4].map((index) => token(index, 'x'))]), []);
		});

		suite.test('a comparison with another revision than head is not written', async (t) => {
			const worker = open(t).worker();
			const { store, staging } = worker;
			await write(worker, [token(1, 'a')]);
			await write(worker, [token(1, 'b')]);
			const set = fill(worker, [token(1, 'c')]).index();
			const older = await store.layOut(staging, 'here', { projectUuid: PROJECT, revision: 1 });
			const lease = await store.lease(PROJECT, 'someone');
			await t.rejects(store.write(lease, set.compare(older), next('Test'), onward), /revision 1/);
		});

		suite.test('records are paged by uuid and filtered; a total is counted once', async (t) => {
			const opened = open(t);
			const reader = opened.reader();
			const records = Array.from({ length: 25 }, (_, index) => token(index, String(index)));
			await write(opened.worker(), records);
			const ask = { projectUuid: PROJECT, kind: 'tokens' as const, revision: 1, limit: 10 };
			const first = await reader.records({ ...ask, after: null, filter: { tag: ['tag1'] }, total: null });
			t.strictSame([first.items.length, first.total, first.next], [10, 12, uuidOf(19)]);
			const { next: after, total } = first;
			const second = await reader.records({ ...ask, after, filter: { tag: ['tag1'] }, total });
			t.strictSame([second.items.length, second.total, second.next], [2, 12, null]);
			const prefixed = { pathPrefix: ['token2'], theme: [THEME], type: ['number'] };
			t.equal((await reader.records({ ...ask, after: null, filter: prefixed, total: null })).total, 6);
			t.not(await reader.record({ ...ask, uuid: uuidOf(3) }), null);
			t.equal(await reader.record({ ...ask, uuid: uuidOf(99) }), null);
		});

		suite.test('the key of cursors is one, whoever reads it', async (t) => {
			const store = open(t);
			const key = await store.reader().cursorKey();
			t.equal(key.length, 32);
			t.ok(Buffer.from(key).equals(await store.reader().cursorKey()));
			t.notOk(Buffer.from(key).equals(await open(t).reader().cursorKey()), 'another folder has its own');
		});

		suite.test('projects are sorted either way, and equal ones by uuid, page by page', async (t) => {
			const opened = open(t);
			const { store } = opened.worker();
			const at = (second: string) => `2026-01-01T00:00:0${second}Z`;
			for (const [index, name, created, updated] of [
				[3, 'b', '2', '5'],
				[1, 'B', '1', '5.5'],
				[2, 'a', '3', '5'],
				[4, 'c', '0', '1.25'],
			] as const) {
				const { properties, ...rest } = next(name, 'create');
				const times = { createdAt: at(created), updatedAt: at(updated) };
				const lease = await store.lease(uuidOf(index), 'someone');
				await store.writeProperties(lease, { ...rest, properties: { ...properties, ...times } });
			}
			const reader = opened.reader();
			const order = async (by: 'arrival' | 'name' | 'created_at' | 'updated_at', descending: boolean) => {
				const found: string[] = [];
				for (let after: ProjectPosition | null = null, more = true; more; ) {
					const page = await reader.projects({ sort: { by, descending }, after, limit: 1, total: 4 });
					found.push(...page.items.map(({ projectUuid }) => projectUuid));
					after = page.next;
					more = after !== null;
				}
				return found.map((uuid) => [1, 2, 3, 4].find((index) => uuidOf(index) === uuid)).join('');
			};
			t.strictSame([await order('arrival', false), await order('arrival', true)], ['3124', '4213']);
			t.strictSame([await order('name', false), await order('name', true)], ['2134', '4312']);
			t.strictSame([await order('created_at', false), await order('created_at', true)], ['4132', '2314']);
			t.strictSame([await order('updated_at', false), await order('updated_at', true)], ['4231', '1324']);
			const sort = { by: 'name', descending: false } as const;
			const found = await reader.projects({ sort, query: 'B', after: null, limit: 1 });
			t.strictSame([found.items[0]?.projectUuid, found.total], [uuidOf(1), 2]);
		});

		suite.test('revisions come newest or oldest first, by their causes', async (t) => {
			const opened = open(t);
			const { store } = opened.worker();
			for (const cause of ['create', 'edit', 'import', 'edit', 'revert'] as const)
				await store.writeProperties(await store.lease(PROJECT, 'someone'), next('Test', cause));
			const reader = opened.reader();
			const pages = async (ask: Partial<RevisionListAsk>) => {
				const found: number[][] = [];
				for (let after: number | null = null, more = true; more; ) {
					const page = await reader.revisions({ projectUuid: PROJECT, after, limit: 2, ...ask });
					found.push(page.items.map(({ number }) => number));
					after = page.next;
					more = after !== null;
				}
				return found;
			};
			t.strictSame(await pages({}), [[5, 4], [3, 2], [1]]);
			t.strictSame(await pages({ descending: false }), [[1, 2], [3, 4], [5]]);
			const causes = ['edit', 'revert'] as const;
			t.strictSame(await pages({ causes }), [[5, 4], [2]]);
			t.strictSame(await pages({ causes, descending: false }), [[2, 4], [5]]);
			t.equal((await reader.revisions({ projectUuid: PROJECT, causes, after: null, limit: 1 })).total, 3);
		});

		suite.test('records are sorted either way, and equal ones by uuid, page by page', async (t) => {
			const opened = open(t);
			const named = (index: number, name: string, second: string) => {
				const one = token(index, 'x', { name });
				return {
					...one,
					line: one.line.replace('"updatedAt":"then"', `"updatedAt":"2026-01-01T00:00:0${second}Z"`),
				};
			};
			await write(opened.worker(), [
				named(1, 'b', '1'),
				named(2, 'B', '2'),
				named(3, 'a', '1.5'),
				named(4, 'c', '1'),
			]);
			await write(opened.worker(), [named(5, 'later', '0')]);
			const reader = opened.reader();
			const order = async (by: 'uuid' | 'name' | 'updated_at', descending: boolean) => {
				const found: string[] = [];
				for (let after: string | null = null, more = true; more; ) {
					const at = { projectUuid: PROJECT, kind: 'tokens', revision: 1, filter: {} } as const;
					const page = await reader.records({ ...at, sort: { by, descending }, after, limit: 1, total: 4 });
					found.push(...page.items.map((line) => JSON.parse(line).uuid.at(-1)));
					after = page.next;
					more = after !== null;
				}
				return found.join('');
			};
			t.strictSame([await order('uuid', false), await order('uuid', true)], ['1234', '4321']);
			t.strictSame([await order('name', false), await order('name', true)], ['3124', '4213']);
			t.strictSame([await order('updated_at', false), await order('updated_at', true)], ['1432', '2341']);
		});

		suite.test('a filter takes any of its values; a query any part of a name', async (t) => {
			const opened = open(t);
			const other = '018f3b60-0000-7000-8000-000000000002';
			await write(opened.worker(), [
				token(1, 'x', { name: 'Color.Ärger' }),
				token(2, 'x', { name: 'color.b', theme: other, type: 'color' }),
				token(3, 'x', { name: 'space.c' }),
			]);
			const reader = opened.reader();
			const found = async (filter: RecordFilter) => {
				const at = { projectUuid: PROJECT, kind: 'tokens', revision: 1, after: null, limit: 9 } as const;
				const page = await reader.records({ ...at, filter, total: null });
				t.equal(page.total, page.items.length);
				return page.items.map((line) => JSON.parse(line).uuid.at(-1)).join('');
			};
			t.equal(await found({ theme: [THEME, other] }), '123');
			t.equal(await found({ theme: [other] }), '2');
			t.equal(await found({ theme: [] }), '');
			t.equal(await found({ type: ['number', 'color'], theme: [THEME] }), '13');
			t.equal(await found({ tag: ['tag0', 'none'] }), '2');
			t.equal(await found({ pathPrefix: ['space.', 'Color.'] }), '13');
			t.equal(await found({ query: 'COLOR.' }), '12');
			t.equal(await found({ query: 'ärg' }), '1');
		});

		suite.test('lists of projects and revisions end by the bytes of their metadata too', async (t) => {
			const opened = open(t);
			const worker = opened.worker();
			const metadata = JSON.stringify({ notes: 'x'.repeat(1_000) });
			const properties = { ...next('Wide').properties, metadata };
			const [first, second] = [PROJECT, uuidOf(900)];
			for (const project of [first, first, first, second]) {
				const lease = await worker.store.lease(project, 'someone');
				const head = await worker.store.revision(project);
				const set = fill(worker, []).index();
				const at = head && { projectUuid: project, revision: head.number };
				const comparison = set.compare(at && (await worker.store.layOut(worker.staging, 'here', at)));
				await worker.store.write(lease, comparison, { ...next('Wide'), properties }, onward);
			}
			const reader = opened.reader(3_500);
			const revisions = await reader.revisions({ projectUuid: first, after: null, limit: 100 });
			t.strictSame([revisions.items.map(({ number }) => number), revisions.total], [[3, 2], 3]);
			const rest = await reader.revisions({ projectUuid: first, after: revisions.next, limit: 100 });
			t.strictSame([rest.items.map(({ number }) => number), rest.next], [[1], null]);
			const narrow = opened.reader(2_000);
			const projects = await narrow.projects({ after: null, limit: 100 });
			t.strictSame([projects.items.map(({ projectUuid }) => projectUuid), projects.total], [[first], 2]);
			const last = await narrow.projects({ after: projects.next, limit: 100 });
			t.strictSame([last.items.map(({ projectUuid }) => projectUuid), last.next], [[second], null]);
		});

		suite.test('pages end by their bytes too; one record always fits', async (t) => {
			const opened = open(t);
			const [worker, bytes] = [opened.worker(), 2_500];
			const large = (index: number, letter: string) => token(index, letter.repeat(1_000));
			await write(worker, [large(1, 'a'), large(2, 'b'), large(3, 'c'), token(4, 'd'.repeat(9_000))]);
			await write(worker, [large(1, 'A'), large(2, 'B'), large(3, 'C')]);
			const reader = opened.reader(bytes);
			const ask = { projectUuid: PROJECT, kind: 'tokens' as const, revision: 1, limit: 100, filter: {} };
			const pages: number[] = [];
			for (let after: string | null = null, more = true; more; ) {
				const page = await reader.records({ ...ask, after, total: 4 });
				pages.push(page.items.length);
				after = page.next;
				more = after !== null;
			}
			t.strictSame(pages, [2, 1, 1], 'two of 1.2 kB, and the record of 9 kB by itself');
			const differing: string[][] = [];
			for (
				let after: { kind: 'tokens' | 'themes' | 'components'; uuid: string } | null = null, more = true;
				more;
			) {
				const page = await reader.differences({
					projectUuid: PROJECT,
					from: 1,
					to: 2,
					after,
					limit: 9,
					total: 4,
				});
				differing.push(page.items.map(({ uuid }) => uuid));
				after = page.next;
				more = after !== null;
			}
			t.strictSame(differing, [[uuidOf(1)], [uuidOf(2)], [uuidOf(3)], [uuidOf(4)]], 'both sides count');
		});

		suite.test('projects are found by their names, whatever the case of letters', async (t) => {
			const opened = open(t);
			const { store } = opened.worker();
			for (const [index, name] of ['Ärger', 'ÄRGERLICH', 'Anger', 'A\u0308rger'].entries())
				await store.writeProperties(await store.lease(uuidOf(index), 'someone'), next(name, 'create'));
			const found = async (query?: string) => {
				const page = await opened.reader().projects({ query, after: null, limit: 9 });
				t.equal(page.total, page.items.length);
				return page.items.map(({ properties }) => properties.name);
			};
			t.strictSame(await found('Ärger'), ['Ärger', 'ÄRGERLICH', 'A\u0308rger']);
			t.strictSame(await found('äRG'), ['Ärger', 'ÄRGERLICH', 'A\u0308rger']);
			t.strictSame(await found('anger'), ['Anger']);
			t.equal((await found()).length, 4);
		});

		suite.test('lines come in the order of their uuids, in batches bounded in rows and bytes', async (t) => {
			const worker = open(t).worker();
			const small = Array.from({ length: 4_500 }, (_, index) => token((index * 7919) % 4500, 'x'));
			const large = Array.from({ length: 10 }, (_, index) => token(5_000 + index, 'y'.repeat(900_000)));
			await write(worker, [...small, ...large]);
			const seen: string[] = [];
			const batches: number[] = [];
			const ask = { projectUuid: PROJECT, revision: 1, kind: 'tokens', selection: null } as const;
			for await (const batch of worker.store.lines(ask)) {
				batches.push(batch.reduce((bytes, line) => bytes + line.length, 0));
				seen.push(...batch.map((line) => JSON.parse(line).uuid));
			}
			t.equal(seen.length, 4_510);
			t.strictSame(seen, [...seen].sort());
			t.ok(Math.max(...batches) <= 4_000_000, `the largest batch has ${Math.max(...batches)} bytes`);
		});

		suite.test(
			'a removed project is gone; under its uuid another goes on with the next number',
			async (t) => {
				const opened = open(t);
				const [reader, worker] = [opened.reader(), opened.worker()];
				await write(worker, [token(1, 'a')]);
				await worker.store.remove(await worker.store.lease(PROJECT, 'remover'));
				t.equal(await reader.revision(PROJECT), null);
				t.equal((await write(worker, [token(2, 'b')])).number, 2);
				t.strictSame(await linesAt(reader, 2), ['b']);
				t.equal(await reader.revision(PROJECT, 1), null, 'the revisions before are gone');
				await worker.store.remove(await worker.store.lease(PROJECT, 'remover'));
				t.equal((await write(worker, [token(2, 'b')])).number, 3);
			},
		);

		suite.test('bookkeeping is set for what differs, and for nothing else', async (t) => {
			const opened = open(t);
			const [reader, worker] = [opened.reader(), opened.worker()];
			await write(worker, [token(1, 'a'), token(2, 'b')]);
			const lease = await worker.store.lease(PROJECT, 'someone');
			const records = [token(1, 'a', { version: 9 }), token(2, 'B'), token(3, 'c')];
			const comparison = await compared(worker, records);
			comparison.restamp({ version: 7, at: 'now' });
			await worker.store.write(lease, comparison, next('Test'), onward);
			const ask = { projectUuid: PROJECT, kind: 'tokens', revision: 2, limit: 9 } as const;
			const { items } = await reader.records({ ...ask, after: null, filter: {}, total: null });
			const stamps = items
				.map((line) => JSON.parse(line))
				.map(({ version, createdAt, updatedAt }) => [version, createdAt, updatedAt]);
			t.strictSame(stamps, [
				[1, 'then', 'then'],
				[7, 'then', 'now'],
				[7, 'now', 'now'],
			]);
		});

		suite.test(
			'one-sided changes are settled, others are handed out, and what is declined is remembered',
			async (t) => {
				const opened = open(t);
				const [reader, worker] = [opened.reader(), opened.worker()];
				const at = (...contents: string[]) => contents.map((content, index) => token(index, content));
				await write(worker, at('same', 'theirs', 'ours', 'both', 'deleted'));
				await write(worker, at('same', 'theirs', 'OURS', 'BOTH', 'deleted'));
				const filling = fill(worker, [...at('same', 'THEIRS', 'ours', 'Both'), token(9, 'new')]);
				const cases = filling.compareThreeWay(await sidesOf(worker, { here: 2, base: 1, seen: 1 }));
				t.strictSame(cases.outcomes, { new: 1, updated: 1, kept: 1, deleted: 1, open: 1, arrivals: 1 });
				t.equal(cases.holdsNews(), true);
				const [open_, ...others] = cases.openCases({ after: null, limit: 9, maxBytes: 9_999 });
				t.equal(others.length, 0);
				const value = (line: string | null | undefined) => JSON.parse(line ?? '{}').value;
				t.strictSame([open_?.base, open_?.local, open_?.imported].map(value), ['both', 'BOTH', 'Both']);
				const key = { kind: 'tokens', uuid: uuidOf(3) } as const;
				cases.decide([{ ...key, take: 'local', merged: null, declines: true, forks: false }]);
				const comparison = cases.applyDecisions().index().compare();
				const { added, changed, removed } = comparison.difference;
				t.strictSame([added.tokens, changed.tokens, removed.tokens], [1, 1, 1]);
				const lease = await worker.store.lease(PROJECT, 'merger');
				await worker.store.write(lease, comparison, next('Merged', 'merge'), onward);
				t.strictSame(await linesAt(reader, 3), ['same', 'THEIRS', 'OURS', 'BOTH', 'new']);

				// The same change again, from one who does not know of the decision, is open again.
				const outcomes = async (seen: number) => {
					const again = fill(worker, [...at('same', 'THEIRS', 'OURS', 'Both'), token(9, 'new')]);
					const sides = await sidesOf(worker, { here: 3, base: 3, seen });
					const { updated, open: opened } = again.compareThreeWay(sides).outcomes;
					return [updated, opened];
				};
				t.strictSame(await outcomes(2), [0, 1]);
				t.strictSame(await outcomes(3), [1, 0]);
			},
		);

		suite.test('one record under two uuids is found by its identity, and renamed', async (t) => {
			const worker = open(t).worker();
			await write(worker, [token(5, 'a')]);
			const theirs = token(3, 'a', { name: 'token5' });
			const filling = fill(worker, [theirs]);
			const cases = filling.compareThreeWay(await sidesOf(worker, { here: 1, base: null, seen: 0 }));
			const renamed: string[] = [];
			const rename = ({ uuid }: { uuid: string }) => {
				renamed.push(uuid);
				return { ...theirs, uuid };
			};
			t.equal(cases.pairIdentities('tokens', rename), 1);
			const again = cases.compareAgain();
			t.strictSame(again.outcomes.arrivals, 0);
			again.applyDecisions().renamePairs(rename);
			t.strictSame(renamed, [uuidOf(5), uuidOf(3)], 'the smaller uuid stays');
		});

		suite.test('differences between two revisions come in pages, either way round', async (t) => {
			const opened = open(t);
			const [reader, worker] = [opened.reader(), opened.worker()];
			await write(worker, [token(1, 'a'), token(2, 'b')]);
			await write(worker, [token(2, 'B'), token(3, 'c')]);
			const page = (from: number, to: number, after: { kind: 'tokens'; uuid: string } | null) =>
				reader.differences({ projectUuid: PROJECT, from, to, after, limit: 2, total: null });
			const first = await page(1, 2, null);
			t.equal(first.total, 3);
			t.strictSame(
				first.items.map(({ from, to }) => [from !== null, to !== null]),
				[
					[true, false],
					[true, true],
				],
			);
			const second = await page(1, 2, { kind: 'tokens', uuid: uuidOf(2) });
			t.strictSame([second.items.length, second.next], [1, null]);
			t.equal((await page(2, 1, null)).items[0]?.from, null);
		});

		suite.test(
			'pruning forgets revisions and the rows that only they held; what others have seen stays',
			async (t) => {
				const opened = open(t);
				const [reader, worker] = [opened.reader(), opened.worker()];
				const { store } = worker;
				for (const content of ['a', 'b', 'c', 'd', 'e']) await write(worker, [token(1, content)]);
				const lease = await store.lease(PROJECT, 'pruner');
				await store.noteSeen(lease, 'another', 2);
				await store.noteSeen(lease, 'another', 1);
				t.equal(await store.prune(lease, { revisions: 2, before: null }), 2);
				await lease.release();
				const { items } = await reader.revisions({ projectUuid: PROJECT, after: null, limit: 9 });
				t.strictSame(
					items.map(({ number }) => number),
					[5, 4, 2],
				);
				for (const [revision, content] of [
					[5, 'e'],
					[4, 'd'],
					[2, 'b'],
				] as const)
					t.strictSame(await linesAt(reader, revision), [content]);
				t.strictSame(await linesAt(reader, 3), [], 'its row is gone');
			},
		);
	});
}
