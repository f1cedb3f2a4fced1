/** Builds `.dss` archives by the written format, so that each part can be altered; hostile ones are described, not stored. */
import { createHash } from 'node:crypto';
import { type ArchiveSpec, buildZip, type EntrySpec } from './zip-builder.ts';

export const AT = '2026-01-01T00:00:00.000Z';
export const PROJECT = '018f3b60-0000-7000-8000-0000000000ff';
export const THEME = '018f3b60-0000-7000-8000-000000000001';
export const TOKEN = '018f3b60-0000-7000-8000-000000000010';
const INSTANCE = '018f3b60-0000-7000-8000-0000000000aa';

const stamp = { version: 1, createdAt: AT, updatedAt: AT };

export const theme = (more: object = {}) => ({ uuid: THEME, name: 'base', ...stamp, ...more });
export const token = (index: number, more: object = {}) => ({
	uuid: `018f3b60-0000-7000-8000-1${index.toString().padStart(11, '0')}`,
	theme: THEME,
	path: `token${index}`,
	type: 'number',
	value: index,
	...stamp,
	...more,
});
export const component = (index: number, more: object = {}) => ({
	uuid: `018f3b60-0000-7000-8000-2${index.toString().padStart(11, '0')}`,
	name: `Component ${index}`,
	...stamp,
	...more,
});

/** What an archive is made of. Lines may be objects, or texts to be written as they are. */
export interface DssSpec {
	readonly project?: object | string;
	readonly themes?: readonly (object | string | Buffer)[];
	readonly tokens?: readonly (object | string | Buffer)[];
	readonly components?: readonly (object | string | Buffer)[];
	/** Further entries; listed in the manifest. */
	readonly others?: Readonly<Record<string, string>>;
	/** Changes the manifest before its hash is made; null leaves it out, a text is written as it is. */
	readonly manifest?: ((manifest: Record<string, unknown>) => unknown) | null | string | Buffer;
	/** Changes the manifest after its hash was made. */
	readonly sealed?: (manifest: Record<string, unknown>) => unknown;
	/** Changes the entries before they are written: the content is there, digests are made. */
	readonly entries?: (entries: EntrySpec[]) => EntrySpec[];
	readonly archive?: ArchiveSpec;
}

const lines = (records: readonly (object | string | Buffer)[]) =>
	Buffer.concat(
		records.flatMap((record) => [
			Buffer.isBuffer(record)
				? record
				: Buffer.from(typeof record === 'string' ? record : JSON.stringify(record)),
			Buffer.from('\n'),
		]),
	);

const sorted = (value: unknown): unknown => {
	if (Array.isArray(value)) return value.map(sorted);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, member]) => [key, sorted(member)]),
	);
};
const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

/** An archive: one theme and two tokens, unless the spec has others. */
export function buildDss(spec: DssSpec = {}): Buffer {
	const themes = spec.themes ?? [theme()];
	const tokens = spec.tokens ?? [token(1), token(2)];
	const components = spec.components ?? [];
	const project = spec.project ?? { uuid: PROJECT, name: 'Built', createdAt: AT, updatedAt: AT };
	const contents: [name: string, content: Buffer, records: number][] = [
		['project.json', Buffer.from(typeof project === 'string' ? project : JSON.stringify(project)), 1],
		['themes.jsonl', lines(themes), themes.length],
		['tokens.jsonl', lines(tokens), tokens.length],
		['components.jsonl', lines(components), components.length],
		...Object.entries(spec.others ?? {}).map(([name, text]): [string, Buffer, number] => [
			name,
			Buffer.from(text),
			1,
		]),
	];
	const entries: EntrySpec[] = contents.map(([name, content]) => ({ name, content }));
	const manifest = manifestBytes(spec, contents, {
		themes: themes.length,
		tokens: tokens.length,
		components: components.length,
	});
	if (manifest !== null) entries.push({ name: 'manifest.json', content: manifest });
	return buildZip(spec.entries === undefined ? entries : spec.entries(entries), spec.archive);
}

/** An archive of so many tokens, each with `more` in it. */
export const archiveOf = (count: number, more: object = {}): Buffer =>
	buildDss({ tokens: Array.from({ length: count }, (_, index) => token(index, more)) });

function manifestBytes(
	spec: DssSpec,
	contents: readonly [string, Buffer, number][],
	counts: object,
): Buffer | null {
	if (spec.manifest === null) return null;
	if (typeof spec.manifest === 'string' || Buffer.isBuffer(spec.manifest)) return Buffer.from(spec.manifest);
	const plain: Record<string, unknown> = {
		format: 'dss',
		schemaVersion: '2.0',
		generator: 'test',
		exportedAt: AT,
		project: { uuid: PROJECT, name: 'Built' },
		origin: { instance: INSTANCE, revision: 1, lamport: 1, sync: {} },
		selection: null,
		counts,
		files: contents.map(([path, content, records]) => ({
			path,
			bytes: content.length,
			sha256: sha256(content),
			records,
		})),
	};
	const altered = (spec.manifest?.(plain) ?? plain) as Record<string, unknown>;
	const sealed = { ...altered, exportHash: sha256(JSON.stringify(sorted(altered))) };
	return Buffer.from(JSON.stringify(spec.sealed?.(sealed) ?? sealed));
}
