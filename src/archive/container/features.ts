import { errors } from '../../errors.ts';
import type { Directory } from './structures.ts';

/** General purpose bits (APPNOTE 4.4.4) that may be set: deflate's options, the data descriptor, UTF-8. */
const ALLOWED_FLAGS = 0b0000_1000_0000_1110;
const ENCRYPTED = 0x0001;
const STRONGLY_ENCRYPTED = 0x0040;
const MASKED = 0x2000;
const PATCHED = 0x0020;

/** Extra fields that say how an entry is encrypted: PKWARE's (APPNOTE 4.5.12) and WinZip's AES. */
const ENCRYPTION_EXTRAS: ReadonlySet<number> = new Set([0x0017, 0x9901]);

export const STORED = 0;
export const DEFLATED = 8;
/** 4.5: ZIP64 (APPNOTE 4.4.3.2). */
const NEWEST_VERSION = 45;

/** REFUSALS 12, 17d and 17h: stored and deflated entries, plainly. */
export function checkFeatures({ entries }: Directory): void {
	for (const { name, flags, method, versionNeeded, disk, extras, local } of entries) {
		const unsupported = (reason: string) => errors.unsupportedZipFeature({ entry: name, reason });
		if (flags & (ENCRYPTED | STRONGLY_ENCRYPTED | MASKED)) throw unsupported('it is encrypted');
		if ([...extras, ...local.extras].some(({ id }) => ENCRYPTION_EXTRAS.has(id)))
			throw unsupported('an extra field says that it is encrypted');
		if (flags & PATCHED) throw unsupported('it is patched data');
		if (flags & ~ALLOWED_FLAGS) throw unsupported('reserved flag bits are set');
		if (method !== STORED && method !== DEFLATED)
			throw unsupported(`compression method ${method} is not read here`);
		// Some writers put their system into the upper byte, as in "version made by" (4.4.2).
		const version = versionNeeded & 0xff;
		if (version > NEWEST_VERSION) throw unsupported(`it needs version ${version / 10} of the ZIP format`);
		if (disk !== 0) throw unsupported('it begins on another disk');
	}
}
