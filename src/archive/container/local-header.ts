/** Local headers (APPNOTE 4.3.7): what stands before the bytes of each entry. */
import { errors } from '../../errors.ts';
import type { FileBytes } from './bytes.ts';
import { readExtras, withLocalZip64 } from './extra-fields.ts';
import type { CentralRecord, End, Header, ZipEntry } from './structures.ts';

const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;

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
