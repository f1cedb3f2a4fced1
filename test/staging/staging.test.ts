import { test } from 'tap';
import { StatementStopped } from '../../src/sqlite/stop-flag.ts';
import { CHECK_IDS } from '../../src/staging/checks/all.ts';
import { alias, reference, THEME, theme, token, uuidOf } from '../support/records.ts';
import { findingsOf, openStaging } from '../support/staging.ts';

const base = theme(THEME, 'base');

test('a uuid that is staged twice is reported, and the first one stays', async (t) => {
	const { staging, db } = openStaging(t);
	const filling = staging.begin();
	t.strictSame(
		filling.add([token(1, 'a'), token(1, 'b'), token(2, 'c', { version: 7 })]).map(({ uuid }) => uuid),
		[uuidOf(1)],
	);
	t.equal(filling.highestVersion, 7);
	filling.index();
	t.equal(
		db.prepare('SELECT hash FROM temp.staged WHERE uuid = ?').pluck().get(uuidOf(1)),
		token(1, 'a').hash,
	);
});

test('what a later step has taken over cannot be used any more', async (t) => {
	const { staging } = openStaging(t);
	const filling = staging.begin();
	const set = filling.index();
	t.throws(() => filling.add([token(1, 'a')]), /later step/, 'indexed');
	const comparison = set.compare(null);
	t.strictSame(comparison.difference.added.tokens, 0);
	staging.begin();
	t.throws(() => findingsOf(set, 'aliases'), /later step/, 'begun anew');
	t.throws(() => comparison.difference, /later step/);
});

test('a layout that no store has made is refused', async (t) => {
	const { staging } = openStaging(t);
	staging.begin();
	t.throws(() => staging.laidOut('here', 1), { code: 'store_failed' });
	t.throws(() => staging.laidOutDeclined(), { code: 'store_failed' });
});

test('findings of a copy are recognised in what is staged', async (t) => {
	const { db, staging } = openStaging(t);
	const filling = staging.begin();
	filling.add([base, alias(1, 'nothing'), alias(2, 'elsewhere')]);
	const set = filling.index();
	// As a store would lay out a revision that had the first of both.
	db.exec(`CREATE TEMP VIEW here AS SELECT * FROM temp.staged WHERE uuid <> '${uuidOf(2)}'`);
	const known = staging.remember(staging.copy(staging.laidOut('here', 1)), CHECK_IDS);
	t.equal(known.size, 1);
	t.strictSame(
		findingsOf(set, 'aliases').map((finding) => known.has(finding)),
		[true, false],
	);
});

test('a check ends when its caller has heard enough', async (t) => {
	const { set } = openStaging(t);
	let heard = 0;
	set([base, alias(1, 'nothing'), alias(2, 'nothing'), alias(3, 'nothing')]).check('aliases', () => {
		heard++;
		return false;
	});
	t.equal(heard, 1);
});

test('every check stops within a few rows once the thread is told to stop', async (t) => {
	const { set, stopFlag } = openStaging(t);
	// Each token is of no type of its own, and refers to another and to a part of it.
	const many = Array.from({ length: 2_000 }, (_, index) =>
		alias(index, `token${(index + 1) % 2_000}`, {
			type: null,
			references: [
				reference(`token${(index + 1) % 2_000}`, { expects: 'color' }),
				reference(`token${(index + 1) % 2_000}`, { part: '/x' }),
			],
		}),
	);
	const components = Array.from({ length: 500 }, (_, index) => ({
		...alias(10_000 + index, 'nothing'),
		kind: 'components' as const,
		references: [reference('nothing', { relation: 'token' })],
	}));
	const staged = set([base, token(9_999, 'typed'), ...many, ...components]);
	for (const id of CHECK_IDS) {
		// The statement that stops sets it back.
		stopFlag[0] = 1;
		t.throws(() => findingsOf(staged, id), StatementStopped, id);
	}
});
