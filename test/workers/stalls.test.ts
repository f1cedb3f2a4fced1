/** Work that never ends, over HTTP: the service on threads of `looping-worker.ts`, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Test, test } from 'tap';
import { buildDss, PROJECT } from '../support/dss-builder.ts';
import { put, send } from '../support/http.ts';
import { ended, eventsOf } from '../support/jobs.ts';

const ZIP = 'application/zip';
const SCRIPT = new URL('../support/looping-service.ts', import.meta.url).pathname;

interface Looping {
	readonly url: string;
	readonly log: Record<string, unknown>[];
	/** Sends SIGTERM. Resolves with the exit code, or the signal that ended the process. */
	terminate(): Promise<number | NodeJS.Signals | null>;
}

async function start(t: Test, stallMs: number): Promise<Looping> {
	const env = {
		PATH: process.env['PATH'],
		DSS_PORT: '0',
		DSS_DATA_DIR: t.testdir(),
		DSS_WORKERS: '2',
		DSS_BUSY_TIMEOUT_MS: '100',
		DSS_STALL_TIMEOUT_MS: String(stallMs),
	};
	const child: ChildProcess = spawn(process.execPath, [SCRIPT], {
		env,
		stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
	});
	const exit = new Promise<number | NodeJS.Signals | null>((resolve) => {
		child.once('close', (code, signal) => resolve(code ?? signal));
	});
	t.teardown(async () => {
		child.kill('SIGKILL');
		await exit;
	});
	const log: Looping['log'] = [];
	const url = await new Promise<string>((resolve, reject) => {
		if (child.stdout === null) throw new Error('the service has no output');
		createInterface({ input: child.stdout }).on('line', (line) => {
			const entry = JSON.parse(line);
			log.push(entry);
			const [, address] = /^Server listening at (http:\S+)/.exec(entry.msg) ?? [];
			if (address !== undefined) resolve(address);
		});
		void exit.then((code) => reject(new Error(`the service ended with ${code}`)));
	});
	return {
		url,
		log,
		terminate() {
			child.kill('SIGTERM');
			return exit;
		},
	};
}

const importing = ({ url }: Looping, name: string, background: boolean) =>
	put(
		`${url}/api/projects/import?background=${background}&name=${encodeURIComponent(name)}`,
		buildDss(),
		ZIP,
	);
/** Makes a job of work that never ends. Answers it once it is under way. */
async function loopingJob(service: Looping, name: string): Promise<string> {
	const { body } = await importing(service, name, true);
	for await (const { job } of eventsOf(service, body.job_id)) if (job.progress.stage === 'structure') break;
	return body.job_id;
}

test('work that never ends is 503 work_stalled for a request; as a job it is tried twice, then failed', async (t) => {
	const service = await start(t, 2_000);
	for (const name of ['loop in JavaScript', 'loop in SQL with checkpoint']) {
		const { status, body, headers } = await importing(service, name, false);
		t.match({ status, code: body.code }, { status: 503, code: 'work_stalled' }, name);
		t.ok(Number(headers.get('retry-after')) > 0);
		const job = await ended(service, (await importing(service, name, true)).body.job_id);
		t.match(job, { status: 'failed', attempts: 2, error: { code: 'work_stalled', status: 503 } }, name);
	}
	t.equal((await put(`${service.url}/api/projects/import`, buildDss(), ZIP)).body.project_id, PROJECT);
	t.equal(await service.terminate(), 0);
});

test('a job that loops is cancelled by its DELETE, and its next job runs', async (t) => {
	const service = await start(t, 60_000);
	for (const name of ['loop in JavaScript', 'loop in SQL with checkpoint', 'loop in SQL']) {
		const id = await loopingJob(service, name);
		const asked = performance.now();
		const { body } = await send(`${service.url}/api/jobs/${id}`, { method: 'DELETE' });
		t.comment(`${name}: cancelled after ${Math.round(performance.now() - asked)} ms`);
		t.equal(body.status, 'cancelled', JSON.stringify(body));
	}
	const { body } = await put(`${service.url}/api/projects/import/background`, buildDss(), ZIP);
	t.equal((await ended(service, body.job_id)).status, 'succeeded');
});

test('SIGTERM ends a process whose work loops: in order, or by SIGKILL where a statement cannot be ended', async (t) => {
	for (const [name, exit] of [
		['loop in JavaScript', 0],
		['loop in SQL with checkpoint', 0],
		['loop in SQL', 'SIGKILL'],
	] as const) {
		const service = await start(t, 60_000);
		await loopingJob(service, name);
		t.equal((await send(`${service.url}/readyz`)).status, 200, 'ready while it loops');
		const asked = performance.now();
		t.equal(await service.terminate(), exit, name);
		t.comment(`${name}: ended after ${Math.round(performance.now() - asked)} ms`);
		t.match(service.log.at(-1), { msg: 'stopped', orderly: exit === 0 });
	}
});
