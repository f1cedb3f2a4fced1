/** Stage structure of an archive: every record well-formed and staged, digests and counts as the manifest says. */
import { createHash } from 'node:crypto';
import { Compile } from 'typebox/compile';
import type { Manifest, ManifestFile } from '../../../schemas/manifest.ts';
import { KINDS, ProjectEntry } from '../../../schemas/records.ts';
import type { Archive } from '../../archive/reader.ts';
import { errors } from '../../errors.ts';
import type { RecordRules } from '../../records/check-record.ts';
import type { Counts } from '../../records/counts.ts';
import { firstFault } from '../../records/schema-faults.ts';
import { parseStrict } from '../../records/strict-json.ts';
import type { Filling } from '../../staging/port.ts';
import { Findings, type Work } from '../work.ts';
import { checkDigest, EntryReader } from './entry-reader.ts';

const PROJECT_ENTRY = 'project.json';
const compiledProject = Compile(ProjectEntry);

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
	const project = await readProject(work, archive, projectFile, manifest, findings);
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
			details: { paths: filled.slice(0, 10).map(({ path }) => path) },
		});
	}
}

async function readProject(
	work: Work,
	archive: Archive,
	file: ManifestFile,
	manifest: Manifest,
	findings: Findings,
): Promise<ProjectEntry | null> {
	const place = { entry: PROJECT_ENTRY };
	const { maxRecordBytes, maxRecordDepth } = work.limits;
	if ((archive.bytesOf(PROJECT_ENTRY) ?? 0) > maxRecordBytes) {
		findings.add(
			errors.recordTooLarge({
				...place,
				limit: 'project.json',
				value: maxRecordBytes,
				setting: 'DSS_MAX_RECORD_BYTES',
			}),
		);
		return null;
	}
	const bytes = await archive.readWhole(PROJECT_ENTRY);
	checkDigest(file, bytes.length, createHash('sha256').update(bytes).digest('hex'), findings);
	const parsed = parseStrict(bytes.toString('utf8'), { maxDepth: maxRecordDepth });
	if (!parsed.ok || !bytes.equals(Buffer.from(bytes.toString('utf8')))) {
		findings.add(
			errors.invalidJson({ ...place, reason: parsed.ok ? 'not valid UTF-8' : parsed.fault.reason }),
		);
		return null;
	}
	const project = withoutNulls(parsed.value);
	if (!compiledProject.Check(project)) {
		findings.add(errors.invalidRecord({ ...place, ...firstFault(compiledProject.Errors(project)) }));
		return null;
	}
	if (project.uuid !== manifest.project.uuid || project.name !== manifest.project.name) {
		findings.add(
			errors.manifestMismatch({ ...place, reason: 'it is another project than the manifest says' }),
		);
	}
	return project;
}

function withoutNulls(value: unknown): unknown {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
	return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}
