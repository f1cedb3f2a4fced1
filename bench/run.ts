/** Import and export over HTTP as ratios to the raw floor, measured in the same run. */
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { put, send } from '../test/support/http.ts';
import { makeFolder, startService } from '../test/support/service.ts';
import { benchArchive, PROJECT } from './archive.ts';
import { figure, peakMemory, ratioFigure } from './figures.ts';
import { Floor } from './floor.ts';
import { benchTokens } from './tokens.ts';

const { values } = parseArgs({
	options: {
		tokens: { type: 'string', default: '10000' },
		rounds: { type: 'string', default: '11' },
		warmup: { type: 'string', default: '6' },
	},
});
const count = Number(values.tokens);
const rounds = Number(values.rounds);

const timed = async (run: () => Promise<unknown>): Promise<number> => {
	const begun = performance.now();
	await run();
	return performance.now() - begun;
};

const tokens = benchTokens(count);
const archive = await benchArchive(tokens);
const folder = await makeFolder();
const floor = new Floor(tokens, folder);
const times = {
	floorImport: [] as number[],
	import: [] as number[],
	floorExport: [] as number[],
	export: [] as number[],
};

await using service = await startService({
	env: { DSS_MAX_TOKENS: '10000000', DSS_MAX_ARCHIVE_BYTES: '2000000000' },
});
const peakBefore = peakMemory(service.pid);
for (let round = -Number(values.warmup); round < rounds; round++) {
	const floorImport = floor.import();
	const imported = await timed(async () => {
		const { status, body } = await put(`${service.url}/api/projects/import`, archive, 'application/zip');
		if (status !== 201) throw new Error(JSON.stringify(body));
	});
	const floorExport = floor.export();
	const exported = await timed(async () => {
		const { status } = await send(`${service.url}/api/projects/${PROJECT}/export`, { method: 'POST' });
		if (status !== 200) throw new Error(`export answered ${status}`);
	});
	await send(`${service.url}/api/projects/${PROJECT}`, { method: 'DELETE' });
	// The first rounds warm up both sides; the service has two workers to warm.
	if (round < 0) continue;
	times.floorImport.push(floorImport);
	times.import.push(imported);
	times.floorExport.push(floorExport);
	times.export.push(exported);
}

console.log(
	`${count} tokens, ${(archive.length / 1e6).toFixed(2)} MB archive, ${rounds} rounds; median (min – max)`,
);
console.log(`import  floor    ${figure(times.floorImport)}`);
console.log(
	`import  service  ${figure(times.import)}   ratio ${ratioFigure(times.import, times.floorImport)}   target 2.0`,
);
console.log(`export  floor    ${figure(times.floorExport)}`);
console.log(
	`export  service  ${figure(times.export)}   ratio ${ratioFigure(times.export, times.floorExport)}   target 2.5`,
);
console.log(`memory  service  ${peakBefore} MB after start, ${peakMemory(service.pid)} MB at its peak`);
floor.close();
await rm(folder, { recursive: true });
