import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type Test, test } from 'tap';
import { Spool } from '../../src/spool/spool.ts';

/** Never aborted. */
const WHENEVER = new AbortController().signal;

async function spool(t: Test, more: { quotaBytes?: number; maxUploadBytes?: number } = {}) {
	const folder = `${t.testdir()}/spool`;
	const options = { folder, quotaBytes: 1_000, maxUploadBytes: 100, idleMs: 1e6, totalMs: 1e6, ...more };
	return { folder, options, spool: await Spool.prepare(options, []), files: () => readdir(folder) };
}

test('an upload is counted and hashed, and is removed once', async (t) => {
	const { spool: one, files } = await spool(t);
	const file = await one.receive(Readable.from([Buffer.from('ab'), Buffer.from('c')]), WHENEVER);
	t.match(file, { bytes: 3, sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' });
	t.equal(one.bytes, 3);
	await file.remove();
	await file.remove();
	t.strictSame([one.bytes, one.openUploads, await files()], [0, 0, []]);
});

test('an upload over its limit, over the quota, or cut off leaves nothing', async (t) => {
	const { spool: one, files } = await spool(t, { quotaBytes: 150 });
	await t.rejects(one.receive(Readable.from([Buffer.alloc(101)]), WHENEVER), { code: 'upload_too_large' });
	const first = await one.receive(Readable.from([Buffer.alloc(100)]), WHENEVER);
	await t.rejects(one.receive(Readable.from([Buffer.alloc(60)]), WHENEVER), { code: 'spool_full' });
	const cut = new PassThrough();
	const receiving = one.receive(cut, WHENEVER);
	cut.write('x');
	cut.destroy();
	await t.rejects(receiving, { code: 'upload_cut_off' });
	await first.remove();
	t.strictSame([one.bytes, one.openUploads, await files()], [0, 0, []]);
});

test('where the quota is used up, the upload that began last gives way, and those before it come through', async (t) => {
	const { spool: one, files } = await spool(t, { quotaBytes: 150 });
	const uploads = [new PassThrough(), new PassThrough(), new PassThrough()];
	const received = uploads.map((upload) => one.receive(upload, WHENEVER));
	const outcomes = Promise.allSettled(received);
	for (const upload of uploads) upload.write(Buffer.alloc(40));
	// The first two need what the third has taken.
	for (const upload of uploads.slice(0, 2)) upload.end(Buffer.alloc(30));
	uploads[2]?.end();
	const [first, second, third] = await outcomes;
	t.strictSame([first?.status, second?.status], ['fulfilled', 'fulfilled']);
	t.match(third, { status: 'rejected', reason: { code: 'spool_full' } });
	t.strictSame([one.bytes, one.openUploads, (await files()).length], [140, 0, 2]);
});

test('a file that is opened once has no name any more; its bytes count until it is closed', async (t) => {
	const { spool: one, files } = await spool(t);
	const file = await one.receive(Readable.from([Buffer.from('content')]), WHENEVER);
	const content = await one.openOnce(file);
	t.strictSame([await files(), one.bytes], [[], 7]);
	t.equal(String(await buffer(content)), 'content');
	if (!content.closed) await new Promise((resolve) => content.once('close', resolve));
	t.equal(one.bytes, 0);
	const unread = await one.openOnce(await one.receive(Readable.from([Buffer.from('gone')]), WHENEVER));
	await new Promise((resolve) => unread.once('close', resolve).destroy());
	t.equal(one.bytes, 0);
});

test('a file that is handed over outlives its request and its process, and is read whole or in part', async (t) => {
	const { spool: one, options, files } = await spool(t);
	const file = await one.receive(Readable.from([Buffer.from('0123456789')]), WHENEVER);
	const owned = await file.handOver();
	await file.remove();
	t.equal(existsSync(one.pathOf(owned.name)), true);
	await writeFile(one.newPath(), 'left by a process that ended');
	const next = await Spool.prepare(options, [owned]);
	t.strictSame([await files(), next.bytes], [[owned.name], 10]);
	t.equal(String(await buffer(next.read(owned.name))), '0123456789');
	t.equal(String(await buffer(next.read(owned.name, { first: 2, last: 4 }))), '234');
	await t.rejects(buffer(next.read(`../${owned.name}x`)), { code: 'ENOENT' });
	await next.release(owned);
	t.strictSame([await files(), next.bytes], [[], 0]);
});

test('at start, the spool removes its own files and leaves those of others', async (t) => {
	const { spool: one, options, files } = await spool(t);
	await writeFile(one.newPath(), 'left by a process that ended');
	await mkdir(join(options.folder, 'notes'));
	await writeFile(join(options.folder, 'notes', 'plan.txt'), 'an operator put this here');
	await writeFile(join(options.folder, 'readme.txt'), 'and this');
	await Spool.prepare(options, []);
	t.strictSame((await files()).sort(), ['notes', 'readme.txt']);
	t.equal(existsSync(join(options.folder, 'notes', 'plan.txt')), true);
});

test('what was written to a new path is taken charge of, or discarded', async (t) => {
	const { spool: one, files } = await spool(t);
	const path = one.newPath();
	await writeFile(path, 'half');
	await one.discard(path);
	await one.discard(path);
	t.strictSame([await files(), one.bytes], [[], 0]);
});
