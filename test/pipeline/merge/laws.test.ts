/** Laws of merging, over random edits on instances that exchange archives. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Test, test } from 'tap';
import type { Strategy } from '../../../schemas/merges.ts';
import type { JsonObject } from '../../../src/records/json.ts';
import { Instance } from '../../support/instance.ts';
import { assertHolds } from '../../support/property.ts';

const RUNS = Number(process.env['DSS_PROPERTY_RUNS'] ?? 25);
const SEED = Number(process.env['DSS_PROPERTY_SEED'] ?? 42);
const YEAR_MS = 31_557_600_000;
const THEME = '018f3b60-0000-7000-8000-000000000001';
const token = (index: number) => `018f3b60-0000-7000-8000-1${index.toString().padStart(11, '0')}`;
const component = (index: number) => `018f3b60-0000-7000-8000-2${index.toString().padStart(11, '0')}`;
const SHARED = 6;

/** One edit; `made` is of a path that others may make too. */
type Edit =
	| { op: 'field'; index: number; field: 'value' | 'description' | 'folder'; to: number }
	| { op: 'tag'; index: number; tag: string }
	| { op: 'delete'; index: number }
	| { op: 'make'; path: number; value: number }
	| { op: 'component'; index: number; status: number };

const index = fc.integer({ min: 0, max: SHARED - 1 });
const small = fc.integer({ min: 0, max: 4 });
const edit: fc.Arbitrary<Edit> = fc.oneof(
	{
		weight: 5,
		arbitrary: fc.record({
			op: fc.constant('field' as const),
			index,
			field: fc.constantFrom('value' as const, 'description' as const, 'folder' as const),
			to: small,
		}),
	},
	{
		weight: 2,
		arbitrary: fc.record({
			op: fc.constant('tag' as const),
			index,
			tag: fc.constantFrom('a', 'b', 'c', 'd'),
		}),
	},
	{ weight: 1, arbitrary: fc.record({ op: fc.constant('delete' as const), index }) },
	{ weight: 2, arbitrary: fc.record({ op: fc.constant('make' as const), path: small, value: small }) },
	{ weight: 1, arbitrary: fc.record({ op: fc.constant('component' as const), index: small, status: small }) },
);
const script = fc.array(edit, { maxLength: 5 });
const scripts = (instances: number) => fc.tuple(...Array.from({ length: instances }, () => script));
const deciding = fc.constantFrom<Strategy>('keep_local', 'keep_imported', 'newest', 'fork');

async function play(instance: Instance, project: string, edits: readonly Edit[]): Promise<void> {
	for (const one of edits) {
		const held = await instance.contents(project);
		const existing = 'index' in one ? held.get(token(one.index)) : undefined;
		const uuid = 'index' in one ? token(one.index) : '';
		if (one.op === 'component') {
			const before = held.get(component(one.index)) ?? { name: `Component ${one.index}` };
			await instance.edit(project, {
				components: [{ ...before, uuid: component(one.index), status: `s${one.status}` }],
			});
		} else if (one.op === 'make') {
			const path = `made.${one.path}`;
			const known = [...held].find(([, content]) => content['path'] === path);
			const record = { theme: THEME, path, type: 'number', value: one.value };
			await instance.edit(project, { tokens: [known ? { ...record, uuid: known[0] } : record] });
		} else if (existing !== undefined && one.op === 'delete') {
			await instance.edit(project, {}, [uuid]);
		} else if (existing !== undefined && one.op === 'tag') {
			const tags = Array.isArray(existing['tags']) ? existing['tags'] : [];
			const toggled = tags.includes(one.tag) ? tags.filter((tag) => tag !== one.tag) : [...tags, one.tag];
			await instance.edit(project, { tokens: [{ ...existing, uuid, tags: toggled }] });
		} else if (existing !== undefined && one.op === 'field') {
			const to = one.field === 'value' ? one.to : `${one.field} ${one.to}`;
			await instance.edit(project, { tokens: [{ ...existing, uuid, [one.field]: to }] });
		}
	}
}

/** Instances that all hold one project, known to each other. */
async function withInstances(
	count: number,
	run: (instances: Instance[], project: string) => Promise<void>,
): Promise<void> {
	const instances = await Promise.all(Array.from({ length: count }, () => Instance.make()));
	try {
		const [first, ...others] = instances as [Instance, ...Instance[]];
		const { projectUuid } = await first.create('Shared');
		await first.edit(projectUuid, {
			themes: [{ uuid: THEME, name: 'base' }],
			tokens: Array.from(
				{ length: SHARED },
				(_, at): JsonObject => ({
					uuid: token(at),
					theme: THEME,
					path: `shared.${at}`,
					type: 'number',
					value: 100 + at,
					tags: ['z'],
				}),
			),
		});
		const archive = await first.export(projectUuid);
		for (const other of others) await other.import(archive);
		await run(instances, projectUuid);
	} finally {
		for (const instance of instances) await instance[Symbol.asyncDispose]();
	}
}

async function assertSame(instances: readonly Instance[], project: string, when: string): Promise<void> {
	const [first, ...others] = await Promise.all(instances.map((instance) => instance.contents(project)));
	for (const other of others) assert.deepEqual(other, first, when);
}

const hold = <T>(t: Test, arbitrary: fc.Arbitrary<T>, check: (given: T) => Promise<void>) =>
	assertHolds(t, fc.asyncProperty(arbitrary, check), { numRuns: RUNS, seed: SEED });

for (const count of [2, 3]) {
	test(`${count} instances: one takes in all, the others take in that one, and all hold the same`, async (t) =>
		hold(
			t,
			fc.tuple(scripts(count), scripts(count), deciding, deciding),
			([before, after, strategy, gossip]) =>
				withInstances(count, async (instances, project) => {
					const [hub, ...others] = instances as [Instance, ...Instance[]];
					// An exchange in the middle, so that bases are not all the beginning.
					for (const [at, instance] of instances.entries()) await play(instance, project, before[at] ?? []);
					for (const other of others) await hub.merge(project, await other.export(project), gossip);
					if (others[0]) await others[0].merge(project, await hub.export(project), gossip);
					for (const [at, instance] of instances.entries()) await play(instance, project, after[at] ?? []);
					for (const other of others) await hub.merge(project, await other.export(project), strategy);
					const archive = await hub.export(project);
					for (const other of others) {
						const { counts } = await other.merge(project, archive, 'manual');
						assert.equal(counts.conflicts, 0, 'the second round meets no conflict');
					}
					await assertSame(instances, project, 'after the second round');
				}),
		));
}

test('two instances that merge each other crosswise by newest hold the same', async (t) =>
	hold(t, scripts(2), (edits) =>
		withInstances(2, async (instances, project) => {
			const [a, b] = instances as [Instance, Instance];
			await play(a, project, edits[0] ?? []);
			await play(b, project, edits[1] ?? []);
			const [ofA, ofB] = [await a.export(project), await b.export(project)];
			await a.merge(project, ofB, 'newest');
			await b.merge(project, ofA, 'newest');
			await assertSame(instances, project, 'crosswise');
		}),
	));

test('three instances that have merged each other crosswise come together over one of them', async (t) =>
	hold(t, fc.tuple(scripts(3), deciding), ([edits, strategy]) =>
		withInstances(3, async (instances, project) => {
			const [hub, ...others] = instances as [Instance, ...Instance[]];
			for (const [at, instance] of instances.entries()) await play(instance, project, edits[at] ?? []);
			const archives = await Promise.all(instances.map((instance) => instance.export(project)));
			for (const [at, instance] of instances.entries()) {
				for (const [of, archive] of archives.entries()) {
					if (of !== at) await instance.merge(project, archive, strategy);
				}
			}
			for (const other of others) await hub.merge(project, await other.export(project), 'newest');
			const archive = await hub.export(project);
			for (const other of others) {
				const { counts } = await other.merge(project, archive, 'manual');
				assert.equal(counts.conflicts, 0);
			}
			await assertSame(instances, project, 'after the second round');
		}),
	));

test('nothing is lost: every field that one side alone has changed is in the result', async (t) =>
	hold(
		t,
		fc.tuple(scripts(2), fc.constantFrom<Strategy>('keep_local', 'keep_imported', 'newest')),
		([edits, strategy]) =>
			withInstances(2, async (instances, project) => {
				const [a, b] = instances as [Instance, Instance];
				const base = await a.contents(project);
				await play(a, project, edits[0] ?? []);
				await play(b, project, edits[1] ?? []);
				const [ours, theirs] = [await a.contents(project), await b.contents(project)];
				const archive = await b.export(project);
				const { items } = await a.analyze(project, archive);
				assert.equal(new Set(items.map(({ uuid }) => uuid)).size, items.length, 'each conflict once');
				await a.merge(project, archive, strategy);
				const result = await a.contents(project);
				const inConflict = new Map(
					items.map((item) => [item.uuid, item.fields.map(({ pointer }) => pointer)]),
				);
				for (const uuid of base.keys()) {
					const [b0, l, i, r] = [base, ours, theirs, result].map((side) => side.get(uuid));
					if (inConflict.has(uuid) && (!l || !i)) continue;
					for (const field of ['value', 'description', 'folder', 'status']) {
						const [was, here, there, now] = [b0, l, i, r].map((side) => JSON.stringify(side?.[field]));
						const contested = inConflict.get(uuid)?.includes(`/${field}`) ?? false;
						if (here !== was && there !== was && here !== there)
							assert.ok(contested, `${uuid} ${field} is a conflict`);
						else if (here !== was) assert.equal(now, here, `ours: ${uuid} ${field}`);
						else if (there !== was) assert.equal(now, there, `theirs: ${uuid} ${field}`);
					}
				}
				for (const [uuid, content] of [...ours, ...theirs]) {
					if (base.has(uuid)) continue;
					const made = [...result.values()].some(
						(one) => one['path'] === content['path'] && one['name'] === content['name'],
					);
					assert.ok(made, `what was made is there: ${JSON.stringify(content)}`);
				}
			}),
	));

test('the same archive again changes nothing and makes no revision, whatever was done since', async (t) =>
	hold(t, fc.tuple(scripts(2), script, deciding, deciding), ([edits, since, strategy, again]) =>
		withInstances(2, async (instances, project) => {
			const [a, b] = instances as [Instance, Instance];
			await play(a, project, edits[0] ?? []);
			await play(b, project, edits[1] ?? []);
			const archive = await b.export(project);
			await a.merge(project, archive, strategy);
			await play(a, project, since);
			const [before, head] = [await a.contents(project), await a.head(project)];
			const { counts } = await a.merge(project, archive, again);
			assert.equal(counts.conflicts, 0);
			assert.equal(await a.head(project), head);
			assert.deepEqual(await a.contents(project), before);
		}),
	));

test('clocks wrong by up to a year change no result', async (t) =>
	hold(
		t,
		fc.tuple(
			scripts(2),
			deciding,
			fc.integer({ min: -YEAR_MS, max: YEAR_MS }),
			fc.integer({ min: -YEAR_MS, max: YEAR_MS }),
		),
		async ([edits, strategy, ofA, ofB]) => {
			const outcomes: unknown[] = [];
			for (const [offsetA, offsetB] of [
				[0, 0],
				[ofA, ofB],
			] as const) {
				await withInstances(2, async (instances, project) => {
					const [a, b] = instances as [Instance, Instance];
					a.clockOffsetMs = offsetA;
					b.clockOffsetMs = offsetB;
					// What is made gets a random uuid: the two worlds would differ by it.
					const known = edits.map((side) => side.filter(({ op }) => op !== 'make'));
					await play(a, project, known[0] ?? []);
					await play(b, project, known[1] ?? []);
					const { counts } = await a.merge(project, await b.export(project), strategy);
					// A fork's uuid is of the project's, which is another in each world.
					const forkless = [...(await a.contents(project))]
						.map(([uuid, content]) => JSON.stringify(uuid[14] === '5' ? content : [uuid, content]))
						.sort();
					outcomes.push([counts, forkless]);
				});
			}
			assert.deepEqual(outcomes[1], outcomes[0]);
		},
	));
