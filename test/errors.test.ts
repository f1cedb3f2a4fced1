import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { catalogue, DssError, errors, fromErrorData, toErrorData, toStoredError } from '../src/errors.ts';
import { Findings } from '../src/pipeline/work.ts';
import { toProblem } from '../src/service/problem-presenter.ts';

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

test('texts of callers are cut at 200 characters in details and messages, alone and within sentences', async (t) => {
	const long = 'x y '.repeat(1_000);
	const { message, details } = errors.danglingReference({
		reason: `{${long}} is not there, as "${long}" and #/${'z'.repeat(9_000)} say`,
		path: long,
		entry: 'e'.repeat(201),
		pointer: '/value',
	});
	t.strictSame(details, {
		reason: `{${long.slice(0, 200)}…} is not there, as "${long.slice(0, 200)}…" and #/${'z'.repeat(198)}… say`,
		path: `${long.slice(0, 200)}…`,
		entry: `${'e'.repeat(200)}…`,
		pointer: '/value',
	});
	t.ok(message.length < 1_300);
	const { details: circle } = errors.referenceCycle({ reason: 'r', loop: Array(100).fill('p'.repeat(999)) });
	t.ok(Array.isArray(circle['loop']) && circle['loop'].length === 39, 'a list of texts is cut at 8 KB');
});

test('a problem document and a stored error have 64 KB at most; the number of faults stays true', async (t) => {
	const worst = '\u0001'.repeat(5_000);
	const findings = new Findings('referential');
	for (let index = 0; index < 500; index++) {
		const loop = Array(100).fill(worst);
		findings.add(errors.referenceCycle({ reason: worst, path: worst, entry: worst, pointer: worst, loop }));
	}
	try {
		findings.throwIfAny();
		t.fail('it throws');
	} catch (error) {
		if (!(error instanceof DssError)) throw error;
		const problem = toProblem(error, 'req-1');
		t.ok(Buffer.byteLength(JSON.stringify(problem)) <= 64_000);
		t.ok((problem.errors?.length ?? 0) >= 1);
		t.equal(problem.errors_total, 500);
		const stored = toStoredError(error);
		t.ok(Buffer.byteLength(JSON.stringify(stored)) <= 64_000);
		t.equal(stored.faultsTotal, 500);
	}
});

test('conflicts of a stored error are cut from the end', async (t) => {
	const conflicted_items = Array.from({ length: 100 }, (_, index) => ({
		index,
		content: 'x'.repeat(10_000),
	}));
	const stored = toStoredError(errors.mergeConflicts({ conflicts: 100, unsettled: 100, conflicted_items }));
	t.match(stored.details, { conflicts: 100, conflicted_items: { length: 3 } });
	t.match(stored.details, { conflicted_items: [{ index: 0 }] });
});

test('lists in the details of a problem document are cut from the end, with a stage and without', async (t) => {
	for (const [stage, size, shown] of [
		[undefined, 10_000, 6],
		['apply', 10_000, 3],
		['apply', 200_000, 0],
	] as const) {
		const conflicted_items = Array.from({ length: 100 }, (_, index) => ({
			index,
			content: 'x'.repeat(size),
		}));
		const error = errors.mergeConflicts({ conflicts: 100, unsettled: 100, conflicted_items });
		error.stage = stage;
		const problem = toProblem(error, 'req-1');
		t.ok(Buffer.byteLength(JSON.stringify(problem)) <= 64_000, `${stage} ${size}`);
		t.match(problem.details, { conflicts: 100, conflicted_items: { length: shown } });
	}
});
