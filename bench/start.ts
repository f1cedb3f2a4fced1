/** Runs the benchmarks one after the other: all, or those that are named (`npm run bench -- growth --scale 0.2`). */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BENCHES = [
	'run',
	'merge',
	'merge-memory',
	'latency',
	'bombs',
	'memory',
	'foreign-json',
	'growth',
] as const;

const given = process.argv.slice(2);
const options = given.findIndex((argument) => argument.startsWith('-'));
const names = options === -1 ? given : given.slice(0, options);
const passedOn = options === -1 ? [] : given.slice(options);
const unknown = names.filter((name) => !BENCHES.some((bench) => bench === name));
if (unknown.length > 0) {
	console.error(`no benchmark ${unknown.join(', ')}; there are ${BENCHES.join(', ')}`);
	process.exit(1);
}
for (const name of names.length === 0 ? BENCHES : names) {
	const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
	const { status } = spawnSync(process.execPath, [file, ...passedOn], { stdio: 'inherit' });
	if (status !== 0) process.exit(status ?? 1);
}
