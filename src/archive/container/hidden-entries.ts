import { errors } from '../../errors.ts';
import type { FileBytes } from './bytes.ts';
import { STORED } from './features.ts';
import { DESCRIPTOR_FLAG } from './header-agreement.ts';
import type { Directory, ZipEntry } from './structures.ts';

/** A local header begins with it (APPNOTE 4.3.7). */
const LOCAL_SIGNATURE = Buffer.from([0x50, 0x4b, 0x03, 0x04]);
const PIECE_BYTES = 262_144;

/** What deflate makes of nothing (RFC 1951 §3.2.6: a last block of fixed codes that only ends). */
const EMPTY_STREAM = Buffer.from([0x03, 0x00]);

/**
 * REFUSALS 17h: content that this reader would not look at, and another might.
 *
 * - A directory is never inflated; writers that pack it leave the stream of nothing, and anything else is hidden.
 * - A reader that streams finds the end of a stored entry with a descriptor (APPNOTE 4.4.4, bit 3) by looking for
 *   signatures. One that stands in the content is an entry to it that the directory does not list. Each such entry is
 *   read once.
 */
export function checkHiddenEntries({ entries }: Directory, file: FileBytes): void {
	for (const entry of entries) {
		if (entry.name.endsWith('/') && !isEmpty(file, entry))
			throw errors.specialFile({ entry: entry.name, reason: 'a directory has packed bytes' });
		const isSearched = entry.method === STORED && (entry.flags & DESCRIPTOR_FLAG) !== 0;
		if (isSearched && holdsLocalHeader(file, entry)) {
			throw errors.ambiguousArchive({
				entry: entry.name,
				reason: 'its content reads like further entries where the archive is streamed',
			});
		}
	}
}

function isEmpty(file: FileBytes, { dataOffset, compressedBytes, method }: ZipEntry): boolean {
	if (compressedBytes === 0) return true;
	if (method === STORED || compressedBytes !== EMPTY_STREAM.length) return false;
	return EMPTY_STREAM.equals(file.read(dataOffset, compressedBytes));
}

function holdsLocalHeader(file: FileBytes, { dataOffset, compressedBytes }: ZipEntry): boolean {
	// Pieces share three bytes, so that a signature between two is found.
	for (let at = 0; at < compressedBytes; at += PIECE_BYTES - 3) {
		const piece = file.read(dataOffset + at, Math.min(PIECE_BYTES, compressedBytes - at));
		if (piece.includes(LOCAL_SIGNATURE)) return true;
	}
	return false;
}
