import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { catalogue, DssError, errors, fromErrorData, toErrorData } from '../src/errors.ts';

test('docs/errors.md lists just the codes of the catalogue, with their statuses and titles', async (t) => {
	const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
	const rows = [...page.matchAll(/^\| `(\w+)` +\| (\d{3}) +\| ([^|]+?) +\|/gm)].map(
		([, code, status, title]) => [code, Number(status), title],
	);
	const known = [...catalogue.values()].map(({ code, status, title }) => [code, status, title]);
	t.strictSame(rows.sort(), known.sort());
});

test('an error keeps its code, details and cause on its way between threads', async (t) => {
	const error = errors.invalidValue({ reason: 'not a colour', path: 'a.b' }, new Error('why'));
	error.stage = 'structure';
	const copy = fromErrorData(structuredClone(toErrorData(error)));
	t.ok(copy instanceof DssError);
	t.strictSame(
		[copy.code, copy.message, copy.details, copy.stage],
		[error.code, error.message, error.details, 'structure'],
	);
	t.match(String((copy.cause as Error).message), /why/);
});
