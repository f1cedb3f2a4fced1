/** Export: a project's revision as a `.dss` archive on the spool. The same revision gives the same bytes. */
import type { ManifestFile, Selection } from '../../schemas/manifest.ts';
import { KINDS } from '../../schemas/records.ts';
import { exportHash, MANIFEST_NAME } from '../archive/manifest.ts';
import { SCHEMA_VERSION } from '../archive/versions.ts';
import { ArchiveWriter } from '../archive/writer.ts';
import { errors } from '../errors.ts';
import { canonicalJson } from '../records/canonical.ts';
import { projectEntry } from '../records/project-entry.ts';
import type { RecordSelection, Revision } from '../store/port.ts';
import { hasFaultyReferences } from './referential.ts';
import type { Work } from './work.ts';

export interface ExportOptions {
	readonly projectUuid: string;
	/** Null: the newest. */
	readonly revision: number | null;
	readonly selection: Selection | null;
	/** A file that does not exist yet. */
	readonly path: string;
	/** Bytes that the file may have. */
	readonly maxBytes: number;
	/** Name and version of the program, for the manifest. */
	readonly generator: string;
}

export interface ExportResult {
	readonly revision: Revision;
	readonly bytes: number;
	/** SHA-256 of the file, in hex. */
	readonly sha256: string;
}

/** Writes the archive. @throws {DssError} project_unknown, revision_unknown, result_too_large, spool_full */
export async function exportProject(work: Work, options: ExportOptions): Promise<ExportResult> {
	const { store } = work;
	const revision = await store.revision(options.projectUuid, options.revision ?? undefined);
	if (revision === null) throw await unknown(work, options);
	const selection = normalised(options.selection);
	const writer = new ArchiveWriter(options.path, options.maxBytes, work.signal);
	const files: ManifestFile[] = [await writer.addText('project.json', projectText(revision))];
	const total = revision.counts.themes + revision.counts.tokens + revision.counts.components;
	let done = 0;
	for (const kind of KINDS) {
		const lines = store.lines({
			projectUuid: options.projectUuid,
			revision: revision.number,
			kind,
			selection: selection === null ? null : toRecordSelection(selection),
		});
		const counted = async function* () {
			for await (const batch of lines) {
				done += batch.length;
				work.step('apply', done, total);
				yield batch;
			}
		};
		files.push(await writer.addLines(`${kind}.jsonl`, counted()));
	}
	const manifest = await manifestOf(work, revision, selection, files, options.generator);
	await writer.addText(MANIFEST_NAME, manifest);
	const written = await writer.finish();
	// Its rows go away in the midst of an export if the project is removed: what was written may lack some.
	const still = await store.revision(options.projectUuid, revision.number);
	if (still?.at !== revision.at) throw errors.projectUnknown({ project_id: options.projectUuid });
	return { revision, ...written };
}

async function unknown(work: Work, { projectUuid, revision }: ExportOptions): Promise<Error> {
	const head = await work.store.revision(projectUuid);
	if (head === null || revision === null) return errors.projectUnknown({ project_id: projectUuid });
	return errors.revisionUnknown({ project_id: projectUuid, revision });
}

function projectText({ projectUuid, properties }: Revision): string {
	return canonicalJson(projectEntry(projectUuid, properties));
}

async function manifestOf(
	work: Work,
	revision: Revision,
	selection: Selection | null,
	files: readonly ManifestFile[],
	generator: string,
): Promise<string> {
	const records = (path: string) => files.find((file) => file.path === path)?.records ?? 0;
	const manifest = {
		format: 'dss',
		schemaVersion: SCHEMA_VERSION,
		generator,
		exportedAt: revision.at,
		project: { uuid: revision.projectUuid, name: revision.properties.name },
		origin: {
			instance: await work.store.instance(),
			revision: revision.number,
			lamport: revision.lamport,
			sync: revision.sync,
		},
		selection,
		// What came in with a warning comes in again by the same rule (FORMAT, "Manifest").
		...((await hasFaultyReferences(work, revision)) ? { references: 'warn' } : {}),
		counts: {
			themes: records('themes.jsonl'),
			tokens: records('tokens.jsonl'),
			components: records('components.jsonl'),
		},
		files,
	};
	return canonicalJson({ ...manifest, exportHash: exportHash(manifest) });
}

/** An empty filter filters nothing. */
function normalised(selection: Selection | null): Selection | null {
	return selection === null || Object.keys(selection).length === 0 ? null : selection;
}

function toRecordSelection({ path_prefixes: pathPrefixes, ...rest }: Selection): RecordSelection {
	return { ...rest, pathPrefixes };
}
