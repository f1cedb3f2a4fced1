/** Stage structure of an archive: every record well-formed and staged, digests and counts as the manifest says. */
import { createHash } from 'node:crypto';
import { Compile } from 'typebox/compile';
import type { Manifest, ManifestFile } from '../../../schemas/manifest.ts';
import { KINDS, type Kind, ProjectEntry } from '../../../schemas/records.ts';
import type { Archive } from '../../archive/reader.ts';
import { DssError, errors } from '../../errors.ts';
import { firstFault } from '../../json/schema-errors.ts';
import { parseStrict } from '../../json/strict.ts';
import type { Counts, StagedRecord } from '../../store/port.ts';
import { Findings, type Work } from '../runner.ts';
import { type Line, LineCutter } from './lines.ts';
import { type Place, type RecordRules, readRecord } from './record.ts';

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
			counts[kind] = await new EntryReader(work, archive, file, kind, rules, findings).run();
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

/** Reads one entry of records, a batch a piece of bytes. */
class EntryReader {
	readonly #work: Work;
	readonly #archive: Archive;
	readonly #file: ManifestFile;
	readonly #kind: Kind;
	readonly #rules: RecordRules;
	readonly #findings: Findings;
	readonly #most: { value: number; setting: string };
	#records = 0;

	constructor(
		work: Work,
		archive: Archive,
		file: ManifestFile,
		kind: Kind,
		rules: RecordRules,
		findings: Findings,
	) {
		this.#work = work;
		this.#archive = archive;
		this.#file = file;
		this.#kind = kind;
		this.#rules = rules;
		this.#findings = findings;
		const { maxTokens, maxComponents, maxThemes } = work.limits;
		this.#most = {
			tokens: { value: maxTokens, setting: 'DSS_MAX_TOKENS' },
			components: { value: maxComponents, setting: 'DSS_MAX_COMPONENTS' },
			themes: { value: maxThemes, setting: 'DSS_MAX_THEMES' },
		}[kind];
	}

	/** Answers how many records there were. */
	async run(): Promise<number> {
		const { path, records, sha256: _said } = this.#file;
		const digest = createHash('sha256');
		const cutter = new LineCutter(this.#work.limits.maxRecordBytes);
		let bytes = 0;
		for await (const piece of this.#archive.read(path)) {
			digest.update(piece);
			bytes += piece.length;
			await this.#take(cutter.take(piece));
			this.#work.step('structure', this.#records, records);
		}
		await this.#take(cutter.end());
		checkDigest(this.#file, bytes, digest.digest('hex'), this.#findings);
		if (this.#records !== records) {
			const reason = `it holds ${this.#records} records, the manifest says ${records}`;
			this.#findings.add(errors.manifestMismatch({ entry: path, reason }));
		}
		return this.#records;
	}

	async #take(lines: readonly Line[]): Promise<void> {
		const staged: StagedRecord[] = [];
		for (const line of lines) {
			this.#records++;
			if (this.#records > this.#most.value) throw this.#tooMany();
			const record = this.#read(line);
			if (record !== null) staged.push(record);
		}
		// Once something is wrong, the rest is only looked at: nothing will be applied.
		if (this.#findings.total > 0) return;
		for (const { uuid, name } of await this.#work.workspace.stage(staged)) {
			this.#findings.add(
				errors.duplicateRecord({
					entry: this.#file.path,
					uuid,
					path: name,
					reason: 'another record has the same uuid',
				}),
			);
		}
	}

	#read({ number, text, fault }: Line): StagedRecord | null {
		const place: Place = { entry: this.#file.path, line: number };
		try {
			if (fault === 'length') {
				throw errors.recordTooLarge({
					...place,
					limit: `line ${number} of ${this.#file.path}`,
					value: this.#work.limits.maxRecordBytes,
					setting: 'DSS_MAX_RECORD_BYTES',
				});
			}
			if (text === null) throw errors.invalidJson({ ...place, reason: 'not valid UTF-8' });
			return readRecord(this.#kind, text, place, this.#rules);
		} catch (error) {
			if (!(error instanceof DssError)) throw error;
			this.#findings.add(error);
			return null;
		}
	}

	#tooMany(): DssError {
		return errors.tooManyRecords({
			limit: `the number of ${this.#kind}`,
			...this.#most,
			actual: this.#records,
		});
	}
}

function checkDigest(file: ManifestFile, bytes: number, sha256: string, findings: Findings): void {
	if (bytes === file.bytes && sha256 === file.sha256) return;
	findings.add(
		errors.integrityFailed({
			entry: file.path,
			reason: 'its content does not fit the digest in the manifest',
		}),
	);
}

function withoutNulls(value: unknown): unknown {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
	return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
}
