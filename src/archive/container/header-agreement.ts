import { crc32 } from 'node:zlib';
import { errors } from '../../errors.ts';
import { UNICODE_PATH_EXTRA } from './extra-fields.ts';
import type { Directory, Extra, ZipEntry } from './structures.ts';

/** General purpose bit 3: sizes and CRC stand in a descriptor behind the data (APPNOTE 4.4.4). */
export const DESCRIPTOR_FLAG = 0x0008;

/** REFUSALS 7 and 8: what a streaming reader sees is what the directory says. */
export function checkHeaderAgreement({ entries }: Directory): void {
	for (const entry of entries) {
		const { local } = entry;
		const differs = (what: string) =>
			errors.headerMismatch({
				entry: entry.name,
				reason: `its local header has another ${what} than the directory`,
			});
		if (!local.nameBytes.equals(entry.nameBytes)) throw differs('name');
		if (local.method !== entry.method) throw differs('method');
		if (local.flags !== entry.flags) throw differs('set of flags');
		if (!fieldsAgree(entry)) throw differs('CRC or size');
		for (const extras of [entry.extras, local.extras]) checkUnicodePath(entry, extras);
	}
}

/** With a descriptor, the local fields are zero (APPNOTE 4.4.4); some writers fill them in all the same. */
function fieldsAgree(entry: ZipEntry): boolean {
	const { local } = entry;
	const same = (one: number, other: number) =>
		one === other || ((entry.flags & DESCRIPTOR_FLAG) !== 0 && one === 0);
	return (
		same(local.crc, entry.crc) &&
		same(local.bytes, entry.bytes) &&
		same(local.compressedBytes, entry.compressedBytes)
	);
}

/** The Info-ZIP Unicode Path extra field (APPNOTE 4.6.9) may only repeat the name. */
function checkUnicodePath({ name, nameBytes }: ZipEntry, extras: readonly Extra[]): void {
	const data = extras.find(({ id }) => id === UNICODE_PATH_EXTRA)?.data;
	if (data === undefined) return;
	const agrees =
		data.length >= 5 &&
		data[0] === 1 &&
		data.readUInt32LE(1) === crc32(nameBytes) &&
		data.subarray(5).equals(nameBytes);
	if (!agrees)
		throw errors.headerMismatch({ entry: name, reason: 'its Unicode path field names another file' });
}
