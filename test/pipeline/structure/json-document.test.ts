import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { readJsonFile } from '../../../src/pipeline/structure/json-document.ts';
import { JsonFault } from '../../../src/records/json-fault.ts';
import { mostGroups, mostValues } from '../../../src/records/value-builder.ts';

const { signal } = new AbortController();
const options = { maxDepth: 8, maxTokens: 3 };

function fileOf(t: Test, content: string | Buffer): string {
	const path = join(t.testdir(), 'tokens.json');
	writeFileSync(path, content);
	return path;
}

test('a fault is reported by line and character, however far into the file it lies', async (t) => {
	for (const lines of [1, 50_000]) {
		const members = Array.from({ length: lines }, (_, index) => `"k${index}": "é",\n`);
		const before = `{"é": 1,\n${members.join('')}`;
		const line = before.split('\n').length;
		for (const [fault, code, character] of [
			['"k0": 1}', 'invalid_json', 1],
			['"a": 12345678901234567890}', 'invalid_value', 6],
			['"a": [[[[[[[[1]]]]]]]]}', 'too_deep', 13],
			['"a" 1}', 'invalid_json', 5],
			['"a": "\\ud800"}', 'invalid_json', 6],
			['"a": {"$extensions": {"constructor": 1}}}', 'invalid_json', 23],
		] as const) {
			const path = fileOf(t, before + fault);
			await t.rejects(readJsonFile(path, options, signal), {
				code,
				message: new RegExp(`\\(line ${line}, character ${character}\\)`),
			});
		}
	}
});

test('a byte order mark is taken away, bad UTF-8 is refused, and tokens are counted as they are read', async (t) => {
	t.strictSame(await readJsonFile(fileOf(t, '\ufeff{"a":1}'), options, signal), { a: 1 });
	await t.rejects(readJsonFile(fileOf(t, Buffer.from([0x22, 0xff, 0x22])), options, signal), {
		code: 'invalid_json',
	});
	const many = `{${Array.from({ length: 4 }, (_, index) => `"t${index}":{"$value":1}`).join()}}`;
	await t.rejects(readJsonFile(fileOf(t, many), options, signal), JsonFault);
});

test('groups are counted as they are read, and each piece of the file is a sign of life', async (t) => {
	const groups = (count: number) =>
		`{${Array.from({ length: count }, (_, index) => `"g${index}":{}`).join()}}`;
	let pieces = 0;
	const onPiece = async () => void pieces++;
	// The file itself is one.
	const most = mostGroups(options.maxTokens) - 1;
	await readJsonFile(fileOf(t, groups(most)), options, signal, onPiece);
	t.ok(pieces > 1, `${pieces} pieces`);
	const fault = { name: 'JsonFault', kind: 'groups' };
	await t.rejects(readJsonFile(fileOf(t, groups(most + 1)), options, signal), fault);
});

test('values are counted as they are read: a file of few tokens holds no millions of them', async (t) => {
	const list = (count: number) => `{"t":{"$value":[${Array.from({ length: count }, () => '{}').join()}]}}`;
	const most = mostValues(options.maxTokens) - 3;
	await t.resolves(readJsonFile(fileOf(t, list(most)), options, signal));
	await t.rejects(readJsonFile(fileOf(t, list(most + 1)), options, signal), { message: /values/ });
});
