/** Starts the service as its users do: a process of its own, used over HTTP. */
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, on } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Test } from 'tap';
import { collectCoverage, isMeasured, makeCoverageFolder } from './coverage.ts';

const ROOT = new URL('../../', import.meta.url);

/** A service starts in three quarters of the time where its code is compiled already. */
const COMPILE_CACHE = { NODE_COMPILE_CACHE: '.tap/compile-cache' };

export interface Service extends AsyncDisposable {
	readonly url: string;
	readonly dataDir: string;
	readonly pid: number;
	/** The log so far, a JSON object a line. */
	readonly log: readonly Record<string, unknown>[];
	/** The next line of the log for which `matches` holds; rejects where the process ends without one. */
	nextLine(matches: (line: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
	/** Ends the process; with SIGKILL at once. Resolves with its exit code. */
	stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface StartOptions {
	/** A folder that outlives the service; without it one is made, and removed in the end. */
	readonly dataDir?: string;
	readonly env?: Readonly<Record<string, string>>;
}

/** The command that starts the service, without the loader that tap adds to each process a test starts. */
export const SERVICE_COMMAND: readonly [command: string, ...args: string[]] = [
	'/usr/bin/env',
	'-u',
	'NODE_OPTIONS',
	process.execPath,
	'src/start.js',
];

/** Settings of the shell that runs the tests, and of the tests themselves, are not the service's. */
export const OUR_ENVIRONMENT = Object.fromEntries(
	Object.entries(process.env).filter(([name]) => !name.startsWith('DSS_')),
);

/** Starts a service on a free port. */
export async function startService({ dataDir, env = {} }: StartOptions = {}): Promise<Service> {
	const folder = dataDir ?? (await makeFolder());
	const coverage = isMeasured ? await makeCoverageFolder() : null;
	const [command, ...args] = SERVICE_COMMAND;
	const child = spawn(command, args, {
		cwd: ROOT,
		env: {
			...OUR_ENVIRONMENT,
			...(coverage === null ? COMPILE_CACHE : { NODE_V8_COVERAGE: coverage }),
			DSS_PORT: '0',
			DSS_DATA_DIR: folder,
			DSS_WORKERS: '2',
			...env,
		},
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const log: Record<string, unknown>[] = [];
	const lines = new EventEmitter();
	lines.on('line', (line) => log.push(line));
	const ended = new Promise<number | null>((resolve) => child.once('exit', resolve)).then(async (code) => {
		if (coverage !== null) await collectCoverage(coverage);
		return code;
	});
	const url = await listening(child, lines);
	const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
		child.kill(signal);
		return ended;
	};
	return {
		url,
		dataDir: folder,
		pid: child.pid ?? 0,
		log,
		async nextLine(matches) {
			const stopped = new AbortController();
			child.once('exit', () => stopped.abort(new Error('the service ended before it logged the line')));
			for await (const [line] of on(lines, 'line', { signal: stopped.signal }))
				if (matches(line)) return line;
			throw new Error('unreachable: the lines end by the signal only');
		},
		stop,
		async [Symbol.asyncDispose]() {
			await stop();
			if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
		},
	};
}

/** Starts a service that ends with the test and its subtests. */
export async function serviceFor(t: Test, options: StartOptions = {}): Promise<Service> {
	const service = await startService(options);
	t.teardown(() => service[Symbol.asyncDispose]());
	return service;
}

/** A data folder outside tap's fixtures, for what outlives a test or has none. */
export function makeFolder(): Promise<string> {
	return mkdtemp(join(tmpdir(), 'dss-test-'));
}

function listening(child: ChildProcess, lines: EventEmitter): Promise<string> {
	const { stdout, stderr } = child;
	if (stdout === null || stderr === null) throw new Error('the service has no output');
	let complaint = '';
	stderr.on('data', (chunk: Buffer) => {
		complaint += chunk;
	});
	return new Promise((resolve, reject) => {
		createInterface({ input: stdout }).on('line', (line) => {
			const entry: Record<string, unknown> = JSON.parse(line);
			lines.emit('line', entry);
			const address = /http:\/\/\S+/.exec(String(entry['msg']))?.[0];
			if (address !== undefined && String(entry['msg']).startsWith('Server listening')) resolve(address);
		});
		child.once('close', (code) => reject(new Error(`the service ended with ${code}: ${complaint}`)));
	});
}
