import { errors } from '../../errors.ts';
import type { Directory } from './structures.ts';

const MAX_NAME_BYTES = 255;
const MAX_SEGMENTS = 16;

/** Names that Windows gives to devices, with any ending; it ignores spaces before the dot. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$) *(?:\.|$)/i;
/** What Windows cannot hold in a name; the colon also leads to alternate streams. Separators are looked at apart. */
const NOT_ON_WINDOWS = /[<>:"|?*]/;
/**
 * What is not seen, or makes a name look like another: control characters, what has no width (UAX #44,
 * Default_Ignorable_Code_Point: soft hyphen, byte order mark, tags and variation selectors too), marks that turn the
 * direction of reading, separators of lines, private use, non-characters, and marks of annotations.
 */
const INVISIBLE =
	/[\p{Cc}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Co}\p{Noncharacter_Code_Point}\ufff9-\ufffb]/u;

/** REFUSALS 1 to 4, 17c and 17g: a name may lead nowhere but to itself, on any system. */
export function checkNames({ entries }: Directory): void {
	for (const { name, nameBytes } of entries) checkName(name, nameBytes.length);
}

/** @throws {DssError} zip_slip, unsafe_name */
export function checkName(name: string, bytes: number): void {
	const slip = (reason: string) => errors.zipSlip({ entry: name, reason });
	const unsafe = (reason: string) => errors.unsafeName({ entry: name, reason });

	const anySegments = name.split(/[/\\]/);
	if (anySegments.includes('..')) throw slip('a ".." leads out of the archive');
	if (/^[/\\~]/.test(name)) throw slip('the path is absolute');
	if (/^[A-Za-z]:/.test(name)) throw slip('the path names a drive');
	const compatible = name.normalize('NFKC');
	if (compatible !== name && pathChanged(name, compatible)) {
		throw slip('its compatibility form (NFKC) is another path');
	}

	if (INVISIBLE.test(name)) {
		throw unsafe('the name holds a character that is not seen, or that changes how it is read');
	}
	if (NOT_ON_WINDOWS.test(name)) throw unsafe('the name holds one of < > : " | ? *');
	if (name.includes('\\')) throw unsafe('the name holds a backslash');
	if (name !== name.normalize('NFC')) throw unsafe('the name is not in Unicode form NFC');
	if (bytes > MAX_NAME_BYTES) throw unsafe(`the name is longer than ${MAX_NAME_BYTES} bytes`);
	// A last "/" marks a directory.
	const segments = name.replace(/\/$/, '').split('/');
	if (segments.length > MAX_SEGMENTS) throw unsafe(`the path has more than ${MAX_SEGMENTS} parts`);
	for (const segment of segments) {
		if (segment === '' || segment === '.') throw unsafe('a part of the path is empty or "."');
		if (segment.startsWith('.')) throw unsafe('hidden files are not allowed');
		if (/[. ]$/.test(segment)) throw unsafe('a part of the path ends with a dot or a space');
		if (DEVICE.test(segment)) throw unsafe('a part of the path is the name of a Windows device');
	}
}

/** Whether the compatibility form has other separators, or parts that lead elsewhere. */
function pathChanged(name: string, compatible: string): boolean {
	const separators = (text: string) => text.replace(/[^/\\:]/g, '');
	const leading = (text: string) =>
		text
			.split(/[/\\]/)
			.filter((part) => /^\.*$/.test(part))
			.join('/');
	return separators(name) !== separators(compatible) || leading(name) !== leading(compatible);
}
