/** The table of REFUSALS as inputs: for each row a bad archive, and a good twin that differs only in the bad thing. */
import { deflateRawSync } from 'node:zlib';
import { buildDss, component, theme, token } from './dss-builder.ts';
import { buildZip, dataDescriptor, type EntrySpec, type Extra, u64 } from './zip-builder.ts';

export interface Refusal {
	readonly row: string;
	readonly what: string;
	readonly status: number;
	readonly stage: string;
	readonly code: string;
	readonly alert?: string;
	readonly bad: Buffer;
	/** Absent where the row has no nearly equal good form. */
	readonly good?: Buffer;
}

/** An archive with one more listed entry, bent. */
const withEntry = (
	name: string,
	bend: Partial<EntrySpec> = {},
	others: Record<string, string> = { [name]: 'x' },
) =>
	buildDss({
		others,
		entries: (entries) => entries.map((entry) => (entry.name === name ? { ...entry, ...bend } : entry)),
	});
/** An archive whose tokens are bent as an entry. */
const withTokens = (bend: Partial<EntrySpec>) =>
	buildDss({
		entries: (entries) =>
			entries.map((entry) => (entry.name === 'tokens.jsonl' ? { ...entry, ...bend } : entry)),
	});
const plain = buildDss();
const tokens = (...lines: (object | string | Buffer)[]) => buildDss({ tokens: lines });
const line = (members: string) =>
	`{"uuid":"018f3b60-0000-7000-8000-100000000001","theme":"018f3b60-0000-7000-8000-000000000001","path":"a","type":"number","version":1,"createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-01T00:00:00.000Z",${members}}`;

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
	archive(
		row,
		`the name ${JSON.stringify(name)}`,
		403,
		'zip_slip',
		'zip_slip',
		withEntry(name),
		withEntry(good),
	);
const unsafe = (row: string, name: string, good = 'fine/name.txt') =>
	archive(
		row,
		`the name ${JSON.stringify(name)}`,
		400,
		'unsafe_name',
		undefined,
		withEntry(name),
		withEntry(good),
	);
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
	data.writeUInt32LE(crcTable(Buffer.from(crcOf)), 1);
	return { id: 0x7075, data };
};
const crcTable = (bytes: Buffer): number => {
	let crc = ~0;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc >>> 0;
};
const zip64Extra = (...values: number[]): Extra => ({ id: 1, data: Buffer.concat(values.map(u64)) });
const content = Buffer.from(`${JSON.stringify(token(1))}\n${JSON.stringify(token(2))}\n`);
const deflated = deflateRawSync(content);

const container: Refusal[] = [
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
	),
	archive(
		'15',
		'a ratio over 400 : 1',
		413,
		'content_too_large',
		'zip_bomb',
		withEntry('x', {}, { x: 'a'.repeat(6_000_000) }),
		withEntry('x', {}, { x: 'a'.repeat(1_000_000) }),
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
		withTokens({ extras: Buffer.from([0x01, 0x99, 0xff, 0x00, 0x01]) }),
		withTokens({ extras: Buffer.from([0x01, 0x99, 0x01, 0x00, 0x01]) }),
	),
	archive(
		'17b',
		'a torn tail of extra fields',
		400,
		'corrupt_entry',
		undefined,
		withTokens({ extras: Buffer.from([0x01, 0x99, 0x00, 0x00, 0x01]) }),
		withTokens({ extras: Buffer.from([0x01, 0x99, 0x00, 0x00]) }),
	),
	archive(
		'17b',
		'the same extra field twice',
		400,
		'corrupt_entry',
		undefined,
		withTokens({
			extras: [
				{ id: 0x9901, data: Buffer.alloc(1) },
				{ id: 0x9901, data: Buffer.alloc(1) },
			],
		}),
		withTokens({
			extras: [
				{ id: 0x9901, data: Buffer.alloc(1) },
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
			descriptor: dataDescriptor(crcTable(content), deflated.length, content.length, { signature: false }),
		}),
	),
	confusion(
		'17f',
		'a 64-bit data descriptor without ZIP64',
		'header_mismatch',
		withTokens({
			descriptor: dataDescriptor(crcTable(content), deflated.length, content.length, { wide: true }),
		}),
		withTokens({ descriptor: true }),
	),
];

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

const refused = (
	row: string,
	what: string,
	status: number,
	stage: string,
	code: string,
	bad: Buffer,
	good: Buffer = plain,
	alert?: string,
): Refusal => ({
	row,
	what,
	status,
	stage,
	code,
	bad,
	good,
	...(alert === undefined ? {} : { alert }),
});
const structure = (
	row: string,
	what: string,
	code: string,
	bad: Buffer,
	good: Buffer = plain,
	status = 400,
) => refused(row, what, status, 'structure', code, bad, good);
const referential = (row: string, what: string, code: string, bad: Buffer, good: Buffer = plain) =>
	refused(row, what, 400, 'referential', code, bad, good);
const nested = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`;
const free = (text: string) => tokens(line(`"value":1,"extensions":{"x":${text}}`));

const content2: Refusal[] = [
	refused('18', 'no manifest', 400, 'manifest', 'manifest_missing', buildDss({ manifest: null })),
	refused(
		'18',
		'a manifest that is not JSON',
		400,
		'manifest',
		'manifest_invalid',
		buildDss({ manifest: '{"format":' }),
	),
	refused(
		'18',
		'a manifest that is an array',
		400,
		'manifest',
		'manifest_invalid',
		buildDss({ manifest: '[]' }),
	),
	refused(
		'18',
		'a manifest over 1 MiB',
		400,
		'manifest',
		'manifest_invalid',
		buildDss({
			manifest: (m) => ({ ...m, generator: Array.from({ length: 200_000 }, (_, index) => index).join() }),
		}),
	),
	refused(
		'18',
		'a manifest that is nested deeply',
		400,
		'manifest',
		'manifest_invalid',
		buildDss({ manifest: `{"schemaVersion":"2.0","x":${nested(40)}}` }),
	),
	refused(
		'18',
		'a manifest with an unknown member',
		400,
		'manifest',
		'manifest_invalid',
		buildDss({ manifest: (m) => ({ ...m, colour: 'red' }) }),
	),
	refused(
		'19',
		'an exportHash that does not fit',
		403,
		'manifest',
		'integrity_failed',
		buildDss({ sealed: (m) => ({ ...m, generator: 'someone else' }) }),
		plain,
		'integrity',
	),
	refused(
		'20',
		'an entry that is not listed',
		400,
		'manifest',
		'manifest_mismatch',
		buildDss({ entries: (entries) => [...entries, { name: 'extra', content: 'x' }] }),
		buildDss({ others: { extra: 'x' } }),
	),
	refused(
		'20',
		'a listed entry that is not there',
		400,
		'manifest',
		'manifest_mismatch',
		buildDss({
			others: { extra: 'x' },
			entries: (entries) => entries.filter(({ name }) => name !== 'extra'),
		}),
		buildDss({ others: { extra: 'x' } }),
	),
	refused(
		'20',
		'an entry that is listed twice',
		400,
		'manifest',
		'manifest_mismatch',
		buildDss({
			manifest: (m) => ({ ...m, files: [...(m['files'] as object[]), (m['files'] as object[])[0]] }),
		}),
	),
	refused(
		'21',
		'counts over the limits',
		413,
		'manifest',
		'too_many_records',
		buildDss({ manifest: (m) => ({ ...m, counts: { themes: 1, tokens: 10_001, components: 0 } }) }),
	),
	refused(
		'22',
		'a higher major version',
		400,
		'schema',
		'schema_too_new',
		buildDss({ manifest: (m) => ({ ...m, schemaVersion: '3.0' }) }),
	),
	refused(
		'23',
		'no version',
		400,
		'schema',
		'schema_unknown',
		buildDss({ manifest: ({ schemaVersion: _version, ...m }) => m }),
	),
	refused(
		'23',
		'a version that is none',
		400,
		'schema',
		'schema_unknown',
		buildDss({ manifest: (m) => ({ ...m, schemaVersion: 'two' }) }),
	),
	structure(
		'24',
		'a line that is not JSON',
		'invalid_json',
		tokens(line('"value":')),
		tokens(line('"value":1')),
	),
	structure('24', 'an array as a record', 'invalid_json', tokens('[]')),
	structure('24', 'a scalar as a record', 'invalid_json', tokens('"token"')),
	structure(
		'24',
		'a byte order mark',
		'invalid_json',
		tokens(`\ufeff${line('"value":1')}`),
		tokens(line('"value":1')),
	),
	structure('24', 'NaN', 'invalid_json', tokens(line('"value":NaN'))),
	structure('24', 'bytes after the record', 'invalid_json', tokens(`${line('"value":1')} {}`)),
	structure(
		'24',
		'invalid UTF-8',
		'invalid_json',
		tokens(
			Buffer.concat([
				Buffer.from(line('"value":1').slice(0, -1)),
				Buffer.from(',"description":"'),
				Buffer.from([0xff]),
				Buffer.from('"}'),
			]),
		),
		tokens(line('"value":1,"description":"ÿ"')),
	),
	structure(
		'24',
		'a lone surrogate',
		'invalid_json',
		tokens(line('"value":1,"description":"\\ud800"')),
		tokens(line('"value":1,"description":"\\ud83d\\ude00"')),
	),
	structure(
		'25',
		'the same key twice',
		'invalid_json',
		tokens(line('"value":1,"value":1')),
		tokens(line('"value":1')),
	),
	structure(
		'25',
		'__proto__ as a key',
		'invalid_json',
		free('{"__proto__":{"admin":true}}'),
		free('{"proto":{"admin":true}}'),
	),
	structure(
		'25',
		'constructor as a key',
		'invalid_json',
		free('{"constructor":1}'),
		free('{"constructors":1}'),
	),
	structure('25', 'prototype as a key', 'invalid_json', free('{"prototype":1}')),
	structure(
		'26',
		'a record over its size',
		'record_too_large',
		tokens(
			token(1, {
				extensions: { x: Array.from({ length: 90_000 }, (_, i) => i * 7919).join('') + 'y'.repeat(300_000) },
			}),
		),
		plain,
		413,
	),
	structure('26', 'a record over its depth', 'too_deep', free(nested(63)), free(nested(62))),
	structure('27', 'a missing field', 'invalid_record', tokens(token(1, { path: undefined }))),
	structure(
		'27',
		'an unknown field',
		'invalid_record',
		tokens(token(1, { colour: 'red' })),
		tokens(token(1, { category: 'red' })),
	),
	structure(
		'27',
		'a wrong type',
		'invalid_record',
		tokens(token(1, { tags: 'one' })),
		tokens(token(1, { tags: ['one'] })),
	),
	structure(
		'27',
		'a bad uuid',
		'invalid_record',
		tokens(token(1, { uuid: '018F3B60-0000-7000-8000-000000000010' })),
		tokens(token(1, { uuid: '018f3b60-0000-7000-8000-000000000010' })),
	),
	structure(
		'27',
		'a bad path',
		'invalid_record',
		tokens(token(1, { path: 'a..b' })),
		tokens(token(1, { path: 'a.b' })),
	),
	structure(
		'27',
		'a bad date',
		'invalid_record',
		tokens(token(1, { createdAt: '2026-13-01T00:00:00Z' })),
		tokens(token(1, { createdAt: '2026-12-01T00:00:00Z' })),
	),
	structure(
		'27',
		'a bad version',
		'invalid_record',
		tokens(token(1, { version: 0 })),
		tokens(token(1, { version: 2 })),
	),
	structure(
		'28',
		'a value that its type does not allow',
		'invalid_value',
		tokens(token(1, { type: 'color', value: 'red' })),
		tokens(token(1, { type: 'color', value: 'red', nonconforming: true })),
	),
	structure(
		'29',
		'an integer beyond 2^53',
		'invalid_value',
		tokens(line('"value":9007199254740993')),
		tokens(line('"value":9007199254740991')),
	),
	structure(
		'29',
		'a number that does not survive',
		'invalid_value',
		tokens(line('"value":0.1234567890123456789')),
		tokens(line('"value":0.12345678901234568')),
	),
	refused(
		'30',
		'content that does not fit its digest',
		403,
		'structure',
		'integrity_failed',
		buildDss({
			manifest: (m) => ({
				...m,
				files: (m['files'] as Record<string, unknown>[]).map((file) =>
					file['path'] === 'tokens.jsonl' ? { ...file, sha256: '0'.repeat(64) } : file,
				),
			}),
		}),
		plain,
		'integrity',
	),
	refused(
		'30',
		'content of another length',
		403,
		'structure',
		'integrity_failed',
		buildDss({
			manifest: (m) => ({
				...m,
				files: (m['files'] as Record<string, unknown>[]).map((file) =>
					file['path'] === 'themes.jsonl' ? { ...file, bytes: 1 } : file,
				),
			}),
		}),
		plain,
		'integrity',
	),
	structure(
		'31',
		'another number of records than the manifest says',
		'manifest_mismatch',
		buildDss({ manifest: (m) => ({ ...m, counts: { themes: 1, tokens: 3, components: 0 } }) }),
	),
	structure(
		'31',
		'more records than the limit, whatever the manifest says',
		'too_many_records',
		buildDss({
			themes: Array.from({ length: 1_001 }, (_, index) =>
				theme({ uuid: `018f3b60-0000-7000-8000-3${String(index).padStart(11, '0')}`, name: `t${index}` }),
			),
			tokens: [],
			manifest: (m) => ({ ...m, counts: { themes: 1, tokens: 0, components: 0 } }),
		}),
		plain,
		413,
	),
	referential(
		'32',
		'a token of an unknown theme',
		'dangling_reference',
		buildDss({ tokens: [token(1, { theme: '018f3b60-0000-7000-8000-00000000dead' })] }),
	),
	referential(
		'32',
		'a component with an unknown dependency',
		'dangling_reference',
		buildDss({ components: [component(1, { dependencies: ['018f3b60-0000-7000-8000-00000000dead'] })] }),
		buildDss({ components: [component(1), component(2, { dependencies: [component(1).uuid] })] }),
	),
	referential(
		'32',
		'a component with an unknown token',
		'dangling_reference',
		buildDss({ components: [component(1, { tokens: ['nowhere'] })] }),
		buildDss({ components: [component(1, { tokens: ['token1'] })] }),
	),
	referential(
		'33',
		'an alias to nothing',
		'dangling_reference',
		tokens(token(1, { value: '{nowhere}' })),
		tokens(token(1, { value: '{token2}' }), token(2)),
	),
	referential(
		'33',
		'an alias to nothing, deep in a value',
		'dangling_reference',
		tokens(token(1, { type: 'shadow', value: shadow('{nowhere}') })),
		tokens(
			token(1, { type: 'shadow', value: shadow('{token2}') }),
			token(2, { type: 'color', value: { colorSpace: 'srgb', components: [0, 0, 0] } }),
		),
	),
	referential('34', 'a circle of one', 'reference_cycle', tokens(token(1, { value: '{token1}' }))),
	referential(
		'34',
		'a circle of a thousand',
		'reference_cycle',
		tokens(
			...Array.from({ length: 1_000 }, (_, index) =>
				token(index, { value: `{token${(index + 1) % 1_000}}` }),
			),
		),
		tokens(
			...Array.from({ length: 1_000 }, (_, index) =>
				token(index, { value: index === 999 ? 1 : `{token${index + 1}}` }),
			),
		),
	),
	referential(
		'35',
		'an alias to a token of another type',
		'reference_type',
		tokens(token(1, { value: '{token2}' }), token(2, { type: 'duration', value: { value: 1, unit: 's' } })),
		tokens(token(1, { value: '{token2}' }), token(2)),
	),
	structure(
		'36',
		'the same uuid twice',
		'duplicate_record',
		tokens(token(1), token(1, { path: 'other' })),
		tokens(token(1), token(2, { path: 'other' })),
	),
	referential(
		'36',
		'the same path twice',
		'duplicate_record',
		tokens(token(1), token(2, { path: 'token1' })),
		tokens(token(1), token(2)),
	),
	referential(
		'36',
		'the same component name twice',
		'duplicate_record',
		buildDss({ components: [component(1), component(2, { name: 'Component 1' })] }),
		buildDss({ components: [component(1), component(2)] }),
	),
];

function shadow(color: string): object[] {
	const none = { value: 0, unit: 'px' };
	return [{ color, offsetX: none, offsetY: none, blur: none, spread: none }];
}

/** Rows 1 to 36. */
export const REFUSALS: readonly Refusal[] = [...container, ...content2];
