/** Stage structure of an archive: every record well-formed and staged, digests and counts as the manifest says. */
import { createHash } from 'node:crypto';
import type { Manifest, ManifestFile } from '../../../schemas/manifest.ts';
import { KINDS, type ProjectEntry } from '../../../schemas/records.ts';
import type { Archive } from '../../archive/reader.ts';
import { DssError, errors } from '../../errors.ts';
import type { RecordRules } from '../../records/check-record.ts';
import type { Counts } from '../../records/counts.ts';
import { excerpt } from '../../records/excerpt.ts';
import { tooLarge } from '../../records/place.ts';
import { readProject } from '../../records/project-entry.ts';
import { BOOKKEEPING_SLACK } from '../../records/record-size.ts';
import { decodeUtf8 } from '../../records/utf8.ts';
import type { Filling } from '../../staging/port.ts';
import { Findings, type Work } from '../work.ts';
import { checkDigest, EntryReader } from './entry-reader.ts';

const PROJECT_ENTRY = 'project.json';

/** What `project.json` says, and how many records were staged. */
export interface ArchiveRecords {
	readonly project: ProjectEntry;
	readonly counts: Counts;
}

/**
 * Reads every entry that the manifest lists, in an order that makes sense of them.
 *
 * @throws {DssError} any code of stage `structure`, with all the faults that were found
 */
export async function stageArchive(
	work: Work,
	filling: Filling,
	archive: Archive,
	manifest: Manifest,
	rules: RecordRules,
): Promise<ArchiveRecords> {
	const findings = new Findings('structure');
	const files = new Map(manifest.files.map((file) => [file.path, file]));
	const projectFile = files.get(PROJECT_ENTRY);
	if (projectFile === undefined) {
		throw errors.manifestMismatch({ entry: PROJECT_ENTRY, reason: 'an archive must hold it' });
	}
	const project = await stageProject(work, archive, projectFile, manifest, findings);
	const counts: Counts = { themes: 0, tokens: 0, components: 0 };
	for (const kind of KINDS) {
		const file = files.get(`${kind}.jsonl`);
		if (file !== undefined)
			counts[kind] = await new EntryReader({ work, filling, archive, kind, rules, findings }).readLines(file);
		if (counts[kind] !== manifest.counts[kind]) {
			const reason = `there are ${counts[kind]} ${kind}, the manifest says ${manifest.counts[kind]}`;
			findings.add(errors.manifestMismatch({ entry: `${kind}.jsonl`, reason }));
		}
	}
	await passOver(work, archive, files, findings);
	findings.throwIfAny();
	if (project === null) throw new Error('a project that cannot be read is a finding');
	return { project, counts };
}

/** Entries that this version has no use for: assets and history come later. Their digests are held all the same. */
async function passOver(
	work: Work,
	archive: Archive,
	files: ReadonlyMap<string, ManifestFile>,
	findings: Findings,
): Promise<void> {
	const known = new Set([PROJECT_ENTRY, ...KINDS.map((kind) => `${kind}.jsonl`)]);
	const others = [...files.values()].filter(({ path }) => !known.has(path));
	for (const file of others) {
		const digest = createHash('sha256');
		let bytes = 0;
		for await (const piece of archive.read(file.path)) {
			work.step('structure', 0, 0);
			digest.update(piece);
			bytes += piece.length;
		}
		checkDigest(file, bytes, digest.digest('hex'), findings);
	}
	const filled = others.filter(({ bytes }) => bytes > 0);
	if (filled.length > 0) {
		work.warnings.push({
			code: 'ignored_entry',
			message: 'Entries that this version does not read were passed over',
			count: filled.length,
			details: { paths: filled.slice(0, 10).map(({ path }) => excerpt(path)) },
		});
	}
}

async function stageProject(
	work: Work,
	archive: Archive,
	file: ManifestFile,
	manifest: Manifest,
	findings: Findings,
): Promise<ProjectEntry | null> {
	try {
		const project = await projectOf(work, archive, file, findings);
		if (project.uuid !== manifest.project.uuid || project.name !== manifest.project.name) {
			const reason = 'it is another project than the manifest says';
			findings.add(errors.manifestMismatch({ entry: PROJECT_ENTRY, reason }));
		}
		return project;
	} catch (error) {
		// A fault of the container is of another stage, and ends all reading.
		if (!(error instanceof DssError) || error.stage === 'archive') throw error;
		findings.add(error);
		return null;
	}
}

async function projectOf(
	{ limits }: Work,
	archive: Archive,
	file: ManifestFile,
	findings: Findings,
): Promise<ProjectEntry> {
	const place = { entry: PROJECT_ENTRY };
	if ((archive.bytesOf(PROJECT_ENTRY) ?? 0) > limits.maxRecordBytes + BOOKKEEPING_SLACK) {
		throw tooLarge(place, limits.maxRecordBytes);
	}
	const bytes = await archive.readWhole(PROJECT_ENTRY);
	checkDigest(file, bytes.length, createHash('sha256').update(bytes).digest('hex'), findings);
	const text = decodeUtf8(bytes);
	if (text === null) throw errors.invalidJson({ ...place, reason: 'not valid UTF-8' });
	return readProject(text, place, limits);
}
