import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { catalogue, DssError, errors, fromErrorData, toErrorData } from '../src/errors.ts';

test('docs/errors.md lists just the codes of the catalogue, with their statuses and titles', () => {
	const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
	const rows = [...page.matchAll(/^\| `(\w+)` +\| (\d{3}) +\| ([^|]+?) +\|/gm)].map(
		([, code, status, title]) => [code, Number(status), title],
	);
	const known = [...catalogue.values()].map(({ code, status, title }) => [code, status, title]);
	assert.deepEqual(rows.sort(), known.sort());
});

test('an error keeps its code, details and cause on its way between threads', () => {
	const error = errors.invalidValue({ reason: 'not a colour', path: 'a.b' }, new Error('why'));
	error.stage = 'structure';
	const copy = fromErrorData(structuredClone(toErrorData(error)));
	assert.ok(copy instanceof DssError);
	assert.deepEqual(
		[copy.code, copy.message, copy.details, copy.stage],
		[error.code, error.message, error.details, 'structure'],
	);
	assert.match(String((copy.cause as Error).message), /why/);
});
