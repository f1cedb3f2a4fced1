/** One entry of records: read piece by piece, each record checked and staged, its digest and count held. */
import { createHash } from 'node:crypto';
import type { ManifestFile } from '../../../schemas/manifest.ts';
import type { Kind } from '../../../schemas/records.ts';
import { type Line, LineCutter } from '../../archive/json-lines.ts';
import type { Archive } from '../../archive/reader.ts';
import { type Element, ElementReader } from '../../archive/record-array.ts';
import { DssError, errors } from '../../errors.ts';
import { type RecordRules, readElement, readRecord } from '../../records/check-record.ts';
import { formError, type Place, tooLarge } from '../../records/place.ts';
import { BOOKKEEPING_SLACK } from '../../records/record-size.ts';
import type { StagedRecord } from '../../records/staged-record.ts';
import type { Filling } from '../../staging/port.ts';
import { limitOf } from '../record-limits.ts';
import type { Findings, Work } from '../work.ts';

export interface EntryReaderOptions {
	readonly work: Work;
	readonly filling: Filling;
	readonly archive: Archive;
	readonly kind: Kind;
	readonly rules: RecordRules;
	readonly findings: Findings;
}

/** What cuts an entry into its records. */
interface Source<Item> {
	take(piece: Buffer): readonly Item[];
	end(): readonly Item[];
}

/** Reads one record. @throws {DssError} why it cannot be read */
type ReadItem<Item> = (item: Item) => StagedRecord;

export class EntryReader {
	readonly #options: EntryReaderOptions;
	readonly #limit: ReturnType<typeof limitOf>;
	#records = 0;

	constructor(options: EntryReaderOptions) {
		this.#options = options;
		this.#limit = limitOf(options.kind, options.work.limits);
	}

	/** Reads JSON Lines, and holds them against what the manifest says of them. Answers how many records there were. */
	async readLines(file: ManifestFile): Promise<number> {
		const { kind, rules, findings, work } = this.#options;
		const { path, records } = file;
		const digest = createHash('sha256');
		let bytes = 0;
		const cutter = new LineCutter(work.limits.maxRecordBytes + BOOKKEEPING_SLACK);
		const readLine = ({ number, text, fault }: Line): StagedRecord => {
			const place: Place = { entry: path, line: number };
			if (fault === 'length') throw tooLarge(place, work.limits.maxRecordBytes);
			if (text === null) throw errors.invalidJson({ ...place, reason: 'not valid UTF-8' });
			return readRecord(kind, text, place, rules);
		};
		await this.#read(path, cutter, readLine, records, (piece) => {
			digest.update(piece);
			bytes += piece.length;
		});
		checkDigest(file, bytes, digest.digest('hex'), findings);
		if (this.#records !== records) {
			const reason = `it holds ${this.#records} records, the manifest says ${records}`;
			findings.add(errors.manifestMismatch({ entry: path, reason }));
		}
		return this.#records;
	}

	/** Reads a JSON array, of which the manifest says nothing. Answers how many records there were. */
	async readArray(path: string): Promise<number> {
		const { kind, rules, work } = this.#options;
		const { maxRecordBytes, maxRecordDepth } = work.limits;
		const elements = new ElementReader(kind, { maxBytes: maxRecordBytes, maxDepth: maxRecordDepth });
		const toRecord = (element: Element): StagedRecord => {
			const place: Place = { entry: path, item: element.number };
			if ('value' in element) return readElement(kind, element.value, place, rules);
			if (element.fault === 'length') throw tooLarge(place, maxRecordBytes);
			throw formError(element.fault.kind, { ...place, reason: element.fault.message });
		};
		await this.#read(path, elements, toRecord, 0, () => undefined);
		return this.#records;
	}

	async #read<Item>(
		path: string,
		source: Source<Item>,
		readItem: ReadItem<Item>,
		total: number,
		see: (piece: Buffer) => void,
	): Promise<void> {
		const { work, archive } = this.#options;
		for await (const piece of archive.read(path)) {
			see(piece);
			await this.#stage(path, source.take(piece), readItem);
			work.step('structure', this.#records, total);
		}
		await this.#stage(path, source.end(), readItem);
	}

	async #stage<Item>(entry: string, items: readonly Item[], readItem: ReadItem<Item>): Promise<void> {
		const { filling, findings } = this.#options;
		const staged: StagedRecord[] = [];
		for (const item of items) {
			this.#records++;
			if (this.#records > this.#limit.value) {
				throw errors.tooManyRecords({ ...this.#limit, actual: this.#records });
			}
			try {
				staged.push(readItem(item));
			} catch (error) {
				if (!(error instanceof DssError)) throw error;
				findings.add(error);
			}
		}
		// Once something is wrong, the rest is only looked at: nothing will be applied.
		if (findings.total > 0) return;
		for (const { uuid, name } of filling.add(staged)) {
			const reason = 'another record has the same uuid';
			findings.add(errors.duplicateRecord({ entry, uuid, path: name, reason }));
		}
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
