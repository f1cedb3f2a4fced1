import { readdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { SqliteStaging } from '../../src/staging/staging.ts';
import { openDatabase, prepareStore } from '../../src/store/sqlite/open.ts';
import { token } from '../support/records.ts';

// SQLite reads the place of its temporary files once a process: this test has a process of its own.
test('temporary files lie in the data folder, and are removed when the work ends', {
	skip: process.platform === 'linux' ? false : 'open files are listed by /proc',
}, async (t) => {
	const settings = { dataDir: t.testdir(), busyTimeoutMs: 1000 };
	prepareStore(settings);
	const db = openDatabase(settings);
	t.teardown(() => db.close());
	const folder = join(settings.dataDir, 'dss-tmp');
	const open = () =>
		readdirSync('/proc/self/fd')
			.map(target)
			.filter((file) => file.startsWith(folder));
	const staging = new SqliteStaging(db);
	const filling = staging.begin();
	filling.add(Array.from({ length: 4_000 }, (_, index) => token(index, 'x'.repeat(10_000))));
	filling.index();
	t.equal(open().length, 1, 'tables that outgrow memory have a file');
	staging.end();
	t.strictSame(open(), []);
	writeFileSync(join(folder, 'etilqs_left'), '');
	writeFileSync(join(folder, 'notes.txt'), 'an operator put this here');
	prepareStore(settings);
	t.strictSame(
		readdirSync(folder),
		['notes.txt'],
		'what a dead process left is removed at start, and no more',
	);
});

test('a link in the place of the folder is refused, and what it leads to is kept', async (t) => {
	const dataDir = t.testdir({ elsewhere: { etilqs_precious: '' } });
	symlinkSync(join(dataDir, 'elsewhere'), join(dataDir, 'dss-tmp'));
	t.throws(() => prepareStore({ dataDir, busyTimeoutMs: 1000 }), /is a link/);
	t.strictSame(readdirSync(join(dataDir, 'elsewhere')), ['etilqs_precious']);
});

/** The file of a descriptor; empty where it has just been closed. */
function target(descriptor: string): string {
	try {
		return readlinkSync(join('/proc/self/fd', descriptor));
	} catch {
		return '';
	}
}
