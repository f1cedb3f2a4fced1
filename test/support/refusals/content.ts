/** Rows 18 to 36: what the content of an archive may not be. */
import { buildDss, component, theme, token } from '../dss-builder.ts';
import { plain, type Refusal } from './refusal.ts';

const tokens = (...lines: (object | string | Buffer)[]) => buildDss({ tokens: lines });
const line = (members: string) =>
	`{"uuid":"018f3b60-0000-7000-8000-100000000001","theme":"018f3b60-0000-7000-8000-000000000001","path":"a","type":"number","version":1,"createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-01T00:00:00.000Z",${members}}`;

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

export const CONTENT_REFUSALS: readonly Refusal[] = [
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
