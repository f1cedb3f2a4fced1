import { errors } from '../../errors.ts';
import type { FileBytes } from './bytes.ts';
import { DESCRIPTOR_FLAG } from './header-agreement.ts';
import type { Directory, ZipEntry } from './structures.ts';

const DESCRIPTOR_SIGNATURE = 0x08074b50; // APPNOTE 4.3.9.3

/** REFUSALS 9: no byte belongs to two entries, nor to an entry and the directory. */
export function checkOverlaps({ end, entries }: Directory): void {
	const inOrder = byPlace(entries);
	inOrder.forEach((entry, index) => {
		const next = inOrder[index + 1];
		if (entry.dataOffset + entry.compressedBytes > (next?.localOffset ?? end.directoryOffset)) {
			const into = next === undefined ? 'the directory' : next.name;
			throw errors.overlappingEntries({ entry: entry.name, reason: `it reaches into ${into}` });
		}
	});
}

/**
 * REFUSALS 10 and 17f: every byte is accounted for. The first local header stands at offset 0, entries follow each
 * other without a gap, and the directory follows the last one. Overlaps have been looked for before.
 */
export function checkGaps({ end, entries }: Directory, file: FileBytes): void {
	let expected = 0;
	byPlace(entries).forEach((entry, index, inOrder) => {
		if (entry.localOffset !== expected) {
			throw errors.ambiguousArchive({
				entry: entry.name,
				reason: 'bytes that belong to no entry stand before it',
			});
		}
		const next = inOrder[index + 1]?.localOffset ?? end.directoryOffset;
		const dataEnd = entry.dataOffset + entry.compressedBytes;
		expected = dataEnd + (entry.flags & DESCRIPTOR_FLAG ? descriptorBytes(file, entry, dataEnd, next) : 0);
	});
	if (expected !== end.directoryOffset) {
		throw errors.ambiguousArchive({ reason: 'bytes that belong to no entry stand before the directory' });
	}
}

function byPlace(entries: readonly ZipEntry[]): ZipEntry[] {
	return [...entries].sort((one, other) => one.localOffset - other.localOffset);
}

/**
 * The length of the data descriptor (APPNOTE 4.3.9) between the data and what follows, after a look at its content:
 * with or without signature, with 8-byte sizes only where the local header has a ZIP64 extra field.
 */
function descriptorBytes(file: FileBytes, entry: ZipEntry, at: number, next: number): number {
	const gap = next - at;
	const sizeBytes = entry.local.zip64 ? 8 : 4;
	const plain = 4 + 2 * sizeBytes;
	const wrong = (reason: string) => errors.headerMismatch({ entry: entry.name, reason });
	if (gap !== plain && gap !== plain + 4) throw wrong('its data descriptor is missing or has another length');
	const bytes = file.read(at, gap);
	const fields = gap === plain ? bytes : bytes.subarray(4);
	const size = (offset: number) =>
		sizeBytes === 8 ? Number(fields.readBigUInt64LE(offset)) : fields.readUInt32LE(offset);
	const agrees =
		(gap === plain || bytes.readUInt32LE(0) === DESCRIPTOR_SIGNATURE) &&
		fields.readUInt32LE(0) === entry.crc &&
		size(4) === entry.compressedBytes &&
		size(4 + sizeBytes) === entry.bytes;
	if (!agrees) throw wrong('its data descriptor contradicts the directory');
	return gap;
}
