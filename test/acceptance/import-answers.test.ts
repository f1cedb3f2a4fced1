/** What an import answers, what needs consent (REFUSALS 47), and that the analysis foretells both. */
import { type Test, test } from 'tap';
import { archiveOf, buildDss, component, PROJECT, THEME, theme, token } from '../support/dss-builder.ts';
import { type Answer, assertProblem, post, put, send, upload } from '../support/http.ts';
import { ended } from '../support/jobs.ts';
import { type Service, serviceFor } from '../support/service.ts';

const ZIP = 'application/zip';
const OTHER_THEME = '018f3b60-0000-7000-8000-000000000002';
const tokens = (from: number, to: number, more: object = {}) =>
	Array.from({ length: to - from }, (_, index) => token(from + index, more));
/** A later state of the project of `buildDss`, as the instance that made it would export it. */
const later = (records: readonly object[], spec: object = {}) =>
	buildDss({
		tokens: records,
		manifest: (manifest) => ({ ...manifest, origin: { ...(manifest['origin'] as object), revision: 2 } }),
		...spec,
	});
const file = (from: number, to: number) =>
	JSON.stringify(
		Object.fromEntries(
			Array.from({ length: to - from }, (_, index) => [
				`t${from + index}`,
				{ $type: 'number', $value: from + index },
			]),
		),
	);

const importTo = (service: Service, query = '') => `${service.url}/api/projects/import${query}`;
const changesOf = ({ body }: Answer) => [body.changed, body.changes];
const counts = (added: number, changed: number, removed: number, unchanged: number) => ({
	added,
	changed,
	removed,
	unchanged,
});

/** Sends an upload to the analysis and then to the import, and asserts that the first foretold the second. */
async function foretold(t: Test, service: Service, query: string, content: Uint8Array | string) {
	const type = typeof content === 'string' ? 'application/json' : ZIP;
	const plan = await put(importTo(service, `/analyze${query}`), content, type);
	t.equal(plan.status, 200, { received: plan.body });
	const answer = await put(importTo(service, query), content, type);
	const { would_refuse } = plan.body;
	if (answer.status < 300) {
		t.equal(would_refuse, null, { received: would_refuse });
		if (plan.body.changes !== null) t.strictSame(plan.body.changes, answer.body.changes);
	} else {
		const { instance: _instance, ...said } = answer.body;
		const { instance: _other, ...foretold } = would_refuse;
		t.strictSame(foretold, said, 'the analysis shows the very problem');
	}
	return { plan, answer };
}

test('an import answers what it did', async (t) => {
	const service = await serviceFor(t);
	const made = await put(importTo(service), archiveOf(20), ZIP);
	t.strictSame(changesOf(made), [true, counts(21, 0, 0, 0)]);
	const again = await put(importTo(service), archiveOf(20), ZIP);
	t.equal(again.body.revision, 1);
	t.strictSame(changesOf(again), [false, counts(0, 0, 0, 21)]);
	const next = later([...tokens(3, 19), token(19, { value: 0, version: 2 }), token(30)]);
	t.strictSame(changesOf(await put(importTo(service), next, ZIP)), [true, counts(1, 1, 3, 17)]);
	const named = later([...tokens(3, 19), token(19, { value: 0, version: 2 }), token(30)]);
	const renamed = await put(importTo(service, '?name=Renamed'), named, ZIP);
	t.strictSame(changesOf(renamed), [true, counts(0, 0, 0, 19)], 'a name alone makes a revision too');

	const foreign = await put(importTo(service), file(0, 5), 'application/json');
	t.strictSame(changesOf(foreign), [true, counts(6, 0, 0, 0)]);
	const aimed = importTo(service, `?project_id=${foreign.body.project_id}`);
	t.strictSame(changesOf(await put(aimed, file(1, 7), 'application/json')), [true, counts(2, 0, 1, 5)]);
});

test('a job and a merge through the import answer it likewise', async (t) => {
	const service = await serviceFor(t);
	await put(importTo(service), archiveOf(3), ZIP);
	const edit = { upsert: { tokens: [{ theme: THEME, path: 'mine', type: 'number', value: 1 }] } };
	await post(`${service.url}/api/projects/${PROJECT}/changes`, edit);
	const theirs = later([...tokens(0, 2), token(2, { value: 9, version: 2 }), token(3)]);
	const { answer } = await foretold(t, service, '?strategy=merge', theirs);
	t.strictSame(changesOf(answer), [true, counts(1, 1, 0, 4)]);
	const again = await foretold(t, service, '?strategy=merge', theirs);
	t.strictSame(changesOf(again.answer), [false, counts(0, 0, 0, 6)]);
	const queued = await put(importTo(service, '/background?strategy=merge'), theirs, ZIP);
	const job = await ended(service, queued.body.job_id);
	t.match(job, { status: 'succeeded', result: { changed: false, changes: counts(0, 0, 0, 6) } });
});

test('an update that removes a large part of a theme needs consent', async (t) => {
	await t.test('a file of others', async (t) => {
		const service = await serviceFor(t);
		const made = await put(importTo(service), file(0, 30), 'application/json');
		const aim = `?project_id=${made.body.project_id}`;
		const { answer } = await foretold(t, service, aim, file(20, 32));
		assertProblem(t, answer, 409, 'large_removal');
		t.match(answer.body.details, { removed: 20, themes: [{ name: 'default', removed: 20, of: 30 }] });
		t.match(answer.body.detail, /^20 records .*"default".*confirm_removal=true/);
		t.equal((await send(`${service.url}/api/projects/${made.body.project_id}`)).body.revision, 1);

		const half = await foretold(t, service, aim, file(15, 45));
		t.equal(half.answer.status, 200, 'half of a theme needs none');
		const confirmed = await foretold(t, service, `${aim}&confirm_removal=true`, file(44, 46));
		t.strictSame(changesOf(confirmed.answer), [true, counts(1, 0, 29, 2)]);
		const field = { confirm_removal: 'true' };
		t.equal((await upload(importTo(service, aim), file(100, 101), 'a.json', field)).status, 200);
	});

	await t.test('ten records need none, however small the theme is', async (t) => {
		const service = await serviceFor(t);
		await put(importTo(service), archiveOf(11), ZIP);
		const ten = await foretold(t, service, '', later(tokens(10, 11)));
		t.strictSame(changesOf(ten.answer), [true, counts(0, 0, 10, 2)]);
	});

	await t.test('a later state of the project itself, and its theme', async (t) => {
		const service = await serviceFor(t);
		await put(importTo(service), archiveOf(15), ZIP);
		for (const next of [later(tokens(12, 15)), later([], { themes: [] })]) {
			const { answer } = await foretold(t, service, '', next);
			assertProblem(t, answer, 409, 'large_removal');
		}
		const merged = await foretold(t, service, '?strategy=merge&deletions=apply', later(tokens(12, 15)));
		t.equal(merged.answer.status, 200, 'a merge needs no consent');
		t.equal(merged.answer.body.changes.removed, 12);
	});

	await t.test('small parts of large themes, and components, need none', async (t) => {
		const service = await serviceFor(t);
		const components = Array.from({ length: 20 }, (_, index) => component(index));
		const themes = [theme(), theme({ uuid: OTHER_THEME, name: 'other' })];
		const others = tokens(100, 104, { theme: OTHER_THEME });
		await put(
			importTo(service),
			buildDss({ themes, components, tokens: [...tokens(0, 40), ...others] }),
			ZIP,
		);
		const rest = later([...tokens(15, 40), ...others.slice(0, 2)], { themes });
		t.equal((await foretold(t, service, '', rest)).answer.body.changes.removed, 37);
	});

	await t.test('both consents are asked for, one after the other', async (t) => {
		const service = await serviceFor(t);
		await put(importTo(service), archiveOf(30), ZIP);
		const edit = { upsert: { tokens: [{ theme: THEME, path: 'mine', type: 'number', value: 1 }] } };
		await post(`${service.url}/api/projects/${PROJECT}/changes`, edit);
		const next = later(tokens(25, 30));
		const first = await foretold(t, service, '', next);
		assertProblem(t, first.answer, 409, 'local_changes');
		t.equal(first.plan.body.is_valid, true, 'the upload is valid all the same');
		t.equal(first.plan.body.changes.removed, 26);
		const second = await foretold(t, service, '?discard_local_changes=true', next);
		assertProblem(t, second.answer, 409, 'large_removal');
		const both = '?discard_local_changes=true&confirm_removal=true';
		t.equal((await foretold(t, service, both, next)).answer.status, 200);
	});
});

test('the analysis foretells conflicts of a merge, and what is wrong with the upload', async (t) => {
	const service = await serviceFor(t);
	await put(importTo(service), archiveOf(3), ZIP);
	const { uuid, theme: of, path, type } = token(1);
	const edit = { upsert: { tokens: [{ theme: of, uuid, path, type, value: 70 }] } };
	await post(`${service.url}/api/projects/${PROJECT}/changes`, edit);
	const theirs = later([token(0), token(1, { value: 71, version: 2 }), token(2)]);
	const merge = '?strategy=merge';
	const { plan, answer } = await foretold(t, service, merge, theirs);
	assertProblem(t, answer, 409, 'merge_conflicts');
	t.match(plan.body, { is_valid: true, changes: null, errors_total: 0 });
	const resolutions = encodeURIComponent(JSON.stringify({ [uuid]: 'imported' }));
	for (const [query, changed] of [
		[`${merge}&merge_strategy=keep_local`, 0],
		[`${merge}&merge_strategy=keep_imported`, 1],
		[`${merge}&resolutions=${resolutions}`, 1],
	] as const) {
		const foretells = await put(importTo(service, `/analyze${query}`), theirs, ZIP);
		t.match(foretells.body, { would_refuse: null, changes: { changed } }, query);
	}
	const broken = await foretold(t, service, '', later([token(0, { value: '{gone}' })]));
	assertProblem(t, broken.answer, 400, 'dangling_reference');
	t.equal(broken.plan.body.is_valid, false);
	const torn = await foretold(t, service, merge, buildDss({ tokens: ['{'] }));
	t.equal(torn.plan.body.would_refuse.code, 'invalid_json');
	const bad = await put(importTo(service, `/analyze${merge}&resolutions=x`), theirs, ZIP);
	assertProblem(t, bad, 400, 'malformed_request');
});
