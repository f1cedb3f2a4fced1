import { errors } from '../../errors.ts';
import type { Directory } from './structures.ts';

const UNIX = 3; // APPNOTE 4.4.2.2
const DARWIN = 19;
const TYPE_BITS = 0o170000;
const REGULAR = 0o100000;
const DIRECTORY = 0o040000;
/** FILE_ATTRIBUTE_REPARSE_POINT: a link on Windows, in the lower half of the external attributes. */
const REPARSE_POINT = 0x400;

/**
 * REFUSALS 5 and 17h: only regular files, and directories without content. The Unix mode stands in the upper half of the
 * external attributes (APPNOTE 4.4.15) where the maker is a Unix; without type bits the file is regular.
 */
export function checkSpecialFiles({ entries }: Directory): void {
	for (const { name, madeBy, externalAttributes, bytes } of entries) {
		const special = (reason: string) => errors.specialFile({ entry: name, reason });
		const isDirectory = name.endsWith('/');
		if (isDirectory && bytes > 0) throw special('a directory has content');
		if ((externalAttributes & REPARSE_POINT) !== 0) throw special('it is a reparse point');
		if (madeBy >>> 8 !== UNIX && madeBy >>> 8 !== DARWIN) continue;
		const mode = externalAttributes >>> 16;
		const type = mode & TYPE_BITS;
		if (type === DIRECTORY ? !isDirectory : type !== 0 && type !== REGULAR) {
			throw special('it is a link, a device or another special file');
		}
		// REFUSALS 17d
		if ((mode & 0o7000) !== 0) {
			throw errors.unsupportedZipFeature({ entry: name, reason: 'setuid, setgid or sticky bits are set' });
		}
	}
}
