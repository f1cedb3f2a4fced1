/** The end of a ZIP file: where its directory stands, and that nothing else could be taken for it. */
import { errors } from '../../errors.ts';
import { type FileBytes, uint64 } from './bytes.ts';
import type { End } from './structures.ts';

const ZIP64_END_SIGNATURE = 0x06064b50; // APPNOTE 4.3.14
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50; // 4.3.15
const END_SIGNATURE = 'PK\x05\x06'; // 4.3.16
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const ZIP64_END_BYTES = 56;
const MAX_COMMENT = 0xffff;
const MAX16 = 0xffff;
const MAX32 = 0xffffffff;

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
	if (at === undefined) throw withoutEnd(tail, found);
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
function withoutEnd(tail: Buffer, found: readonly number[]): Error {
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
		return checkedEnd(plain, at);
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
	return checkedEnd(large, large.begins);
}

interface EndFields {
	readonly disk: number;
	readonly directoryDisk: number;
	readonly diskEntries: number;
	readonly entries: number;
	readonly directoryBytes: number;
	readonly directoryOffset: number;
}

function checkedEnd(fields: EndFields, begins: number): End {
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
