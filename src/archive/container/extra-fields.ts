/** Extra fields of headers (APPNOTE 4.5), and what the ZIP64 one says of sizes. */
import { errors } from '../../errors.ts';
import { uint64 } from './bytes.ts';
import type { Extra } from './structures.ts';

const ZIP64_EXTRA = 0x0001; // APPNOTE 4.5.3
export const UNICODE_PATH_EXTRA = 0x7075; // 4.6.9
const MAX32 = 0xffffffff;
/** REFUSALS 17h. */
const MAX_EXTRAS = 20;
const NO_DATA = Buffer.alloc(0);

/**
 * Extra fields: an id, a length, that many bytes, again and again to the end (APPNOTE 4.5.1).
 *
 * @throws {DssError} corrupt_entry, ambiguous_archive
 */
export function readExtras(bytes: Buffer, entry: string): Extra[] {
	const extras: Extra[] = [];
	const seen = new Set<number>();
	let at = 0;
	while (at < bytes.length) {
		const end = at + 4 <= bytes.length ? at + 4 + bytes.readUInt16LE(at + 2) : Number.POSITIVE_INFINITY;
		if (end > bytes.length)
			throw errors.corruptEntry({ entry, reason: 'an extra field overruns its header' });
		const id = bytes.readUInt16LE(at);
		if (seen.has(id)) {
			throw id === ZIP64_EXTRA
				? errors.ambiguousArchive({ entry, reason: 'there are two ZIP64 extra fields' })
				: errors.corruptEntry({ entry, reason: 'the same extra field stands twice' });
		}
		if (seen.size >= MAX_EXTRAS) {
			throw errors.corruptEntry({ entry, reason: `a header has more than ${MAX_EXTRAS} extra fields` });
		}
		seen.add(id);
		const isUsed = id === ZIP64_EXTRA || id === UNICODE_PATH_EXTRA;
		// A copy: a part of the directory would keep all of it in memory.
		extras.push({ id, data: isUsed ? Buffer.from(bytes.subarray(at + 4, end)) : NO_DATA });
		at = end;
	}
	return extras;
}

/**
 * Replaces the fields that hold the sentinel by the values of the ZIP64 extra field (APPNOTE 4.5.3): in this order,
 * each only where its plain field is the sentinel, and nothing besides.
 */
export function withZip64<T extends { bytes: number; compressedBytes: number; localOffset?: number }>(
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
export function withLocalZip64<T extends { bytes: number; compressedBytes: number }>(
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
