/** What the machine does wrong is no verdict on an archive; what is wrong with an archive is one. */
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { deflateRawSync } from 'node:zlib';
import { test } from 'tap';
import { FileBytes } from '../../src/archive/container/bytes.ts';
import { readCentralRecords } from '../../src/archive/container/central-directory.ts';
import { readEnd } from '../../src/archive/container/end-record.ts';
import { secondOpinion } from '../../src/archive/container/second-opinion.ts';
import { inflated } from '../../src/archive/inflate.ts';
import { Archive } from '../../src/archive/reader.ts';
import { buildDss } from '../support/dss-builder.ts';

const limits = {
	maxArchiveBytes: 1e8,
	maxContentBytes: 1e9,
	maxTokens: 1,
	maxComponents: 1,
	maxThemes: 1,
	maxRecordBytes: 1e6,
	maxRecordDepth: 64,
	maxEntries: 1_000,
};
const entry = { name: 'tokens.jsonl', compressedBytes: 3 };
const drain = async (pieces: AsyncIterable<Buffer>) => {
	for await (const _piece of pieces);
};

test('a file that cannot be opened again is a fault of the machine', async (t) => {
	await t.rejects(secondOpinion(join(t.testdir(), 'gone'), []), { code: 'ENOENT' });
});

test('a file that another reader reads otherwise is ambiguous', async (t) => {
	const path = join(t.testdir(), 'a.dss');
	writeFileSync(path, buildDss());
	await t.rejects(secondOpinion(path, []), { code: 'ambiguous_archive' });
});

test('a disk that fails while an entry is inflated is a fault of the machine', async (t) => {
	const broken = Object.assign(new Error('EIO: i/o error, read'), {
		code: 'EIO',
		errno: -5,
		syscall: 'read',
	});
	const raw = new Readable({ read: () => raw.destroy(broken) });
	await t.rejects(drain(inflated(raw, entry)), { code: 'EIO' });
});

test('a deflate stream that is broken, and one that hides bytes, are faults of the archive', async (t) => {
	await t.rejects(drain(inflated(Readable.from([Buffer.from('xyz')]), entry)), { code: 'corrupt_entry' });
	const hiding = Buffer.concat([deflateRawSync('a'), Buffer.from('hidden')]);
	const bytes = { ...entry, compressedBytes: hiding.length };
	await t.rejects(drain(inflated(Readable.from([hiding]), bytes)), { code: 'size_mismatch' });
});

/** A file that counts how much was read from it at once. */
class MeteredFile extends FileBytes {
	longest = 0;
	override read(position: number, length: number): Buffer {
		this.longest = Math.max(this.longest, length);
		return super.read(position, length);
	}
}

test('a directory of two gigabytes costs no memory before it is refused', async (t) => {
	// A sparse file: zeros for a directory of 2 GiB, and an end record that says it holds three entries.
	const path = join(t.testdir(), 'large.dss');
	const bytes = 2_147_483_648;
	const end = Buffer.alloc(22);
	end.write('PK\x05\x06', 'latin1');
	end.writeUInt16LE(3, 8);
	end.writeUInt16LE(3, 10);
	end.writeUInt32LE(bytes, 12);
	const fd = openSync(path, 'w');
	writeSync(fd, end, 0, end.length, bytes);
	closeSync(fd);
	await t.rejects(Archive.open(path, limits), { code: 'ambiguous_archive' });
	const file = new MeteredFile(path);
	t.teardown(() => file.close());
	t.throws(() => readCentralRecords(file, readEnd(file)), { code: 'ambiguous_archive' });
	t.ok(file.longest <= 262_144, `the longest read has ${file.longest} bytes`);
});
