import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import * as zipJs from '@zip.js/zip.js';
import AdmZip from 'adm-zip';
import { ZipArchive } from 'archiver';
import * as fflate from 'fflate';
import JSZip from 'jszip';
import { test } from 'tap';
import yazl from 'yazl';
import { buildDss, component } from '../support/dss-builder.ts';
import { put } from '../support/http.ts';
import { serviceFor } from '../support/service.ts';

type Files = ReadonlyMap<string, Buffer>;

/** Runs a tool in a folder that holds the files, and answers the archive that it writes. */
function withFolder(files: Files, run: (folder: string) => void): Buffer {
	const folder = mkdtempSync(join(tmpdir(), 'dss-tools-'));
	try {
		for (const [name, content] of files) {
			mkdirSync(dirname(join(folder, name)), { recursive: true });
			writeFileSync(join(folder, name), content);
		}
		run(folder);
		return readFileSync(join(folder, 'out.zip'));
	} finally {
		rmSync(folder, { recursive: true });
	}
}

const command =
	(name: string, args: (names: string[]) => string[], input?: (files: Files) => string) => (files: Files) =>
		withFolder(files, (cwd) => {
			execFileSync(name, args([...files.keys()]), {
				cwd,
				stdio: ['pipe', 'pipe', 'pipe'],
				...(input === undefined ? {} : { input: input(files) }),
			});
		});

const PYTHON = (body: string) => `import sys, zipfile, io\nnames = sys.argv[1:]\n${body}`;
const python = (body: string) => command('python3', (names) => ['-c', PYTHON(body), ...names]);

/** Each way in which the tools that people use write archives. */
const WRITERS: Readonly<Record<string, (files: Files) => Promise<Buffer> | Buffer>> = {
	'Info-ZIP': command('zip', (names) => ['-q', '-X', 'out.zip', ...names]),
	'Info-ZIP with its extra fields and directories': command('zip', () => [
		'-q',
		'-r',
		'out.zip',
		'.',
		'-i',
		'*',
	]),
	'Info-ZIP, stored': command('zip', (names) => ['-q', '-0', 'out.zip', ...names]),
	'Info-ZIP, streaming to a pipe': (files) =>
		withFolder(files, (cwd) =>
			writeFileSync(
				join(cwd, 'out.zip'),
				execFileSync('zip', ['-q', '-', ...files.keys()], { cwd, stdio: ['pipe', 'pipe', 'pipe'] }),
			),
		),
	'Info-ZIP, ZIP64 forced': command('zip', (names) => ['-q', '-fz', 'out.zip', ...names]),
	'7-Zip': command('7z', (names) => ['a', '-bd', '-tzip', 'out.zip', ...names]),
	'7-Zip, stored': command('7z', (names) => ['a', '-bd', '-tzip', '-mx=0', 'out.zip', ...names]),
	'Python zipfile': python(
		"z = zipfile.ZipFile('out.zip', 'w', zipfile.ZIP_DEFLATED)\nfor n in names: z.write(n)\nz.close()",
	),
	'Python zipfile, streaming': python(
		"class Pipe(io.RawIOBase):\n  def __init__(self): self.f = open('out.zip', 'wb')\n  def writable(self): return True\n  def write(self, b): return self.f.write(b)\n  def flush(self): self.f.flush()\np = Pipe()\nz = zipfile.ZipFile(p, 'w', zipfile.ZIP_DEFLATED)\nfor n in names:\n  with z.open(n, 'w') as e: e.write(open(n, 'rb').read())\nz.close(); p.f.close()",
	),
	'Python zipfile, ZIP64 forced': python(
		"z = zipfile.ZipFile('out.zip', 'w', zipfile.ZIP_DEFLATED)\nfor n in names:\n  with z.open(n, 'w', force_zip64=True) as e: e.write(open(n, 'rb').read())\nz.close()",
	),
	JSZip: (files) => jszip(files, {}),
	'JSZip, streaming': (files) => jszip(files, { streamFiles: true }),
	'JSZip, for Unix': (files) => jszip(files, { platform: 'UNIX' }),
	yazl: (files) => yazlBuffers(files, {}),
	'yazl, ZIP64 forced': (files) => yazlBuffers(files, { forceZip64Format: true }),
	'yazl, streaming': (files) => yazlStreams(files),
	fflate: (files) => Buffer.from(fflate.zipSync(Object.fromEntries(files))),
	'fflate, streaming': (files) => fflateStream(files),
	archiver: (files) => archiver(files, false),
	'archiver, streaming, ZIP64 forced': (files) => archiver(files, true),
	'adm-zip': (files) => {
		const zip = new AdmZip();
		for (const [name, content] of files) zip.addFile(name, content);
		return zip.toBuffer();
	},
	'zip.js': (files) => zipJsWriter(files, {}),
	'zip.js, ZIP64 forced': (files) => zipJsWriter(files, { zip64: true }),
	'zip.js, without data descriptors': (files) => zipJsWriter(files, { dataDescriptor: false }),
};

function jszip(files: Files, options: object): Promise<Buffer> {
	const zip = new JSZip();
	for (const [name, content] of files) zip.file(name, content);
	return zip.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE', ...options });
}

function yazlBuffers(files: Files, options: object): Promise<Buffer> {
	const zip = new yazl.ZipFile();
	for (const [name, content] of files) zip.addBuffer(content, name, options);
	zip.end();
	return buffer(zip.outputStream);
}

function yazlStreams(files: Files): Promise<Buffer> {
	const zip = new yazl.ZipFile();
	for (const [name, content] of files) zip.addReadStream(Readable.from([content]), name);
	zip.end();
	return buffer(zip.outputStream);
}

function fflateStream(files: Files): Promise<Buffer> {
	return new Promise((resolve, reject) => {
		const pieces: Uint8Array[] = [];
		const zip = new fflate.Zip((error, piece, final) => {
			if (error) reject(error);
			pieces.push(piece);
			if (final) resolve(Buffer.concat(pieces));
		});
		for (const [name, content] of files) {
			const entry = new fflate.ZipDeflate(name);
			zip.add(entry);
			entry.push(new Uint8Array(content), true);
		}
		zip.end();
	});
}

async function archiver(files: Files, streaming: boolean): Promise<Buffer> {
	const zip = new ZipArchive({ forceZip64: streaming });
	const output = new PassThrough();
	zip.pipe(output);
	for (const [name, content] of files) zip.append(streaming ? Readable.from([content]) : content, { name });
	const [bytes] = await Promise.all([buffer(output), zip.finalize()]);
	return bytes;
}

async function zipJsWriter(files: Files, options: object): Promise<Buffer> {
	const writer = new zipJs.ZipWriter(new zipJs.Uint8ArrayWriter(), { useWebWorkers: false, ...options });
	for (const [name, content] of files)
		await writer.add(name, new zipJs.Uint8ArrayReader(new Uint8Array(content)));
	return Buffer.from(await writer.close());
}

test('archives made by the tools that people use are accepted: careful is not fussy', async (t) => {
	const service = await serviceFor(t);
	let files: Map<string, Buffer>;
	const zip = await JSZip.loadAsync(
		buildDss({ components: [component(1)], others: { 'notes/readme.txt': 'hello' } }),
	);
	files = new Map();
	for (const [name, entry] of Object.entries(zip.files)) {
		if (!entry.dir) files.set(name, await entry.async('nodebuffer'));
	}

	for (const [tool, write] of Object.entries(WRITERS)) {
		t.test(tool, async (t) => {
			let archive: Buffer;
			try {
				archive = await write(files);
			} catch (error) {
				if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
					return t.plan(0, 'the tool is not on this machine');
				throw error;
			}
			const { body } = await put(`${service.url}/api/projects/import/analyze`, archive, 'application/zip');
			t.equal(body.is_valid, true, { received: body.errors });
			t.strictSame(body.item_counts, { themes: 1, tokens: 2, components: 1, assets: 0 });
		});
	}
});

test('a UTF-8 name without flag bit 11, as Info-ZIP writes it, is read', async (t) => {
	const service = await serviceFor(t);
	const name = 'notes/Größe ☃.txt';
	const unflagged = buildDss({
		others: { [name]: 'hello' },
		entries: (entries) => entries.map((entry) => (entry.name === name ? { ...entry, flags: 0 } : entry)),
	});
	const archives: [what: string, archive: Buffer][] = [
		['without the flag', unflagged],
		['with it', buildDss({ others: { [name]: 'hello' } })],
	];
	for (const [what, archive] of archives) {
		const url = `${service.url}/api/projects/import/analyze`;
		const { body } = await put(url, archive, 'application/zip');
		t.equal(body.is_valid, true, what, { received: body.errors });
		t.match(JSON.stringify(body.warnings), /Größe ☃/, 'it is told by its name');
	}
});
