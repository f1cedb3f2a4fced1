import t from 'tap';
import { readConfig } from '../../src/config.ts';
import { readEditRequest } from '../../src/pipeline/edit-request.ts';

t.test('millions of tiny items are refused before they are parsed', async (t) => {
	const { limits } = readConfig({});
	const read = (text: string) => () => readEditRequest(Buffer.from(text), limits);
	const many = (item: string) => `${`${item},`.repeat(5_000_000)}${item}`;
	const before = process.resourceUsage().maxRSS;
	for (const body of [
		`{"delete":[${many('"x"')}]}`,
		`{"upsert":{"tokens":[${many('{}')}]}}`,
		`[${many('{}')}]`,
	])
		t.throws(read(body), { code: 'too_many_records' });
	t.throws(read(`{"upsert":{"tokens":[{"value":[${many('[]')}]}]}}`), { code: 'record_too_large' });
	const grown = (process.resourceUsage().maxRSS - before) / 1_024;
	t.ok(grown < 300, 'none of them becomes values, which would take 700 MB and more', { grown });
});
