/** The stages archive, manifest, schema and structure: from a spooled file to staged records. */
import { open, stat } from 'node:fs/promises';
import { v5 } from 'uuid';
import type { Manifest } from '../../schemas/manifest.ts';
import { ComponentLine, type Kind, type ProjectEntry, ThemeLine, TokenLine } from '../../schemas/records.ts';
import { checkManifest, readManifestObject } from '../archive/manifest.ts';
import { migrationName, migrationsFrom } from '../archive/migrations/chain.ts';
import type { Migration } from '../archive/migrations/migration.ts';
import { checkOlderManifest } from '../archive/older-manifest.ts';
import { Archive } from '../archive/reader.ts';
import { SCHEMA_VERSION, type SchemaVersion, schemaVersionOf } from '../archive/versions.ts';
import { errors } from '../errors.ts';
import { canonicalJson } from '../records/canonical.ts';
import type { JsonObject } from '../records/json.ts';
import type { Scope } from '../store/port.ts';
import type { Incoming, UploadOptions } from './incoming.ts';
import { stageArchive } from './structure/archive-records.ts';
import { stageDtcg, THEME_NAME, themeUuid } from './structure/foreign-records.ts';
import { stageOlderArchive } from './structure/older-records.ts';
import type { Work } from './work.ts';

/** What an upload claims to be, known before its records are read. */
export interface Claims {
	readonly format: Incoming['format'];
	readonly schemaVersion?: string;
	readonly project?: { readonly uuid: string; readonly name: string };
}
export type Announce = (claims: Claims) => void;

/**
 * Reads an upload through stage structure and stages its records.
 *
 * @param announce told what the upload claims to be, as soon as it is known
 * @throws {DssError} any code of the stages archive, manifest, schema and structure
 */
export async function stageUpload(
	work: Work,
	upload: UploadOptions,
	announce: Announce = () => undefined,
): Promise<Incoming> {
	await work.workspace.clear();
	const format = await work.stage('archive', () => formatOf(upload));
	announce({ format });
	return format === 'dss' ? stageDss(work, upload, announce) : stageForeign(work, upload);
}

/** An archive begins with a local header or, if it is empty, with its end record; JSON text with a brace. */
export async function formatOf({ path, mediaType }: UploadOptions): Promise<Incoming['format']> {
	await using handle = await open(path, 'r');
	const { bytesRead, buffer } = await handle.read(Buffer.alloc(1024), 0, 1024, 0);
	const head = buffer.subarray(0, bytesRead);
	if (bytesRead === 0)
		throw errors.notAnArchive({ reason: 'the upload is empty: there is nothing in it to read' });
	if (mediaType === 'json') return 'dtcg';
	if (mediaType === 'unknown' && /^(?:\ufeff)?\s*[{[]/.test(head.toString('utf8'))) return 'dtcg';
	return 'dss';
}

async function stageForeign(work: Work, upload: UploadOptions): Promise<Incoming> {
	const { projectId, freshUuid } = upload;
	const projectUuid = projectId === null || projectId === 'new' ? freshUuid : projectId;
	const references = upload.references ?? 'warn';
	const counts = await work.stage('structure', () =>
		stageDtcg(work, upload.path, projectUuid, { values: upload.values, references }),
	);
	warnNearLimits(work, { counts, archiveBytes: (await stat(upload.path)).size });
	return {
		format: 'dtcg',
		schemaVersion: '2025.10',
		migrations: [],
		projectUuid,
		properties: {
			name: upload.name ?? nameOf(upload.fileName),
			description: null,
			metadata: null,
			createdAt: null,
			updatedAt: null,
		},
		origin: null,
		hasVersions: false,
		scope: { of: 'themes', themes: [themeUuid(projectUuid, THEME_NAME)] },
		counts,
		references,
	};
}

async function stageDss(work: Work, upload: UploadOptions, announce: Announce): Promise<Incoming> {
	const archive = await work.stage('archive', () => Archive.open(upload.path, work.limits));
	try {
		const object = await work.stage('manifest', () => readManifestObject(archive));
		const version = await work.stage('schema', () => schemaVersionOf(object));
		announce({ format: 'dss', schemaVersion: version.text });
		const migrations = migrationsFrom(version.text);
		if (migrations.length > 0) return await stageOlder(work, upload, archive, object, migrations, announce);
		const manifest = await work.stage('manifest', () => checkManifest(object, archive.names, work.limits));
		announce({ format: 'dss', schemaVersion: version.text, project: manifest.project });
		const copyTo = copyOf(upload);
		const { project, counts } = await work.stage('structure', () =>
			stageArchive(work, archive, manifest, {
				limits: work.limits,
				adapt: adaptation(version, copyTo, work),
			}),
		);
		const { archiveBytes, contentBytes, names } = archive;
		warnNearLimits(work, { counts, archiveBytes, contentBytes, entries: names.length });
		return {
			...fromArchive(upload, version, manifest, project),
			projectUuid: copyTo ?? upload.projectId ?? project.uuid,
			origin: copyTo === null ? { ...manifest.origin, project: project.uuid } : null,
			counts,
		};
	} finally {
		await archive.close();
	}
}

/** An archive of 1.0 or 1.1: no vector, no digests; it stands for the whole of its project. */
async function stageOlder(
	work: Work,
	upload: UploadOptions,
	archive: Archive,
	object: JsonObject,
	migrations: readonly Migration[],
	announce: Announce,
): Promise<Incoming> {
	const [first] = migrations;
	const schemaVersion = first?.from ?? SCHEMA_VERSION;
	const project = await work.stage('manifest', () => checkOlderManifest(object));
	const { uuid, name, description, exportedAt } = project;
	announce({ format: 'dss', schemaVersion, project: { uuid, name } });
	const copyTo = copyOf(upload);
	const counts = await work.stage('structure', () =>
		stageOlderArchive(work, archive, project, migrations, {
			limits: work.limits,
			adapt: (_kind, record) => (copyTo === null ? record : underFreshUuids(record, copyTo)),
		}),
	);
	const { archiveBytes, contentBytes, names } = archive;
	warnNearLimits(work, { counts, archiveBytes, contentBytes, entries: names.length });
	return {
		format: 'dss',
		schemaVersion,
		migrations: migrations.map(migrationName),
		projectUuid: copyTo ?? upload.projectId ?? uuid,
		properties: {
			name: upload.name ?? name,
			description,
			metadata: null,
			createdAt: exportedAt,
			updatedAt: exportedAt,
		},
		origin: null,
		hasVersions: schemaVersion !== '1.0',
		scope: { of: 'project' },
		counts,
		references: upload.references ?? 'strict',
	};
}

/** The uuid of a copy that is asked for. */
function copyOf({ projectId, freshUuid }: UploadOptions): string | null {
	return projectId === 'new' ? freshUuid : null;
}

function fromArchive(
	upload: UploadOptions,
	version: SchemaVersion,
	manifest: Manifest,
	project: ProjectEntry,
): Omit<Incoming, 'projectUuid' | 'origin' | 'counts'> {
	// A partial archive stands for the records in it and for no others.
	const scope: Scope = manifest.selection === null ? { of: 'project' } : { of: 'records', remove: [] };
	return {
		format: 'dss',
		schemaVersion: version.text,
		migrations: [],
		properties: {
			name: upload.name ?? project.name,
			description: project.description ?? null,
			metadata: project.metadata === undefined ? null : canonicalJson(project.metadata),
			createdAt: project.createdAt,
			updatedAt: project.updatedAt,
		},
		hasVersions: true,
		scope,
		references: upload.references ?? 'strict',
	};
}

/** What is done to each record on its way in: fresh uuids for a copy, unknown fields of a newer minor version kept. */
function adaptation(
	version: SchemaVersion,
	copyTo: string | null,
	work: Work,
): ((kind: Kind, record: JsonObject) => JsonObject) | undefined {
	const newer = `${version.major}.${version.minor}` !== SCHEMA_VERSION;
	if (newer) {
		work.warnings.push({
			code: 'newer_minor_version',
			message: `The archive is of version ${version.text}; what ${SCHEMA_VERSION} does not know is kept under extensions`,
			count: 1,
		});
	}
	if (!newer && copyTo === null) return undefined;
	return (kind, record) => {
		const known = newer ? withUnknownKept(kind, record) : record;
		return copyTo === null ? known : underFreshUuids(known, copyTo);
	};
}

/** The same copy of the same record gets the same uuid, so references among them hold without a table. */
function underFreshUuids(record: JsonObject, projectUuid: string): JsonObject {
	const fresh = (uuid: JsonObject[string]) => (typeof uuid === 'string' ? v5(uuid, projectUuid) : uuid);
	const { uuid, theme, dependencies } = record;
	return {
		...record,
		...(uuid === undefined ? {} : { uuid: fresh(uuid) }),
		...(theme === undefined ? {} : { theme: fresh(theme) }),
		...(Array.isArray(dependencies) ? { dependencies: dependencies.map(fresh) } : {}),
	};
}

const FIELDS: Readonly<Record<Kind, ReadonlySet<string>>> = {
	themes: new Set(Object.keys(ThemeLine.properties)),
	tokens: new Set(Object.keys(TokenLine.properties)),
	components: new Set(Object.keys(ComponentLine.properties)),
};

/** FORMAT, "Records": in a record of a newer minor version unknown fields are kept under `extensions`. */
function withUnknownKept(kind: Kind, record: JsonObject): JsonObject {
	const unknown = Object.entries(record).filter(([name]) => !FIELDS[kind].has(name));
	if (unknown.length === 0) return record;
	const known = Object.entries(record).filter(([name]) => FIELDS[kind].has(name));
	const { extensions } = record;
	const kept = typeof extensions === 'object' && !Array.isArray(extensions) ? extensions : {};
	return { ...Object.fromEntries(known), extensions: { ...kept, 'dss.newer': Object.fromEntries(unknown) } };
}

/** What an upload uses of the limits. */
interface Use {
	readonly counts: { themes: number; tokens: number; components: number };
	readonly archiveBytes: number;
	readonly contentBytes?: number;
	readonly entries?: number;
}

/** Above 80 % of a limit the answer warns (API, "Limits and profiles"). */
function warnNearLimits(work: Work, { counts, archiveBytes, contentBytes = 0, entries = 0 }: Use): void {
	const { limits } = work;
	for (const [limit, actual, value, setting] of [
		['tokens', counts.tokens, limits.maxTokens, 'DSS_MAX_TOKENS'],
		['components', counts.components, limits.maxComponents, 'DSS_MAX_COMPONENTS'],
		['themes', counts.themes, limits.maxThemes, 'DSS_MAX_THEMES'],
		['bytes of upload', archiveBytes, limits.maxArchiveBytes, 'DSS_MAX_ARCHIVE_BYTES'],
		['bytes of content', contentBytes, limits.maxContentBytes, 'DSS_MAX_CONTENT_BYTES'],
		['entries', entries, limits.maxEntries, 'DSS_MAX_ENTRIES'],
	] as const) {
		if (actual <= 0.8 * value) continue;
		work.warnings.push({
			code: 'near_limit',
			message: `${actual} ${limit} are above 80 % of the limit of ${value} (${setting})`,
			count: 1,
			details: { limit, value, actual, setting },
		});
	}
}

/** What a name may not hold (see `Name`): control characters, and marks that override the direction of reading. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const UNNAMEABLE = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** A project's name from a file's: without folders and endings. */
function nameOf(fileName: string | null): string {
	const base =
		(fileName ?? '')
			.split(/[/\\]/)
			.at(-1)
			?.replace(/(?:\.tokens)?(?:\.json)?$/i, '') ?? '';
	// By code points: a pair of surrogates is not to be cut in two.
	const name = Array.from(base.replace(UNNAMEABLE, ' ').toWellFormed().slice(0, 2048)).slice(0, 255).join('');
	return name.trim() === '' ? 'Untitled' : name.trim();
}
