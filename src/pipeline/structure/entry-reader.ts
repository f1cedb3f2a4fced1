/** One entry of records: read piece by piece, each record checked and staged, its digest and count held. */
import { createHash } from 'node:crypto';
import type { ManifestFile } from '../../../schemas/manifest.ts';
import type { Kind } from '../../../schemas/records.ts';
import { type Cutter, type Line, LineCutter } from '../../archive/json-lines.ts';
import type { Archive } from '../../archive/reader.ts';
import { ElementCutter } from '../../archive/record-array.ts';
import { DssError, errors } from '../../errors.ts';
import { type Place, type RecordRules, readRecord } from '../../records/check-record.ts';
import type { StagedRecord } from '../../records/staged-record.ts';
import type { Filling } from '../../staging/port.ts';
import type { Findings, Work } from '../work.ts';

export interface EntryReaderOptions {
	readonly work: Work;
	readonly filling: Filling;
	readonly archive: Archive;
	readonly kind: Kind;
	readonly rules: RecordRules;
	readonly findings: Findings;
}

export class EntryReader {
	readonly #work: Work;
	readonly #filling: Filling;
	readonly #archive: Archive;
	readonly #kind: Kind;
	readonly #rules: RecordRules;
	readonly #findings: Findings;
	readonly #most: { value: number; setting: string };
	#records = 0;

	constructor({ work, filling, archive, kind, rules, findings }: EntryReaderOptions) {
		this.#work = work;
		this.#filling = filling;
		this.#archive = archive;
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

	/** Reads JSON Lines, and holds them against what the manifest says of them. Answers how many records there were. */
	async readLines(file: ManifestFile): Promise<number> {
		const { path, records } = file;
		const digest = createHash('sha256');
		const cutter = new LineCutter(this.#work.limits.maxRecordBytes);
		let bytes = 0;
		await this.#read(
			path,
			cutter,
			(number) => ({ entry: path, line: number }),
			records,
			(piece) => {
				digest.update(piece);
				bytes += piece.length;
			},
		);
		checkDigest(file, bytes, digest.digest('hex'), this.#findings);
		if (this.#records !== records) {
			const reason = `it holds ${this.#records} records, the manifest says ${records}`;
			this.#findings.add(errors.manifestMismatch({ entry: path, reason }));
		}
		return this.#records;
	}

	/** Reads a JSON array, of which no manifest tells. Answers how many records there were. */
	async readArray(path: string): Promise<number> {
		const cutter = new ElementCutter(this.#kind, this.#work.limits.maxRecordBytes);
		await this.#read(
			path,
			cutter,
			(number) => ({ entry: path, item: number }),
			0,
			() => undefined,
		);
		return this.#records;
	}

	async #read(
		path: string,
		cutter: Cutter,
		placeOf: (number: number) => Place,
		total: number,
		see: (piece: Buffer) => void,
	): Promise<void> {
		for await (const piece of this.#archive.read(path)) {
			see(piece);
			await this.#take(cutter.take(piece), placeOf);
			this.#work.step('structure', this.#records, total);
		}
		await this.#take(cutter.end(), placeOf);
	}

	async #take(lines: readonly Line[], placeOf: (number: number) => Place): Promise<void> {
		const staged: StagedRecord[] = [];
		for (const line of lines) {
			this.#records++;
			if (this.#records > this.#most.value) throw this.#tooMany();
			const record = this.#readOne(line, placeOf(line.number));
			if (record !== null) staged.push(record);
		}
		// Once something is wrong, the rest is only looked at: nothing will be applied.
		if (this.#findings.total > 0) return;
		for (const { uuid, name } of this.#filling.add(staged)) {
			this.#findings.add(
				errors.duplicateRecord({
					entry: placeOf(0).entry,
					uuid,
					path: name,
					reason: 'another record has the same uuid',
				}),
			);
		}
	}

	#readOne({ text, fault }: Line, place: Place): StagedRecord | null {
		try {
			if (fault === 'length') {
				throw errors.recordTooLarge({
					...place,
					limit: `${place.line === undefined ? 'item' : 'line'} ${place.line ?? place.item} of ${place.entry}`,
					value: this.#work.limits.maxRecordBytes,
					setting: 'DSS_MAX_RECORD_BYTES',
				});
			}
			if (fault === 'array')
				throw errors.invalidJson({ ...place, reason: 'it is not one whole array of records' });
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

/** Holds an entry's content against its digest. */
export function checkDigest(file: ManifestFile, bytes: number, sha256: string, findings: Findings): void {
	if (bytes === file.bytes && sha256 === file.sha256) return;
	findings.add(
		errors.integrityFailed({
			entry: file.path,
			reason: 'its content does not fit the digest in the manifest',
		}),
	);
}
