import {
	chmodSync,
	existsSync,
	mkdirSync,
	readdirSync,
	rmdirSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { test } from 'tap';
import { claimFolder } from '../../src/compose/data-folder.ts';

const MARK = 'dss.folder';
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

test('a folder that is missing is made with its mark, and is known again', async (t) => {
	const dataDir = join(t.testdir(), 'deep', 'data');
	t.strictSame([claimFolder(dataDir), readdirSync(dataDir), modeOf(dataDir)], [[], [MARK], '700']);
	writeFileSync(join(dataDir, 'notes.txt'), 'an operator put this here');
	t.strictSame(claimFolder(dataDir), []);
});

test('a folder of others is refused, and nothing is made in it', async (t) => {
	// As /var is.
	const dataDir = t.testdir({ spool: { '3f2a1b4c-0000-4000-8000-000000000000': 'theirs' }, log: {} });
	t.throws(() => claimFolder(dataDir), /is not a folder of DSS: it holds "log" and no dss\.folder/);
	t.strictSame(readdirSync(dataDir), ['log', 'spool']);
	rmdirSync(join(dataDir, 'log'));
	t.throws(() => claimFolder(dataDir), /it holds "spool" and no dss\.folder/);
	writeFileSync(join(dataDir, MARK), '');
	t.strictSame(claimFolder(dataDir), [], 'the operator may say that it is');
});

test('a folder of an earlier DSS, a start that was cut short and a new file system are adopted', async (t) => {
	for (const files of [
		{ 'dss.db': '', 'dss.lock': '', 'backup.tar': '', spool: {} },
		{ 'dss.lock': '', 'dss-tmp': {} },
		{ 'lost+found': {} },
		{},
	]) {
		const dataDir = t.testdir(files);
		claimFolder(dataDir);
		t.equal(existsSync(join(dataDir, MARK)), true, Object.keys(files).join(', '));
	}
});

test('a link in the place of what DSS made is refused', async (t) => {
	for (const name of [MARK, 'spool', 'dss-tmp']) {
		const folder = t.testdir({ elsewhere: { 'dss.folder': '' }, data: { 'dss.db': '' } });
		const target = name === MARK ? join(folder, 'elsewhere', MARK) : join(folder, 'elsewhere');
		symlinkSync(target, join(folder, 'data', name));
		t.throws(() => claimFolder(join(folder, 'data')), { message: new RegExp(`${name} is `) });
	}
});

test('the data folder itself may be a link', async (t) => {
	const folder = t.testdir({ real: {} });
	symlinkSync(join(folder, 'real'), join(folder, 'link'));
	claimFolder(join(folder, 'link'));
	t.strictSame(readdirSync(join(folder, 'real')), [MARK]);
});

test('a folder that others can write is closed to them, and the operator is told', async (t) => {
	const dataDir = join(t.testdir(), 'data');
	mkdirSync(dataDir);
	for (const mode of [0o777, 0o770, 0o702]) {
		chmodSync(dataDir, mode);
		const told = `the data folder could be written by other users (mode ${mode.toString(8)}); its mode is 700 now`;
		t.strictSame([claimFolder(dataDir), modeOf(dataDir)], [[told], '700']);
	}
	chmodSync(dataDir, 0o750);
	t.strictSame([claimFolder(dataDir), modeOf(dataDir)], [[], '750'], 'reading is the operator’s to allow');
});

test('a database of others makes no folder ours, and nothing is made beside it', async (t) => {
	for (const content of ['rubbish', null]) {
		const dataDir = t.testdir({ spool: {} });
		const file = join(dataDir, 'dss.db');
		if (content !== null) writeFileSync(file, content);
		else new Database(file).exec('CREATE TABLE theirs (a)').close();
		t.throws(() => claimFolder(dataDir), /dss\.db is not a database of DSS/);
		t.equal(existsSync(join(dataDir, MARK)), false);
	}
});

test('the database may not be a link', async (t) => {
	const folder = t.testdir({ elsewhere: { 'dss.db': '' }, data: {} });
	symlinkSync(join(folder, 'elsewhere', 'dss.db'), join(folder, 'data', 'dss.db'));
	t.throws(() => claimFolder(join(folder, 'data')), /dss\.db is not a file/);
});
