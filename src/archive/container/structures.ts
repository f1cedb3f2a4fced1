/**
 * The structures of a ZIP file, read as APPNOTE 6.3.10 describes them. This file reads; what may stand in the fields
 * is judged by the checks beside it.
 */
import { errors } from '../../errors.ts';
import type { FileBytes } from './bytes.ts';

const LOCAL_SIGNATURE = 0x04034b50; // APPNOTE 4.3.7
const CENTRAL_SIGNATURE = 0x02014b50; // 4.3.12
const ZIP64_END_SIGNATURE = 0x06064b50; // 4.3.14
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50; // 4.3.15

const END_SIGNATURE = 'PK\x05\x06'; // 4.3.16
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const ZIP64_END_BYTES = 56;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const MAX_COMMENT = 0xffff;

export const ZIP64_EXTRA = 0x0001; // 4.5.3
export const UNICODE_PATH_EXTRA = 0x7075; // 4.6.9
const MAX16 = 0xffff;
const MAX32 = 0xffffffff;

/** One extra field (APPNOTE 4.5.1). */
export interface Extra {
	readonly id: number;
	readonly data: Buffer;
}

/** Where the directory stands, and where it says so. */
export interface End {
	readonly entries: number;
	readonly directoryOffset: number;
	readonly directoryBytes: number;
	/** Where the first of the end records begins: the directory must end there. */
	readonly begins: number;
}

/** What a local or central header says of an entry. */
export interface Header {
	readonly nameBytes: Buffer;
	readonly flags: number;
	readonly method: number;
	readonly versionNeeded: number;
	readonly crc: number;
	readonly compressedBytes: number;
	readonly bytes: number;
	readonly extras: readonly Extra[];
	/** Whether a ZIP64 extra field gave sizes. */
	readonly zip64: boolean;
}

/** An entry as the central directory has it. */
export interface CentralRecord extends Header {
	readonly name: string;
	readonly madeBy: number;
	readonly disk: number;
	readonly externalAttributes: number;
	readonly localOffset: number;
}

/** An entry with its local header and the place of its bytes. */
export interface ZipEntry extends CentralRecord {
	readonly local: Header;
	readonly dataOffset: number;
}

/** The directory of an archive: all there is to know before a byte is inflated. */
export interface Directory {
	readonly end: End;
	readonly entries: readonly ZipEntry[];
}

/**
 * Finds the end record (APPNOTE 4.3.16). It must end the file: its comment reaches the last byte. Another signature
 * that does so too, or stands in the comment, is a second directory for some other reader.
 */
export function readEnd(file: FileBytes): End {
	if (file.size < END_BYTES) throw errors.notAnArchive({ reason: 'the file is too short for a ZIP archive' });
	const tailAt = Math.max(0, file.size - END_BYTES - MAX_COMMENT);
	const tail = file.read(tailAt, file.size - tailAt);
	const found = signatures(tail);
	if (found.length === 0) {
		throw errors.notAnArchive({
			reason: 'the end of the ZIP directory is missing; the file is cut off or no ZIP archive',
		});
	}
	const closing = found.filter((at) => at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length);
	const at = closing.at(-1);
	if (at === undefined) throw endlessness(tail, found);
	if (closing.length > 1) throw errors.ambiguousArchive({ reason: 'there are two end records' });
	if (found.some((other) => other > at)) {
		throw errors.ambiguousArchive({ reason: 'the comment holds an end record' });
	}
	return fromEnd(file, tail.subarray(at), tailAt + at);
}

function signatures(tail: Buffer): number[] {
	const found: number[] = [];
	const wanted = Buffer.from(END_SIGNATURE);
	for (let at = tail.indexOf(wanted); at !== -1; at = tail.indexOf(wanted, at + 1)) {
		if (at + END_BYTES <= tail.length) found.push(at);
	}
	return found;
}

/** No end record ends the file: either bytes follow it, or its comment is cut off. */
function endlessness(tail: Buffer, found: readonly number[]): Error {
	const last = found.at(-1) ?? 0;
	return last + END_BYTES + tail.readUInt16LE(last + 20) > tail.length
		? errors.notAnArchive({ reason: 'the comment of the archive is cut off' })
		: errors.ambiguousArchive({ reason: 'bytes stand after the end record' });
}

function fromEnd(file: FileBytes, end: Buffer, at: number): End {
	const plain = {
		disk: end.readUInt16LE(4),
		directoryDisk: end.readUInt16LE(6),
		diskEntries: end.readUInt16LE(8),
		entries: end.readUInt16LE(10),
		directoryBytes: end.readUInt32LE(12),
		directoryOffset: end.readUInt32LE(16),
	};
	const large = readZip64End(file, at);
	const sentinel =
		[plain.disk, plain.directoryDisk, plain.diskEntries, plain.entries].includes(MAX16) ||
		[plain.directoryBytes, plain.directoryOffset].includes(MAX32);
	if (large === null) {
		if (sentinel)
			throw errors.ambiguousArchive({ reason: 'the end record refers to a ZIP64 record that is not there' });
		return settle(plain, at);
	}
	// APPNOTE 4.4.1.4: a field holds its sentinel or the same value as the ZIP64 record.
	const agrees =
		[MAX16, large.disk].includes(plain.disk) &&
		[MAX16, large.directoryDisk].includes(plain.directoryDisk) &&
		[MAX16, large.diskEntries].includes(plain.diskEntries) &&
		[MAX16, large.entries].includes(plain.entries) &&
		[MAX32, large.directoryBytes].includes(plain.directoryBytes) &&
		[MAX32, large.directoryOffset].includes(plain.directoryOffset);
	if (!agrees) throw errors.ambiguousArchive({ reason: 'the ZIP64 end record contradicts the end record' });
	return settle(large, large.begins);
}

interface EndFields {
	readonly disk: number;
	readonly directoryDisk: number;
	readonly diskEntries: number;
	readonly entries: number;
	readonly directoryBytes: number;
	readonly directoryOffset: number;
}

function settle(fields: EndFields, begins: number): End {
	if (fields.entries === 0 && fields.directoryBytes === 0) {
		throw errors.notAnArchive({ reason: 'the archive is empty: it holds no entry' });
	}
	if (fields.disk !== 0 || fields.directoryDisk !== 0) {
		throw errors.unsupportedZipFeature({ reason: 'the archive is spread over several disks' });
	}
	if (fields.diskEntries !== fields.entries) {
		throw errors.ambiguousArchive({ reason: 'the end record names two numbers of entries' });
	}
	if (fields.directoryOffset + fields.directoryBytes !== begins) {
		throw fields.directoryOffset + fields.directoryBytes > begins
			? errors.overlappingEntries({ reason: 'the directory reaches into the end record' })
			: errors.ambiguousArchive({ reason: 'the directory does not end where the end record begins' });
	}
	const { entries, directoryOffset, directoryBytes } = fields;
	return { entries, directoryOffset, directoryBytes, begins };
}

/** The ZIP64 end record by its locator, which stands right before the end record (APPNOTE 4.3.14, 4.3.15). */
function readZip64End(file: FileBytes, endAt: number): (EndFields & { begins: number }) | null {
	if (endAt < LOCATOR_BYTES) return null;
	const locator = file.read(endAt - LOCATOR_BYTES, LOCATOR_BYTES);
	if (locator.readUInt32LE(0) !== ZIP64_LOCATOR_SIGNATURE) return null;
	const bad = (reason: string) => errors.ambiguousArchive({ reason });
	if (locator.readUInt32LE(4) !== 0 || locator.readUInt32LE(16) > 1) {
		throw errors.unsupportedZipFeature({ reason: 'the archive is spread over several disks' });
	}
	const begins = uint64(locator, 8);
	// Without an extensible data sector the record has 56 bytes, and the locator follows it at once.
	if (begins !== endAt - LOCATOR_BYTES - ZIP64_END_BYTES) {
		throw bad('the ZIP64 locator does not lead to the record before it');
	}
	const record = file.read(begins, ZIP64_END_BYTES);
	if (record.readUInt32LE(0) !== ZIP64_END_SIGNATURE || uint64(record, 4) !== ZIP64_END_BYTES - 12) {
		throw bad('the ZIP64 end record is missing or has another length');
	}
	return {
		disk: record.readUInt32LE(16),
		directoryDisk: record.readUInt32LE(20),
		diskEntries: uint64(record, 24),
		entries: uint64(record, 32),
		directoryBytes: uint64(record, 40),
		directoryOffset: uint64(record, 48),
		begins,
	};
}

/** All central records (APPNOTE 4.3.12): as many as the end record says, and not a byte more. */
export function readCentralRecords(file: FileBytes, end: End): CentralRecord[] {
	const directory = file.read(end.directoryOffset, end.directoryBytes);
	const records: CentralRecord[] = [];
	let at = 0;
	while (records.length < end.entries) {
		if (at + CENTRAL_BYTES > directory.length || directory.readUInt32LE(at) !== CENTRAL_SIGNATURE) {
			throw errors.ambiguousArchive({
				reason: `the directory holds ${records.length} entries, the end record says ${end.entries}`,
			});
		}
		const nameBytes = directory.readUInt16LE(at + 28);
		const extraBytes = directory.readUInt16LE(at + 30);
		const next = at + CENTRAL_BYTES + nameBytes + extraBytes + directory.readUInt16LE(at + 32);
		if (next > directory.length) {
			throw errors.ambiguousArchive({ reason: 'an entry of the directory reaches beyond its end' });
		}
		records.push(centralRecord(directory.subarray(at, next), nameBytes, extraBytes));
		at = next;
	}
	if (at !== directory.length) {
		throw errors.ambiguousArchive({ reason: 'the directory is longer than its entries' });
	}
	return records;
}

function centralRecord(record: Buffer, nameLength: number, extraLength: number): CentralRecord {
	const nameBytes = record.subarray(CENTRAL_BYTES, CENTRAL_BYTES + nameLength);
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

/** Reads an entry's local header (APPNOTE 4.3.7), which must lie before the directory. */
export function withLocalHeader(file: FileBytes, end: End, record: CentralRecord): ZipEntry {
	const { name, localOffset } = record;
	const beyond = () =>
		errors.overlappingEntries({ entry: name, reason: 'its local header reaches into the directory' });
	if (localOffset + LOCAL_BYTES > end.directoryOffset) throw beyond();
	const fixed = file.read(localOffset, LOCAL_BYTES);
	if (fixed.readUInt32LE(0) !== LOCAL_SIGNATURE) {
		throw errors.headerMismatch({ entry: name, reason: 'there is no local header where the directory says' });
	}
	const nameLength = fixed.readUInt16LE(26);
	const extraLength = fixed.readUInt16LE(28);
	const dataOffset = localOffset + LOCAL_BYTES + nameLength + extraLength;
	if (dataOffset > end.directoryOffset) throw beyond();
	const rest = file.read(localOffset + LOCAL_BYTES, nameLength + extraLength);
	const extras = readExtras(rest.subarray(nameLength), name);
	const sizes = withLocalZip64(extras, name, {
		bytes: fixed.readUInt32LE(22),
		compressedBytes: fixed.readUInt32LE(18),
	});
	const local: Header = {
		nameBytes: rest.subarray(0, nameLength),
		versionNeeded: fixed.readUInt16LE(4),
		flags: fixed.readUInt16LE(6),
		method: fixed.readUInt16LE(8),
		crc: fixed.readUInt32LE(14),
		extras,
		...sizes,
	};
	return { ...record, local, dataOffset };
}

/** Names are UTF-8, whether flag bit 11 says so or not: Info-ZIP writes them without it. */
function decodeName(bytes: Buffer): string {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		throw errors.unsafeName({ entry: bytes.toString('latin1'), reason: 'the name is not valid UTF-8' });
	}
}

/** Extra fields: an id, a length, that many bytes, again and again to the end (APPNOTE 4.5.1). */
function readExtras(bytes: Buffer, entry: string): Extra[] {
	const extras: Extra[] = [];
	let at = 0;
	while (at < bytes.length) {
		const end = at + 4 <= bytes.length ? at + 4 + bytes.readUInt16LE(at + 2) : Number.POSITIVE_INFINITY;
		if (end > bytes.length)
			throw errors.corruptEntry({ entry, reason: 'an extra field overruns its header' });
		const id = bytes.readUInt16LE(at);
		if (extras.some((extra) => extra.id === id)) {
			throw id === ZIP64_EXTRA
				? errors.ambiguousArchive({ entry, reason: 'there are two ZIP64 extra fields' })
				: errors.corruptEntry({ entry, reason: 'the same extra field stands twice' });
		}
		extras.push({ id, data: bytes.subarray(at + 4, end) });
		at = end;
	}
	return extras;
}

/**
 * Replaces the fields that hold the sentinel by the values of the ZIP64 extra field (APPNOTE 4.5.3): in this order,
 * each only where its plain field is the sentinel, and nothing besides.
 */
function withZip64<T extends { bytes: number; compressedBytes: number; localOffset?: number }>(
	extras: readonly Extra[],
	entry: string,
	plain: T,
): T & { zip64: boolean } {
	const extra = extras.find(({ id }) => id === ZIP64_EXTRA);
	const wanted = (['bytes', 'compressedBytes', 'localOffset'] as const).filter((key) => plain[key] === MAX32);
	const bad = (reason: string) => errors.ambiguousArchive({ entry, reason });
	if (extra === undefined) {
		if (wanted.length > 0) throw bad('a size refers to a ZIP64 extra field that is not there');
		return { ...plain, zip64: false };
	}
	if (extra.data.length !== wanted.length * 8) throw bad('the ZIP64 extra field does not fit the header');
	if (wanted.length === 0) throw bad('there is a ZIP64 extra field that nothing refers to');
	const values = Object.fromEntries(wanted.map((key, index) => [key, uint64(extra.data, index * 8)]));
	return { ...plain, ...values, zip64: true };
}

/**
 * The same in a local header, where the field must give both sizes (APPNOTE 4.5.3). Writers that do not know the size
 * beforehand add it in case it is needed, so a plain field may also repeat what it says.
 */
function withLocalZip64<T extends { bytes: number; compressedBytes: number }>(
	extras: readonly Extra[],
	entry: string,
	plain: T,
): T & { zip64: boolean } {
	const data = extras.find(({ id }) => id === ZIP64_EXTRA)?.data;
	const bad = (reason: string) => errors.ambiguousArchive({ entry, reason });
	if (data === undefined) {
		if (plain.bytes !== MAX32 && plain.compressedBytes !== MAX32) return { ...plain, zip64: false };
		throw bad('a size refers to a ZIP64 extra field that is not there');
	}
	if (data.length !== 16) throw bad('the ZIP64 extra field of the local header does not give both sizes');
	const large = { bytes: uint64(data, 0), compressedBytes: uint64(data, 8) };
	for (const key of ['bytes', 'compressedBytes'] as const) {
		if (plain[key] !== MAX32 && plain[key] !== large[key])
			throw bad('the ZIP64 extra field contradicts the header');
	}
	return { ...plain, ...large, zip64: true };
}

/** A 64-bit number; what a double cannot hold is larger than any file here, and says so. */
function uint64(buffer: Buffer, at: number): number {
	const value = Number(buffer.readBigUInt64LE(at));
	return Number.isSafeInteger(value) ? value : Number.MAX_SAFE_INTEGER;
}
