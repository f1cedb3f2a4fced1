/** The ways in: each takes records, or a file, and measures the one request that brings them. */
import { buildDss, PROJECT, theme, token } from '../../test/support/dss-builder.ts';
import { post, put, send, upload } from '../../test/support/http.ts';
import type { Service } from '../../test/support/service.ts';
import { type Cost, measured } from './measure.ts';

export type Archive = NonNullable<Parameters<typeof buildDss>[0]>;
type Door<Content> = (service: Service, content: Content) => Promise<Cost>;

const ZIP = 'application/zip';
const importUrl = ({ url }: Service) => `${url}/api/projects/import`;
const projectUrl = ({ url }: Service) => `${url}/api/projects/${PROJECT}`;

/** What takes records, as an archive or as JSON. */
export const DOORS = {
	import: (service, content) => {
		const archive = buildDss(content);
		return measured(service, () => put(importUrl(service), archive, ZIP));
	},
	analyze: (service, content) => {
		const archive = buildDss(content);
		return measured(service, () => put(`${importUrl(service)}/analyze`, archive, ZIP));
	},
	changes: async (service, content) => {
		const { body } = await post(`${service.url}/api/projects`, { name: 'Bench' });
		const { themes = [theme()], tokens = [], components = [] } = content;
		const upsert = { themes: shown(themes), tokens: shown(tokens), components: shown(components) };
		const url = `${service.url}/api/projects/${body.project_id}/changes`;
		return measured(service, () => post(url, { upsert }));
	},
	merge: async (service, content) => {
		await put(importUrl(service), buildDss({ tokens: [] }), ZIP);
		const archive = buildDss({ ...content, manifest: later });
		return measured(service, () => put(`${projectUrl(service)}/merge?strategy=keep_imported`, archive, ZIP));
	},
} as const satisfies Record<string, Door<Archive>>;

/** A design tokens file, as text. */
export const file: Door<string> = (service, text) =>
	measured(service, () => upload(importUrl(service), text, 'tokens.json'));

export const analyzeFile: Door<string> = (service, text) =>
	measured(service, () => upload(`${importUrl(service)}/analyze`, text, 'tokens.json'));

/** Metadata of a project. */
export const metadata: Door<object> = async (service, value) => {
	await put(importUrl(service), buildDss(), ZIP);
	const init = {
		method: 'PATCH',
		body: JSON.stringify({ metadata: value }),
		headers: { 'content-type': 'application/json' },
	};
	return measured(service, () => send(projectUrl(service), init));
};

/** So many tokens that both sides have changed, each with a resolution. */
export const resolutions: Door<number> = async (service, count) => {
	const tokens = (more: object) => Array.from({ length: count }, (_, index) => token(index, more));
	await put(importUrl(service), buildDss({ tokens: tokens({}) }), ZIP);
	const ours = shown(tokens({ description: 'ours' }));
	await post(`${projectUrl(service)}/changes`, { upsert: { tokens: ours } });
	const archive = buildDss({ tokens: tokens({ description: 'theirs', version: 2 }), manifest: later });
	const chosen = Object.fromEntries(tokens({}).map(({ uuid }) => [uuid, 'imported']));
	const fields = { strategy: 'manual', resolutions: JSON.stringify(chosen) };
	return measured(service, () => upload(`${projectUrl(service)}/merge`, archive, 'a.dss', fields));
};

/** An archive of a later revision of the same instance. */
function later(manifest: Record<string, unknown>) {
	// Made by the builder, as an object.
	return { ...manifest, origin: { ...(manifest['origin'] as object), revision: 2, lamport: 2 } };
}

/** Records as an edit sends them. */
function shown(records: readonly (object | string | Buffer)[]): object[] {
	return records.map((record) => {
		const { version, createdAt, updatedAt, ...content } = record as Record<string, unknown>;
		return content;
	});
}
