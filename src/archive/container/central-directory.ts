/** The central directory (APPNOTE 4.3.12), read through a window: however large it is, little of it is in memory. */
import { errors } from '../../errors.ts';
import type { FileBytes } from './bytes.ts';
import { decodeName } from './entry-names.ts';
import { readExtras, withZip64 } from './extra-fields.ts';
import type { CentralRecord, End } from './structures.ts';

const CENTRAL_SIGNATURE = 0x02014b50;
const CENTRAL_BYTES = 46;
/** Larger than any one record: 46 bytes, and three fields of up to 65,535. */
const WINDOW_BYTES = 262_144;

/**
 * All central records: as many as the end record says, and not a byte more. The caller has bounded their number.
 *
 * @throws {DssError} ambiguous_archive, corrupt_entry, unsafe_name
 */
export function readCentralRecords(file: FileBytes, end: End): CentralRecord[] {
	const records: CentralRecord[] = [];
	const window = new Window(file, end);
	let at = 0;
	while (records.length < end.entries) {
		const fixed = at + CENTRAL_BYTES > end.directoryBytes ? null : window.read(at, CENTRAL_BYTES);
		if (fixed === null || fixed.readUInt32LE(0) !== CENTRAL_SIGNATURE) {
			throw errors.ambiguousArchive({
				reason: `the directory holds ${records.length} entries, the end record says ${end.entries}`,
			});
		}
		const nameBytes = fixed.readUInt16LE(28);
		const extraBytes = fixed.readUInt16LE(30);
		const length = CENTRAL_BYTES + nameBytes + extraBytes + fixed.readUInt16LE(32);
		if (at + length > end.directoryBytes) {
			throw errors.ambiguousArchive({ reason: 'an entry of the directory reaches beyond its end' });
		}
		records.push(centralRecord(window.read(at, length), nameBytes, extraBytes));
		at += length;
	}
	if (at !== end.directoryBytes) {
		throw errors.ambiguousArchive({ reason: 'the directory is longer than its entries' });
	}
	return records;
}

/** Reads ranges of the directory that follow each other. */
class Window {
	readonly #file: FileBytes;
	readonly #end: End;
	#begins = 0;
	#bytes: Buffer = Buffer.alloc(0);

	constructor(file: FileBytes, end: End) {
		this.#file = file;
		this.#end = end;
	}

	read(at: number, length: number): Buffer {
		if (at < this.#begins || at + length > this.#begins + this.#bytes.length) {
			const { directoryOffset, directoryBytes } = this.#end;
			this.#bytes = this.#file.read(directoryOffset + at, Math.min(WINDOW_BYTES, directoryBytes - at));
			this.#begins = at;
		}
		return this.#bytes.subarray(at - this.#begins, at - this.#begins + length);
	}
}

function centralRecord(record: Buffer, nameLength: number, extraLength: number): CentralRecord {
	// A copy: a part of the window would keep all of it in memory.
	const nameBytes = Buffer.from(record.subarray(CENTRAL_BYTES, CENTRAL_BYTES + nameLength));
	const name = decodeName(nameBytes);
	const extras = readExtras(
		record.subarray(CENTRAL_BYTES + nameLength, CENTRAL_BYTES + nameLength + extraLength),
		name,
	);
	const sizes = withZip64(extras, name, {
		bytes: record.readUInt32LE(24),
		compressedBytes: record.readUInt32LE(20),
		localOffset: record.readUInt32LE(42),
	});
	return {
		name,
		nameBytes,
		madeBy: record.readUInt16LE(4),
		versionNeeded: record.readUInt16LE(6),
		flags: record.readUInt16LE(8),
		method: record.readUInt16LE(10),
		crc: record.readUInt32LE(16),
		disk: record.readUInt16LE(34),
		externalAttributes: record.readUInt32LE(38),
		extras,
		...sizes,
	};
}
