/**
 * Every door takes whatever comes: an answer of 5xx, one that does not come, a project that a refusal has changed, and
 * an export that is not accepted again are what these properties look for.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { v7 } from 'uuid';
import { AT, buildDss, component, THEME, theme, token } from '../support/dss-builder.ts';
import { type Answer, allRecords, put, send } from '../support/http.ts';
import { mutate, mutation } from './mutations.ts';
import { hostileText, mostly, nameText, objectText, tokensFile, wordText } from './texts.ts';

/** Longer than any answer to so small a request takes, however busy the machine is. */
const PATIENCE_MS = 60_000;
/** `docs/refusals.md`, "Bounds"; with what stands around the faults. */
const MAX_PROBLEM_BYTES = 66_000;
const KINDS = ['themes', 'tokens', 'components'] as const;

interface Project {
	readonly url: string;
	readonly id: string;
}
/** A request that may write a project. */
type Request = (project: Project) => Promise<Answer>;

const archiveOf = (id: string, more: object = {}) =>
	buildDss({
		themes: [theme()],
		tokens: [token(1, more), token(2, { value: '{token1}' })],
		components: [component(1, { tokens: ['token1'] })],
		project: { uuid: id, name: 'Built', createdAt: AT, updatedAt: AT },
		manifest: (manifest) => ({
			...manifest,
			project: { uuid: id, name: 'Built' },
			...(Object.keys(more).length === 0
				? {}
				: { origin: { instance: v7(), revision: 7, lamport: 7, sync: {} } }),
		}),
	});

/** All that a project holds and says. */
async function stateOf({ url, id }: Project): Promise<string> {
	const { body: project } = await send(`${url}/api/projects/${id}`);
	const records = [];
	for (const kind of KINDS) records.push(await allRecords(url, id, kind));
	return JSON.stringify([project, records]);
}

/** Makes a project, lets a request at it, and holds what must hold whatever the request was. */
async function hold(url: string, request: Request, prepare?: Request): Promise<void> {
	const project = { url, id: v7() };
	const made = await put(`${url}/api/projects/import`, archiveOf(project.id), 'application/zip');
	assert.equal(made.status, 201, JSON.stringify(made.body));
	if (prepare !== undefined) assert.equal((await prepare(project)).status, 200);
	const before = await stateOf(project);
	const { status, headers, body } = await request(project);
	const shown = `${status} ${JSON.stringify(body).slice(0, 1_000)}`;
	assert.ok(status < 500, shown);
	if (status >= 400) {
		assert.equal(headers.get('content-type'), 'application/problem+json; charset=utf-8', shown);
		assert.ok(Buffer.byteLength(JSON.stringify(body)) <= MAX_PROBLEM_BYTES, 'a problem document is bounded');
		assert.equal(await stateOf(project), before, `a refusal changed the project: ${shown}`);
	} else if ((await stateOf(project)) !== before) await assertReenters(project, shown);
	await send(`${url}/api/projects/${project.id}`, { method: 'DELETE' });
}

async function assertReenters({ url, id }: Project, shown: string): Promise<void> {
	const exported = await send(`${url}/api/projects/${id}/export`, { method: 'POST' });
	assert.equal(exported.status, 200, `export after ${shown}: ${JSON.stringify(exported.body)}`);
	const { body } = await put(
		`${url}/api/projects/import/analyze?project_id=new`,
		exported.body,
		'application/zip',
	);
	assert.equal(body.is_valid, true, `export after ${shown}: ${JSON.stringify(body.errors).slice(0, 1_000)}`);
	assert.equal(body.would_refuse, null);
}

/** A request with a JSON text as its body. */
const json = (method: string, path: (id: string) => string, text: string): Request => {
	return ({ url, id }) =>
		send(`${url}${path(id)}`, {
			method,
			body: text,
			headers: { 'content-type': 'application/json' },
			signal: AbortSignal.timeout(PATIENCE_MS),
		});
};

const uuidText = fc.constantFrom(
	...[
		THEME,
		token(1).uuid,
		token(2).uuid,
		component(1).uuid,
		'018f3b60-0000-7000-8000-00000000dead',
		'x',
	].map((uuid) => JSON.stringify(uuid)),
);
/** A member that a record may have, with what it mostly holds. */
const memberText = fc.oneof(
	fc.tuple(fc.constant('uuid'), mostly(uuidText)),
	fc.tuple(fc.constantFrom('description', 'folder', 'category', 'group'), mostly(wordText)),
	fc.tuple(fc.constantFrom('extensions', 'value', 'source', 'deprecated', 'nonconforming'), hostileText),
	fc.tuple(
		fc.constantFrom('tags', 'tokens', 'dependencies', 'props', 'slots', 'events', 'variants'),
		fc.array(fc.oneof(hostileText, uuidText), { maxLength: 3 }).map((texts) => `[${texts.join(',')}]`),
	),
	fc.tuple(nameText, hostileText),
);
const recordText = fc
	.record({
		theme: mostly(uuidText),
		name: mostly(nameText.map((name) => JSON.stringify(name))),
		type: mostly(fc.constantFrom('"number"', '"color"', '"other"')),
		members: fc.array(memberText, { maxLength: 4 }),
	})
	.map(({ theme, name, type, members }) => ({
		tokens: objectText([
			['theme', theme],
			['path', name],
			['type', type],
			...members.filter(([member]) => member !== 'theme' && member !== 'path' && member !== 'type'),
			...(members.some(([member]) => member === 'value') ? [] : [['value', '1'] as const]),
		]),
		themes: objectText([['name', name], ...members]),
		components: objectText([['name', name], ...members]),
	}));
const editText = fc
	.record({
		records: fc.array(fc.tuple(fc.constantFrom(...KINDS), recordText), { minLength: 1, maxLength: 3 }),
		removed: fc.array(uuidText, { maxLength: 2 }),
		others: fc.array(fc.tuple(nameText, hostileText), { maxLength: 1 }),
	})
	.map(({ records, removed, others }) => {
		const upsert = objectText(
			KINDS.map((kind) => [
				kind,
				`[${records
					.filter(([of]) => of === kind)
					.map(([, texts]) => texts[kind])
					.join(',')}]`,
			]),
		);
		const members = [['upsert', upsert] as const, ['delete', `[${removed.join(',')}]`] as const];
		return objectText([...members, ...(others.length > 0 && others[0]?.[0] === 'message' ? others : [])]);
	});

/** Edits of a project. */
export function edits(url: string): fc.IAsyncProperty<unknown> {
	return fc.asyncProperty(mostly(editText), async (text) => {
		await hold(
			url,
			json('POST', (id) => `/api/projects/${id}/changes`, text),
		);
	});
}

/** Names, descriptions and metadata, of a project that is there and of a new one. */
export function metadata(url: string): fc.IAsyncProperty<unknown> {
	const bodies = fc
		.record({ name: mostly(wordText), description: mostly(wordText), metadata: hostileText })
		.map(({ name, description, metadata: text }) => ({
			whole: objectText([
				['name', name],
				['description', description],
				['metadata', objectText([['x', text]])],
			]),
			part: objectText([['metadata', text]]),
		}));
	return fc.asyncProperty(bodies, fc.boolean(), async ({ whole, part }, isPart) => {
		await hold(
			url,
			json('PATCH', (id) => `/api/projects/${id}`, isPart ? part : whole),
		);
		const made = await json('POST', () => '/api/projects', whole)({ url, id: '' });
		assert.ok(made.status < 500, JSON.stringify(made.body));
		if (made.status !== 201) return;
		await assertReenters({ url, id: made.body.project_id }, 'a new project');
		await send(`${url}/api/projects/${made.body.project_id}`, { method: 'DELETE' });
	});
}

/** Resolutions of a merge that has a conflict, and its settings. */
export function resolutions(url: string): fc.IAsyncProperty<unknown> {
	const one = fc.oneof(
		fc.constantFrom('"local"', '"imported"', 'null'),
		recordText.map(({ tokens }) => objectText([['content', tokens]])),
		hostileText.map((text) => objectText([['content', text]])),
		hostileText,
	);
	const all = fc.array(fc.tuple(fc.oneof(fc.constant(token(1).uuid), nameText), one), { maxLength: 3 });
	const text = mostly(all.map(objectText));
	const settings = fc.record({
		strategy: fc.constantFrom('manual', 'newest', 'keep_local', 'keep_imported', 'fork'),
		deletions: fc.constantFrom('keep', 'apply'),
		references: fc.constantFrom('strict', 'warn'),
	});
	// Here the token becomes another than the archive has it.
	const changed = objectText([
		['uuid', JSON.stringify(token(1).uuid)],
		['theme', JSON.stringify(THEME)],
		['path', '"token1"'],
		['type', '"number"'],
		['value', '3'],
	]);
	const edit = json('POST', (id) => `/api/projects/${id}/changes`, `{"upsert":{"tokens":[${changed}]}}`);
	return fc.asyncProperty(text, settings, async (given, query) => {
		const merge: Request = ({ id }) => {
			const form = new FormData();
			form.append('resolutions', given);
			const archive = new Uint8Array(archiveOf(id, { value: 5, version: 5 }));
			form.append('file', new Blob([archive]), 'a.dss');
			return send(`${url}/api/projects/${id}/merge?${new URLSearchParams(query)}`, {
				method: 'POST',
				body: form,
				signal: AbortSignal.timeout(PATIENCE_MS),
			});
		};
		await hold(url, merge, edit);
	});
}

const sample = readFileSync(new URL('../../examples/aurora.tokens.json', import.meta.url));

/** Files of others: random trees, and a real file with random changes of its bytes. */
export function foreignFiles(url: string): fc.IAsyncProperty<unknown> {
	const file = fc.oneof(
		{ weight: 3, arbitrary: tokensFile.map((text) => Buffer.from(text)) },
		fc
			.array(mutation, { minLength: 1, maxLength: 4 })
			.map((mutations) => mutate(sample, Buffer.from('{"a":{"$value":"{b}"}}'), mutations)),
	);
	const settings = fc.record(
		{
			values: fc.constantFrom('keep', 'strict'),
			references: fc.constantFrom('warn', 'strict'),
			strategy: fc.constantFrom('replace', 'merge'),
			merge_strategy: fc.constantFrom('newest', 'fork'),
			confirm_removal: fc.constant('true'),
			discard_local_changes: fc.constant('true'),
		},
		{ requiredKeys: [] },
	);
	const type = fc.constantFrom('application/json', 'application/octet-stream', 'application/zip');
	return fc.asyncProperty(file, settings, type, async (bytes, query, contentType) => {
		await hold(url, ({ id }) =>
			send(`${url}/api/projects/import?${new URLSearchParams({ ...query, project_id: id })}`, {
				method: 'POST',
				body: new Uint8Array(bytes),
				headers: { 'content-type': contentType },
				signal: AbortSignal.timeout(PATIENCE_MS),
			}),
		);
	});
}
