/** Rows 1 to 17h: what a container may not be. */
import { crc32, deflateRawSync } from 'node:zlib';
import { buildDss, token } from '../dss-builder.ts';
import { buildZip, dataDescriptor, type EntrySpec, type Extra, u64 } from '../zip-builder.ts';
import { plain, type Refusal } from './refusal.ts';

/** An archive with one more listed entry, altered. */
const withEntry = (
	name: string,
	altered: Partial<EntrySpec> = {},
	others: Record<string, string> = { [name]: 'x' },
) =>
	buildDss({
		others,
		entries: (entries) => entries.map((entry) => (entry.name === name ? { ...entry, ...altered } : entry)),
	});
/** An archive whose tokens are altered as an entry. */
const withTokens = (altered: Partial<EntrySpec>) =>
	buildDss({
		entries: (entries) =>
			entries.map((entry) => (entry.name === 'tokens.jsonl' ? { ...entry, ...altered } : entry)),
	});

const archive = (
	row: string,
	what: string,
	status: number,
	code: string,
	alert: string | undefined,
	bad: Buffer,
	good: Buffer = plain,
): Refusal => ({
	row,
	what,
	status,
	stage: 'archive',
	code,
	...(alert === undefined ? {} : { alert }),
	bad,
	good,
});
const slip = (row: string, name: string, good = 'fine/name.txt') =>
	archive(row, `the name ${inAscii(name)}`, 403, 'zip_slip', 'zip_slip', withEntry(name), withEntry(good));
/** A line separator in the name of a test ends the line of its report. */
const inAscii = (text: string) =>
	JSON.stringify(text).replace(/[^ -~]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
const unsafe = (row: string, name: string, good = 'fine/name.txt') =>
	archive(row, `the name ${inAscii(name)}`, 400, 'unsafe_name', undefined, withEntry(name), withEntry(good));
const special = (mode: number, what: string) =>
	archive(
		'5',
		what,
		403,
		'special_file',
		'special_file',
		withEntry('x', { externalAttributes: (mode << 16) >>> 0 }),
		withEntry('x', { externalAttributes: (0o100644 << 16) >>> 0 }),
	);
const confusion = (row: string, what: string, code: string, bad: Buffer, good?: Buffer) =>
	archive(row, what, 403, code, 'parser_confusion', bad, good);

const unicodePath = (name: string, crcOf: string = name): Extra => {
	const data = Buffer.concat([Buffer.from([1]), Buffer.alloc(4), Buffer.from(name)]);
	data.writeUInt32LE(crc32(Buffer.from(crcOf)), 1);
	return { id: 0x7075, data };
};
const zip64Extra = (...values: number[]): Extra => ({ id: 1, data: Buffer.concat(values.map(u64)) });
const content = Buffer.from(`${JSON.stringify(token(1))}\n${JSON.stringify(token(2))}\n`);
const deflated = deflateRawSync(content);

export const CONTAINER_REFUSALS: readonly Refusal[] = [
	slip('1', '../evil.txt'),
	slip('1', 'a/../../evil.txt'),
	slip('1', 'a\\..\\evil.txt'),
	slip('1', 'a/..'),
	slip('2', '/etc/passwd'),
	slip('2', 'C:/evil.txt'),
	slip('2', '\\\\server\\share'),
	slip('2', '~/evil.txt'),
	unsafe('3', './a'),
	unsafe('3', 'a//b'),
	unsafe('3', 'a\\b'),
	unsafe('3', 'a./b', 'a.b/b'),
	unsafe('3', 'a ', 'a b'),
	unsafe('3', 'con', 'icon'),
	unsafe('3', 'a/NUL.txt', 'a/NULL.txt'),
	unsafe('3', '.hidden', 'a.hidden'),
	unsafe('4', 'a\u0000b', 'ab'),
	unsafe('4', 'a\u001bb', 'ab'),
	unsafe('4', 'a\u202egnp.exe', 'agnp.exe'),
	unsafe('4', 'e\u0301', '\u00e9'),
	unsafe('4', 'x'.repeat(256), 'x'.repeat(255)),
	unsafe(
		'4',
		Array.from({ length: 17 }, () => 'd').join('/'),
		Array.from({ length: 16 }, () => 'd').join('/'),
	),
	archive(
		'4',
		'a name that is not UTF-8',
		400,
		'unsafe_name',
		undefined,
		withEntry('x', { name: Buffer.from([0x66, 0xff, 0x6f]) }),
		withEntry('x'),
	),
	special(0o120777, 'a symbolic link'),
	special(0o060644, 'a block device'),
	special(0o010644, 'a named pipe'),
	special(0o140644, 'a socket'),
	special(0o040755, 'a directory without a trailing slash'),
	archive(
		'5',
		'a directory with content',
		403,
		'special_file',
		'special_file',
		buildDss({
			entries: (entries) => [
				...entries,
				{ name: 'folder/', content: 'hidden', externalAttributes: (0o040755 << 16) >>> 0 },
			],
		}),
		buildDss({
			entries: (entries) => [
				...entries,
				{ name: 'folder/', content: '', method: 0, externalAttributes: (0o040755 << 16) >>> 0 },
			],
		}),
	),
	confusion(
		'6',
		'the same name twice',
		'duplicate_entry',
		buildDss({ others: { x: '1' }, entries: (entries) => [...entries, { name: 'x', content: '2' }] }),
	),
	confusion(
		'6',
		'names that differ in case',
		'duplicate_entry',
		buildDss({ others: { Straße: '1', STRASSE: '2' } }),
		buildDss({ others: { Straße: '1', STRASE: '2' } }),
	),
	confusion(
		'7',
		'another name in the local header',
		'header_mismatch',
		withTokens({ local: { name: 'tokens.jsonX' } }),
	),
	confusion(
		'7',
		'another method in the local header',
		'header_mismatch',
		withTokens({ local: { method: 0 } }),
	),
	confusion('7', 'other flags in the local header', 'header_mismatch', withTokens({ local: { flags: 0 } })),
	confusion('7', 'another CRC in the local header', 'header_mismatch', withTokens({ local: { crc: 1 } })),
	confusion('7', 'another size in the local header', 'header_mismatch', withTokens({ local: { bytes: 1 } })),
	confusion(
		'7',
		'another compressed size in the local header',
		'header_mismatch',
		withTokens({ local: { compressedBytes: 1 } }),
	),
	confusion(
		'7',
		'no local header where the directory says',
		'header_mismatch',
		withTokens({ local: { signature: 0x04034b51 } }),
	),
	confusion(
		'8',
		'a Unicode path that names another file',
		'header_mismatch',
		withTokens({ extras: [unicodePath('other.jsonl', 'tokens.jsonl')] }),
		withTokens({ extras: [unicodePath('tokens.jsonl')] }),
	),
	archive(
		'9',
		'two records that share one entry',
		403,
		'overlapping_entries',
		'zip_bomb',
		buildDss({ others: { x: 'same', y: 'same' }, entries: (entries) => sharing(entries) }),
		buildDss({ others: { x: 'same', y: 'same' } }),
	),
	archive(
		'9',
		'an entry that reaches into the next',
		403,
		'overlapping_entries',
		'zip_bomb',
		overlapping(),
		plain,
	),
	archive(
		'9',
		'an entry that reaches into the directory',
		403,
		'overlapping_entries',
		'zip_bomb',
		buildDss({
			entries: (entries) =>
				entries.map((entry) =>
					entry.name === 'manifest.json'
						? { ...entry, method: 0, compressedBytes: 60_000, bytes: 60_000 }
						: entry,
				),
		}),
	),
	confusion(
		'10',
		'bytes before the first entry',
		'ambiguous_archive',
		buildDss({ archive: { prefix: Buffer.from('#!/bin/sh\n') } }),
	),
	confusion('10', 'bytes between entries', 'ambiguous_archive', withTokens({ gap: Buffer.from('gap') })),
	confusion(
		'10',
		'bytes before the directory',
		'ambiguous_archive',
		buildDss({ archive: { beforeDirectory: Buffer.from('gap') } }),
	),
	confusion(
		'10',
		'bytes after the end record',
		'ambiguous_archive',
		buildDss({ archive: { suffix: Buffer.from('more') } }),
	),
	confusion(
		'10',
		'a second end record',
		'ambiguous_archive',
		Buffer.concat([plain, plain.subarray(plain.length - 22)]),
	),
	confusion(
		'10',
		'a comment that holds an end record',
		'ambiguous_archive',
		buildDss({ archive: { comment: buildZip([{ name: 'x', content: 'y' }]) } }),
		buildDss({ archive: { comment: Buffer.from('a harmless comment') } }),
	),
	confusion(
		'11',
		'fewer entries than the end record says',
		'ambiguous_archive',
		buildDss({ archive: { end: { entries: 9, diskEntries: 9 } } }),
	),
	confusion(
		'11',
		'more entries than the end record says',
		'ambiguous_archive',
		buildDss({ archive: { end: { entries: 2, diskEntries: 2 } } }),
	),
	confusion(
		'11',
		'a smaller directory than there is',
		'ambiguous_archive',
		buildDss({ archive: { end: { directoryBytes: 46 } } }),
	),
	confusion(
		'11',
		'ZIP64 records that disagree',
		'ambiguous_archive',
		buildDss({ archive: { zip64: { entries: 4 } } }),
		buildDss({ archive: { zip64: true } }),
	),
	archive(
		'12',
		'several disks',
		400,
		'unsupported_zip_feature',
		undefined,
		buildDss({ archive: { end: { disk: 1 } } }),
	),
	archive('12', 'encryption', 400, 'unsupported_zip_feature', undefined, withTokens({ flags: 0x0801 })),
	archive(
		'12',
		'another method',
		400,
		'unsupported_zip_feature',
		undefined,
		withTokens({ method: 12, data: Buffer.from('x') }),
	),
	archive('13', 'a cut-off archive', 400, 'not_an_archive', undefined, plain.subarray(0, plain.length - 5)),
	archive(
		'13',
		'no ZIP at all',
		400,
		'not_an_archive',
		undefined,
		Buffer.from('just some text, long enough for an end record'),
	),
	archive('13', 'nothing', 400, 'not_an_archive', undefined, Buffer.alloc(0)),
	archive(
		'14',
		'more entries than the limit',
		413,
		'too_many_entries',
		'zip_bomb',
		manyEntries(1_001 - 5),
		manyEntries(1_000 - 5),
	),
	archive(
		'15',
		'declared content over the limit',
		413,
		'content_too_large',
		'zip_bomb',
		withTokens({ bytes: 0xfffffff0, local: { bytes: 0xfffffff0 } }),
		// 1000 : 1, as our own exports of repetitive projects can be: a ratio alone refuses nobody.
		withEntry('x', {}, { x: 'a'.repeat(6_000_000) }),
	),
	archive(
		'16',
		'content that inflates past its declared size',
		403,
		'size_mismatch',
		'zip_bomb',
		withTokens({ bytes: content.length - 1 }),
	),
	archive(
		'16',
		'a stored entry that is longer than declared',
		403,
		'size_mismatch',
		'zip_bomb',
		withTokens({ method: 0, bytes: content.length - 1 }),
		withTokens({ method: 0 }),
	),
	archive(
		'17',
		'content that ends early',
		400,
		'corrupt_entry',
		undefined,
		withTokens({ bytes: content.length + 1 }),
	),
	archive('17', 'a wrong CRC', 400, 'corrupt_entry', undefined, withTokens({ crc: 7 })),
	archive(
		'17',
		'a broken deflate stream',
		400,
		'corrupt_entry',
		undefined,
		withTokens({ data: Buffer.alloc(20, 0xff) }),
	),
	archive(
		'17',
		'a deflate stream that is cut off',
		400,
		'corrupt_entry',
		undefined,
		withTokens({ data: deflated.subarray(0, deflated.length - 4) }),
	),
	confusion(
		'17a',
		'a sentinel without a ZIP64 record',
		'ambiguous_archive',
		buildDss({ archive: { end: { entries: 0xffff, diskEntries: 0xffff } } }),
	),
	confusion(
		'17a',
		'a bad ZIP64 record',
		'ambiguous_archive',
		buildDss({ archive: { zip64: { signature: 0x06064b51 } } }),
		buildDss({ archive: { zip64: { sentinels: true } } }),
	),
	confusion(
		'17a',
		'a ZIP64 locator that leads elsewhere',
		'ambiguous_archive',
		buildDss({ archive: { zip64: { recordOffset: 4 } } }),
		buildDss({ archive: { zip64: true } }),
	),
	confusion(
		'17a',
		'a size that needs a ZIP64 field that is missing',
		'ambiguous_archive',
		withTokens({ bytes: 0xffffffff }),
	),
	confusion(
		'17a',
		'a ZIP64 field that nothing needs',
		'ambiguous_archive',
		withTokens({ extras: [zip64Extra(content.length)], local: { extras: [] } }),
		withTokens({
			bytes: 0xffffffff,
			extras: [zip64Extra(content.length)],
			local: { extras: [zip64Extra(content.length, deflated.length)] },
		}),
	),
	confusion(
		'17a',
		'two ZIP64 fields',
		'ambiguous_archive',
		withTokens({ bytes: 0xffffffff, extras: [zip64Extra(content.length), zip64Extra(content.length)] }),
	),
	archive(
		'17b',
		'an extra field that overruns its record',
		400,
		'corrupt_entry',
		undefined,
		withTokens({ extras: Buffer.from([0x03, 0x99, 0xff, 0x00, 0x01]) }),
		withTokens({ extras: Buffer.from([0x03, 0x99, 0x01, 0x00, 0x01]) }),
	),
	archive(
		'17b',
		'a torn tail of extra fields',
		400,
		'corrupt_entry',
		undefined,
		withTokens({ extras: Buffer.from([0x03, 0x99, 0x00, 0x00, 0x01]) }),
		withTokens({ extras: Buffer.from([0x03, 0x99, 0x00, 0x00]) }),
	),
	archive(
		'17b',
		'the same extra field twice',
		400,
		'corrupt_entry',
		undefined,
		withTokens({
			extras: [
				{ id: 0x9903, data: Buffer.alloc(1) },
				{ id: 0x9903, data: Buffer.alloc(1) },
			],
		}),
		withTokens({
			extras: [
				{ id: 0x9903, data: Buffer.alloc(1) },
				{ id: 0x9902, data: Buffer.alloc(1) },
			],
		}),
	),
	confusion(
		'17c',
		'a file that is a folder too',
		'duplicate_entry',
		buildDss({ others: { a: '1', 'a/b': '2' } }),
		buildDss({ others: { a: '1', 'b/b': '2' } }),
	),
	slip('17c', 'a\uff0fb'),
	slip('17c', '\u2024\u2024/b'),
	archive(
		'17d',
		'reserved flag bits',
		400,
		'unsupported_zip_feature',
		undefined,
		withTokens({ flags: 0x8800 }),
	),
	archive(
		'17d',
		'a version above 4.5',
		400,
		'unsupported_zip_feature',
		undefined,
		withTokens({ versionNeeded: 63 }),
		withTokens({ versionNeeded: 45 }),
	),
	archive('17d', 'patched data', 400, 'unsupported_zip_feature', undefined, withTokens({ flags: 0x0820 })),
	archive(
		'17d',
		'setuid',
		400,
		'unsupported_zip_feature',
		undefined,
		withTokens({ externalAttributes: (0o104755 << 16) >>> 0 }),
		withTokens({ externalAttributes: (0o100755 << 16) >>> 0 }),
	),
	confusion(
		'17e',
		'bytes after the end of a deflate stream',
		'size_mismatch',
		withTokens({ data: Buffer.concat([deflated, Buffer.from('hidden')]) }),
	),
	confusion(
		'17e',
		'a second deflate stream',
		'size_mismatch',
		withTokens({ data: Buffer.concat([deflated, deflated]) }),
	),
	confusion(
		'17f',
		'a data descriptor that is absent',
		'header_mismatch',
		withTokens({ descriptor: Buffer.alloc(0) }),
		withTokens({ descriptor: true }),
	),
	confusion(
		'17f',
		'a data descriptor that is wrong',
		'header_mismatch',
		withTokens({ descriptor: dataDescriptor(1, deflated.length, content.length) }),
		withTokens({
			descriptor: dataDescriptor(crc32(content), deflated.length, content.length, { signature: false }),
		}),
	),
	confusion(
		'17f',
		'a 64-bit data descriptor without ZIP64',
		'header_mismatch',
		withTokens({
			descriptor: dataDescriptor(crc32(content), deflated.length, content.length, { wide: true }),
		}),
		withTokens({ descriptor: true }),
	),
	...['<', '>', ':', '"', '|', '?', '*'].map((character) =>
		unsafe('17g', `dir${character}b.txt`, "a-b'c;d,e=f@g.txt"),
	),
	unsafe('17g', 'x.txt:evil', 'x.txt.evil'),
	unsafe('17g', 'tokens.jsonl::$DATA', 'tokens.jsonl$DATA'),
	unsafe('17g', 'a/nul:', 'a/null'),
	...['CONIN$', 'conout$.txt', 'a/CLOCK$', 'nul .txt', 'con .a.b', 'a/aux  '].map((name) =>
		unsafe('17g', name, name.replaceAll(/[$ ]/g, 'x')),
	),
	...[
		'\u00ad', // soft hyphen
		'\u061c', // Arabic letter mark
		'\u180e', // Mongolian vowel separator
		'\u200b', // zero width space
		'\u200d', // zero width joiner
		'\u200e', // left-to-right mark
		'\u2028', // line separator
		'\u2029', // paragraph separator
		'\u2060', // word joiner
		'\u2069', // pop directional isolate
		'\ufe0f', // variation selector
		'\ufeff', // byte order mark
		'\ufffb', // end of an annotation
		'\u{e0041}', // tag
		'\ue000', // private use
		'\u{10fffd}', // private use, plane 16
		'\ufdd0', // non-character
		'\u{1ffff}', // non-character
	].map((character) => unsafe('17g', `manifest${character}.json`, 'manifest\u{1f600}.json')),
	...[
		['\u1e9e', '\u00df'],
		['\u1e9e', 'ss'],
		['\u00df', 'sS'],
		['\ufb03', 'FFI'],
		['\u1f80', '\u1f00\u03b9'],
	].map(([one = '', other = '']) =>
		confusion(
			'17g',
			`${one} beside ${other}, which full case folding makes one`,
			'duplicate_entry',
			buildDss({ others: { [`${one}.txt`]: '1', [`${other}.txt`]: '2' } }),
			buildDss({ others: { [`${one}.txt`]: '1', [`x${other}.txt`]: '2' } }),
		),
	),
	...[0x9901, 0x0017].flatMap((id) =>
		['both headers', 'the local header'].map((where) =>
			archive(
				'17h',
				`extra field ${id.toString(16)} of encryption in ${where}`,
				400,
				'unsupported_zip_feature',
				undefined,
				withTokens(extraField(id, where)),
				withTokens(extraField(0x9902, where)),
			),
		),
	),
	archive(
		'17h',
		'more than 20 extra fields',
		400,
		'corrupt_entry',
		undefined,
		withTokens({ extras: manyExtras(21) }),
		withTokens({ extras: manyExtras(20) }),
	),
	...[0x0b14, 0x0014, 0x031e].map((madeBy) =>
		archive(
			'17h',
			`an NTFS reparse point made by ${madeBy.toString(16)}`,
			403,
			'special_file',
			'special_file',
			withEntry('x', { madeBy, externalAttributes: 0x420 }),
			withEntry('x', { madeBy, externalAttributes: 0x20 }),
		),
	),
	archive(
		'17h',
		'a directory entry with packed bytes',
		403,
		'special_file',
		'special_file',
		buildDss({
			entries: (entries) => [
				...entries,
				{ name: 'folder/', data: Buffer.concat([deflateRawSync(''), Buffer.from('hidden')]) },
			],
		}),
		buildDss({ entries: (entries) => [...entries, { name: 'folder/', data: deflateRawSync('') }] }),
	),
	confusion(
		'17h',
		'a stored entry with a descriptor that holds a local header',
		'ambiguous_archive',
		streamed(buildZip([{ name: 'tokens.jsonl', content: 'evil' }])),
		streamed(Buffer.from('PK\u0003 PK\u0004 PK')),
	),
	confusion(
		'17h',
		'a local header between two pieces that are read',
		'ambiguous_archive',
		streamed(Buffer.concat([Buffer.alloc(262_142, 'x'), Buffer.from('PK\u0003\u0004')])),
	),
];

/** A stored entry whose end a streaming reader has to look for. */
function streamed(content: Buffer): Buffer {
	return buildDss({
		others: { x: content.toString('latin1') },
		entries: (entries) =>
			entries.map((entry) =>
				entry.name === 'x' ? { ...entry, method: 0, descriptor: true, flags: 0x0808 } : entry,
			),
	});
}

function extraField(id: number, where: string): Partial<EntrySpec> {
	const extras = [{ id, data: Buffer.from([2, 0, 0x41, 0x45, 3, 8, 0]) }];
	return where === 'both headers' ? { extras } : { local: { extras } };
}

function manyExtras(count: number): Extra[] {
	return Array.from({ length: count }, (_, index) => ({ id: 0x4000 + index, data: Buffer.alloc(0) }));
}

function sharing(entries: EntrySpec[]): EntrySpec[] {
	// `y` points at the local header of `x`; both have the same content.
	let at = 0;
	return entries.map((entry) => {
		if (entry.name === 'y') return { ...entry, name: 'y', centralOnly: true, localOffset: at };
		if (entry.name === 'x')
			at =
				buildZip(entries.slice(0, entries.indexOf(entry))).length -
				buildZip([]).length -
				centralBytes(entries.slice(0, entries.indexOf(entry)));
		return entry;
	});
}

function centralBytes(entries: readonly EntrySpec[]): number {
	return entries.reduce((sum, { name }) => sum + 46 + Buffer.byteLength(name), 0);
}

function overlapping(): Buffer {
	const inner = buildZip([{ name: 'b', content: 'inside', method: 0 }]);
	const local = inner.subarray(0, 31 + 6);
	// `a` is stored and holds the local part of `b`, which the directory lists too.
	return buildZip([
		{ name: 'a', method: 0, content: Buffer.concat([local, Buffer.from('tail')]) },
		{ name: 'b', content: 'inside', method: 0, centralOnly: true, localOffset: 31 },
	]);
}

function manyEntries(count: number): Buffer {
	return buildDss({
		others: Object.fromEntries(Array.from({ length: count }, (_, index) => [`extra/${index}`, ''])),
	});
}
