/** The stages archive, manifest, schema and structure: from a spooled file to staged records. */
import { open, stat } from 'node:fs/promises';
import type { Manifest } from '../../schemas/manifest.ts';
import { checkManifest, readManifestObject } from '../archive/manifest.ts';
import { migrationName, migrationsFrom } from '../archive/migrations/chain.ts';
import type { Migration } from '../archive/migrations/migration.ts';
import { checkOlderManifest, type OlderProject } from '../archive/older-manifest.ts';
import { Archive } from '../archive/reader.ts';
import { SCHEMA_VERSION, type SchemaVersion, schemaVersionOf } from '../archive/versions.ts';
import { errors } from '../errors.ts';
import { HEAD_BYTES, recogniseText } from '../interop/recognise/text.ts';
import { canonicalJson } from '../records/canonical.ts';
import type { Scope } from '../records/staged-record.ts';
import type { Filling } from '../staging/port.ts';
import type { Incoming, UploadOptions } from './incoming.ts';
import { warnNearLimits } from './near-limits.ts';
import { adaptation, underFreshUuids } from './structure/adaptation.ts';
import { stageArchive } from './structure/archive-records.ts';
import { stageDtcg, THEME_NAME, themeUuid } from './structure/foreign-records.ts';
import { stageOlderArchive } from './structure/older-records.ts';
import { projectNameOf } from './structure/project-name.ts';
import { unknownFormat } from './structure/unknown-format.ts';
import type { Work } from './work.ts';

/** What an upload claims to be, known before its records are read. */
export interface Claims {
	readonly format: Incoming['format'];
	readonly schemaVersion?: string;
	readonly project?: { readonly uuid: string; readonly name: string };
}

/** Who watches an upload while it is read. */
export interface UploadListener {
	/** Called with what the upload claims to be, as soon as it is known, and again when more is. */
	readonly onClaims?: (claims: Claims) => void;
	/** Called with the project that the upload is for, before its records are read; may throw to refuse it. */
	readonly onTarget?: (projectUuid: string) => Promise<void>;
}

/** An upload on its way in. */
interface Reading {
	readonly work: Work;
	readonly upload: UploadOptions;
	readonly listener: UploadListener;
}

/**
 * Reads an upload through stage structure and stages its records.
 *
 * @throws {DssError} any code of the stages archive, manifest, schema and structure; what a listener throws
 */
export async function stageUpload(
	work: Work,
	upload: UploadOptions,
	listener: UploadListener = {},
): Promise<Incoming> {
	const reading: Reading = { work, upload, listener };
	const archive = await work.stage('archive', async () => {
		const format = await formatOf(upload);
		listener.onClaims?.({ format });
		return format === 'dss' ? Archive.open(upload.path, work.limits) : null;
	});
	if (archive === null) return stageForeign(reading);
	try {
		return await stageDss(reading, archive);
	} finally {
		await archive.close();
	}
}

/**
 * An archive begins with a local header or, if it is empty, with its end record; JSON text with a brace.
 *
 * @throws {DssError} not_an_archive where there is nothing to look at; unknown_format
 */
export async function formatOf({ path, mediaType }: UploadOptions): Promise<Incoming['format']> {
	await using handle = await open(path, 'r');
	const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
	const head = buffer.subarray(0, bytesRead);
	if (bytesRead === 0)
		throw errors.notAnArchive({ reason: 'the upload is empty: there is nothing in it to read' });
	if (mediaType === 'unknown' && /^(?:\ufeff)?\s*[{[](?!\0)/.test(head.toString('utf8'))) return 'dtcg';
	// A ZIP archive begins with a record's signature, whatever follows it.
	const form = head.subarray(0, 2).toString('latin1') === 'PK' ? null : recogniseText(head);
	if (form !== null) throw unknownFormat(form);
	return mediaType === 'json' ? 'dtcg' : 'dss';
}

async function stageForeign({ work, upload, listener }: Reading): Promise<Incoming> {
	const { projectId, freshUuid } = upload;
	const projectUuid = projectId === null || projectId === 'new' ? freshUuid : projectId;
	await listener.onTarget?.(projectUuid);
	const references = upload.references ?? 'warn';
	const filling = work.staging.begin();
	const counts = await work.stage('structure', () =>
		stageDtcg(work, filling, upload.path, projectUuid, { values: upload.values, references }),
	);
	warnNearLimits(work, { counts, archiveBytes: (await stat(upload.path)).size });
	return {
		format: 'dtcg',
		schemaVersion: '2025.10',
		migrations: [],
		projectUuid,
		properties: {
			name: upload.name ?? projectNameOf(upload.fileName),
			description: null,
			metadata: null,
			createdAt: null,
			updatedAt: null,
		},
		origin: null,
		hasVersions: false,
		scope: { of: 'themes', themes: [themeUuid(projectUuid, THEME_NAME)] },
		filling,
		counts,
		references,
	};
}

async function stageDss(reading: Reading, archive: Archive): Promise<Incoming> {
	const { work, upload, listener } = reading;
	const opened = await work.stage('manifest', () => readManifest(reading, archive));
	const copyTo = upload.projectId === 'new' ? upload.freshUuid : null;
	const { uuid } = opened.older ?? opened.manifest.project;
	const projectUuid = copyTo ?? upload.projectId ?? uuid;
	await listener.onTarget?.(projectUuid);
	const target: ArchiveTarget = { copyTo, projectUuid, filling: work.staging.begin() };
	const incoming =
		opened.older === null
			? await stageCurrent(reading, archive, opened, target)
			: await stageOlder(reading, archive, opened, target);
	const { archiveBytes, contentBytes, names } = archive;
	warnNearLimits(work, { counts: incoming.counts, archiveBytes, contentBytes, entries: names.length });
	return incoming;
}

/** What an archive says of itself, in the version that it has. */
type OpenedManifest =
	| { readonly older: null; readonly version: SchemaVersion; readonly manifest: Manifest }
	| { readonly older: OlderProject; readonly migrations: readonly Migration[] };

/** Where the records of an archive go. */
interface ArchiveTarget {
	/** The uuid of a copy that is asked for. */
	readonly copyTo: string | null;
	readonly projectUuid: string;
	readonly filling: Filling;
}

async function readManifest(
	{ work, listener: { onClaims } }: Reading,
	archive: Archive,
): Promise<OpenedManifest> {
	const object = await readManifestObject(archive);
	const version = await work.stage('schema', () => schemaVersionOf(object));
	onClaims?.({ format: 'dss', schemaVersion: version.text });
	const migrations = migrationsFrom(version.text);
	const [first] = migrations;
	if (first !== undefined) {
		const older = checkOlderManifest(object);
		const project = { uuid: older.uuid, name: older.name };
		onClaims?.({ format: 'dss', schemaVersion: first.from, project });
		return { older, migrations };
	}
	const manifest = checkManifest(object, archive.names, work.limits);
	onClaims?.({ format: 'dss', schemaVersion: version.text, project: manifest.project });
	return { older: null, version, manifest };
}

async function stageCurrent(
	{ work, upload }: Reading,
	archive: Archive,
	{ version, manifest }: Extract<OpenedManifest, { older: null }>,
	{ copyTo, projectUuid, filling }: ArchiveTarget,
): Promise<Incoming> {
	const { project, counts } = await work.stage('structure', () =>
		stageArchive(work, filling, archive, manifest, {
			limits: work.limits,
			adapt: adaptation(version, copyTo, work),
		}),
	);
	// A partial archive stands for the records in it and for no others.
	const scope: Scope = manifest.selection === null ? { of: 'project' } : { of: 'records', remove: [] };
	return {
		format: 'dss',
		schemaVersion: version.text,
		migrations: [],
		projectUuid,
		properties: {
			name: upload.name ?? project.name,
			description: project.description ?? null,
			metadata: project.metadata === undefined ? null : canonicalJson(project.metadata),
			createdAt: project.createdAt,
			updatedAt: project.updatedAt,
		},
		origin: copyTo === null ? { ...manifest.origin, project: project.uuid } : null,
		hasVersions: true,
		scope,
		filling,
		counts,
		references: upload.references ?? manifest.references ?? 'strict',
	};
}

/** An archive of 1.0 or 1.1: no vector, no digests; it stands for the whole of its project. */
async function stageOlder(
	{ work, upload }: Reading,
	archive: Archive,
	{ older, migrations }: Extract<OpenedManifest, { older: OlderProject }>,
	{ copyTo, projectUuid, filling }: ArchiveTarget,
): Promise<Incoming> {
	const schemaVersion = migrations[0]?.from ?? SCHEMA_VERSION;
	const { name, description, exportedAt } = older;
	const counts = await work.stage('structure', () =>
		stageOlderArchive(work, filling, archive, older, migrations, {
			limits: work.limits,
			adapt: (_kind, record) => (copyTo === null ? record : underFreshUuids(record, copyTo)),
		}),
	);
	return {
		format: 'dss',
		schemaVersion,
		migrations: migrations.map(migrationName),
		projectUuid,
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
		filling,
		counts,
		references: upload.references ?? 'strict',
	};
}
