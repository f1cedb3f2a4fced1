/** What the processes of the service add to tap's report of coverage. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const REPORT_FOLDER = '.tap/coverage';
/** Where our own code is: the coverage of libraries is most of what V8 writes, and is not reported. */
const OURS = ['src/', 'routes/', 'schemas/'].map(
	(folder) => new URL(`../../${folder}`, import.meta.url).href,
);

/** Whether this run measures coverage; tap says so to each test file. */
export const isMeasured = process.env['_TAPJS_PROCESSINFO_COVERAGE_'] === '1';

/** A folder where Node writes the coverage of one process and its threads when it ends (NODE_V8_COVERAGE). */
export const makeCoverageFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'dss-coverage-'));

/** Moves what a process has written to tap's report, and removes the folder. A process that is killed writes nothing. */
export async function collectCoverage(folder: string): Promise<void> {
	await mkdir(REPORT_FOLDER, { recursive: true });
	for (const name of await readdir(folder)) {
		const { result, ...rest } = JSON.parse(await readFile(join(folder, name), 'utf8'));
		const ours = result.filter(({ url }: { url: string }) => OURS.some((base) => url.startsWith(base)));
		await writeFile(join(REPORT_FOLDER, name), JSON.stringify({ ...rest, result: ours }));
	}
	await rm(folder, { recursive: true });
}
