/** Starts the service as its users do: a process of its own, spoken to over HTTP. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = new URL('../../', import.meta.url);

export interface Service extends AsyncDisposable {
	readonly url: string;
	readonly dataDir: string;
	readonly pid: number;
	/** The log so far, a JSON object a line. */
	readonly log: readonly Record<string, unknown>[];
	/** Ends the process; SIGKILL does so without a word. Resolves with its exit code. */
	stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface StartOptions {
	/** A folder that outlives the service; without it one is made, and removed in the end. */
	readonly dataDir?: string;
	readonly env?: Readonly<Record<string, string>>;
}

/** Starts a service on a free port. */
export async function startService({ dataDir, env = {} }: StartOptions = {}): Promise<Service> {
	const folder = dataDir ?? (await makeFolder());
	const child = spawn(process.execPath, ['src/start.js'], {
		cwd: ROOT,
		env: { ...process.env, DSS_PORT: '0', DSS_DATA_DIR: folder, DSS_WORKERS: '2', ...env },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const log: Record<string, unknown>[] = [];
	const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
	const url = await listening(child, log);
	const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
		child.kill(signal);
		return ended;
	};
	return {
		url,
		dataDir: folder,
		pid: child.pid ?? 0,
		log,
		stop,
		async [Symbol.asyncDispose]() {
			await stop();
			if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
		},
	};
}

/** A data folder for a test. */
export function makeFolder(): Promise<string> {
	return mkdtemp(join(tmpdir(), 'dss-test-'));
}

function listening(child: ChildProcess, log: Record<string, unknown>[]): Promise<string> {
	const { stdout, stderr } = child;
	if (stdout === null || stderr === null) throw new Error('the service has no output');
	let complaint = '';
	stderr.on('data', (chunk: Buffer) => {
		complaint += chunk;
	});
	return new Promise((resolve, reject) => {
		createInterface({ input: stdout }).on('line', (line) => {
			const entry: Record<string, unknown> = JSON.parse(line);
			log.push(entry);
			const address = /http:\/\/\S+/.exec(String(entry['msg']))?.[0];
			if (address !== undefined && String(entry['msg']).startsWith('Server listening')) resolve(address);
		});
		child.once('exit', (code) => reject(new Error(`the service ended with ${code}: ${complaint}`)));
	});
}
