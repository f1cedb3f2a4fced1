/** How fast hostile archives are refused, and at what memory; part of npm run bench */
import { readFileSync } from 'node:fs';
import { crc32, createDeflateRaw, deflateRawSync } from 'node:zlib';
import { buildDss } from '../test/support/dss-builder.ts';
import { put, send } from '../test/support/http.ts';
import { startService } from '../test/support/service.ts';
import { buildZip, type EntrySpec } from '../test/support/zip-builder.ts';
import { figure } from './figures.ts';

const GB = 1_000_000_000;

/** A deflate stream of so many zeros, made piece by piece. */
async function zeros(bytes: number): Promise<Buffer> {
	const deflate = createDeflateRaw({ level: 9 });
	const piece = Buffer.alloc(1_000_000);
	const written = (async () => {
		for (let at = 0; at < bytes; at += piece.length) {
			if (!deflate.write(piece)) await new Promise((resolve) => deflate.once('drain', resolve));
		}
		deflate.end();
	})();
	const parts: Buffer[] = [];
	for await (const part of deflate) parts.push(part);
	await written;
	return Buffer.concat(parts);
}

const tokensEntry = (bend: Partial<EntrySpec>) => (entries: EntrySpec[]) =>
	entries.map((entry) => (entry.name === 'tokens.jsonl' ? { ...entry, ...bend } : entry));

const large = await zeros(4 * GB);
const nested = (depth: number): Buffer =>
	depth === 0
		? buildZip([{ name: 'zeros', content: Buffer.alloc(1_000_000) }])
		: buildZip(
				Array.from({ length: 16 }, (_, index) => ({ name: `${index}.zip`, content: nested(depth - 1) })),
			);
const kernel = deflateRawSync(Buffer.alloc(1_000_000));

const bombs: Record<string, Buffer> = {
	'10 GB in 10 MB, declared': buildDss({
		others: Object.fromEntries(['a', 'b', 'c'].map((name) => [name, ''])),
		entries: (entries) =>
			entries.map((entry) =>
				/^[abc]$/.test(String(entry.name)) ? { ...entry, data: large, bytes: 3_400_000_000, crc: 0 } : entry,
			),
	}),
	'nested, as 42.zip is': nested(3),
	'overlapping entries': buildZip([
		{ name: 'kernel', data: kernel, bytes: 1_000_000, crc: crc32(Buffer.alloc(1_000_000)) },
		...Array.from({ length: 500 }, (_, index) => ({
			name: `kernel${index}`,
			centralOnly: true,
			localOffset: 0,
			data: kernel,
			bytes: 1_000_000,
		})),
	]),
	'4 GB that says it is 1 kB': buildDss({ entries: tokensEntry({ data: large, bytes: 1_000, crc: 0 }) }),
};

await using service = await startService({ env: { DSS_WORKERS: '1' } });
const resident = () =>
	Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8'))?.[1]) / 1024);
for (let round = 0; round < 5; round++)
	await put(`${service.url}/api/projects/import`, 'PK', 'application/zip');
for (const [name, bomb] of Object.entries(bombs)) {
	const before = resident();
	const times: number[] = [];
	let said = '';
	for (let round = 0; round < 5; round++) {
		const begun = performance.now();
		const { status, body } = await put(`${service.url}/api/projects/import`, bomb, 'application/zip');
		times.push(performance.now() - begun);
		said = `${status} ${body.code}`;
	}
	console.log(
		`${name} (${(bomb.length / 1e6).toFixed(2)} MB): ${said} in ${figure(times)}, memory ${before} → ${resident()} MB`,
	);
}
await send(`${service.url}/healthz`);
