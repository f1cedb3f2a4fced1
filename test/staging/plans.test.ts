/** Statements over staged records find rows by keys and indexes, through the views of a store as well. */
import { test } from 'tap';
import { misfits, visits } from '../../src/staging/checks/alias-types.ts';
import { danglingAliases } from '../../src/staging/checks/aliases.ts';
import { danglingOfComponents } from '../../src/staging/checks/component-references.ts';
import { pathEdges, tokensAt } from '../../src/staging/checks/cycles.ts';
import { expectations, inheriting, ownTypes } from '../../src/staging/checks/path-types.ts';
import { withoutTheme } from '../../src/staging/checks/token-themes.ts';
import { allAt, ownAt } from '../../src/staging/checks/token-values.ts';
import { twice } from '../../src/staging/checks/unique-identities.ts';
import { withParts } from '../../src/staging/checks/value-parts.ts';
import { CARRY_OUTSIDE_RECORDS, CARRY_OUTSIDE_THEMES } from '../../src/staging/compare/carry-over.ts';
import { ADDED_AND_CHANGED, REMOVED } from '../../src/staging/compare/differences.ts';
import { STAGE_THE_REST } from '../../src/staging/compare/merged-whole.ts';
import { IS_TAKEN } from '../../src/staging/compare/names.ts';
import { OPEN_CASES } from '../../src/staging/compare/open-cases.ts';
import { FIND } from '../../src/staging/compare/pairs.ts';
import { LARGE_LOSSES } from '../../src/staging/compare/removals.ts';
import { DIFFERENT } from '../../src/staging/compare/restamp.ts';
import { ABSENT, NEWS, PRESENT } from '../../src/staging/compare/three-way.ts';
import { UNSEEN } from '../../src/staging/compare/unseen.ts';
import { SqliteStaging } from '../../src/staging/staging.ts';
import { STAGED } from '../../src/staging/tables.ts';
import { openDatabase, openStore, prepareStore } from '../../src/store/sqlite/open.ts';
import { fill, write } from '../store/contract.ts';
import { PROJECT, token } from '../support/records.ts';
import { openStaging } from '../support/staging.ts';

/** Statements by name, with the tables that they may walk through from end to end. */
const STATEMENTS: Readonly<Record<string, readonly [sql: string, ...walked: string[]]>> = {
	'unique identities': [twice(STAGED), 'temp.staged'],
	'token themes': [withoutTheme(STAGED)],
	'component references': [danglingOfComponents(STAGED), 'r'],
	aliases: [danglingAliases(STAGED), 'r'],
	'paths that refer to paths': [pathEdges(STAGED), 'r'],
	'tokens of a path': [tokensAt(STAGED)],
	'alias types': [misfits(STAGED), 'r', 'typed', 'json_each'],
	'visits of alias types': [visits(STAGED), 'r', 'json_each'],
	'types of paths': [ownTypes(STAGED)],
	'paths that inherit types': [inheriting(STAGED), 'r'],
	'expected types': [expectations(STAGED), 'r'],
	'value parts': [withParts(STAGED), 'r'],
	'target of a part, in its theme': [ownAt(STAGED)],
	'target of a part, in others': [allAt(STAGED)],
	'carrying over records': [CARRY_OUTSIDE_RECORDS, 'json_each'],
	'carrying over themes': [CARRY_OUTSIDE_THEMES, 'json_each'],
	'added and changed': [ADDED_AND_CHANGED, 's'],
	removed: [REMOVED],
	unseen: [UNSEEN, 'd'],
	'large losses': [LARGE_LOSSES, 'losses'],
	restamping: [DIFFERENT],
	present: [PRESENT, 'x'],
	absent: [ABSENT],
	news: [NEWS, 'x', 'CONSTANT'],
	'open cases': [OPEN_CASES],
	'merged whole': [STAGE_THE_REST],
	pairs: [FIND],
	'names of tokens': [IS_TAKEN.tokens, 'CONSTANT'],
	'names of themes': [IS_TAKEN.themes, 'CONSTANT'],
};

test('no statement walks through a table for each row of another', async (t) => {
	const settings = { dataDir: t.testdir(), busyTimeoutMs: 1000 };
	prepareStore(settings);
	const db = openDatabase(settings);
	t.teardown(() => db.close());
	const [store, staging] = [openStore(db, () => undefined), new SqliteStaging(db)];
	await write({ store, staging }, [token(1, 'a')]);
	fill({ store, staging }, [token(1, 'b')]).index();
	await store.layOut(staging, 'here', { projectUuid: PROJECT, revision: 1 });
	await store.layOut(staging, 'base', { projectUuid: PROJECT, revision: 1 });
	await store.layOutDeclined(staging, PROJECT);
	for (const [name, [sql, ...walked]] of Object.entries(STATEMENTS)) {
		const parameters = Object.fromEntries(
			[...sql.matchAll(/:(\w+)/g)].map(([, parameter]) => [parameter, 1]),
		);
		const plan = db
			.prepare<object, { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
			.all(parameters)
			.map(({ detail }) => detail);
		const scans = plan.flatMap((step) => /^SCAN (\S+)/.exec(step)?.[1] ?? []);
		t.ok(
			scans.every((table) => walked.includes(table)),
			`${name}: ${plan.join('; ')}`,
		);
		const records = plan.filter((step) => step.includes('main.records'));
		const ofProject = records.filter((step) => /USING PRIMARY KEY \(project=\?/.test(step));
		t.equal(ofProject.length, records.length, `${name} finds rows of the store by the primary key`);
		const ofKind = plan.filter((step) => /^SEARCH [tu] USING .*\(kind=\?\)$/.test(step));
		t.ok(name === 'token themes' || ofKind.length === 0, `${name}: no token is looked for by its kind alone`);
	}
});

test('keys of staged records are an index apart from their lines, so that a look-up reads no line', async (t) => {
	const { db, set } = openStaging(t);
	set([token(1, 'a')]);
	const withoutRowid = "SELECT wr FROM pragma_table_list WHERE schema = 'temp' AND name = 'staged'";
	t.equal(db.prepare(withoutRowid).pluck().get(), 0);
});
