/** One job through many deaths of its process: accepted once, ended once, and nothing else touched. */
import { createHash } from 'node:crypto';
import type { Test } from 'tap';
import { buildDss, PROJECT, token } from '../support/dss-builder.ts';
import { put, send } from '../support/http.ts';
import { ended, eventsOf, type JobEvent } from '../support/jobs.ts';
import { type Service, startService } from '../support/service.ts';
import { spoolCount } from '../support/spool.ts';

const ZIP = 'application/zip';
const BYSTANDER = '018f3b60-0000-7000-8000-00000000b000';
const env = { DSS_MAX_TOKENS: '1000000', DSS_WORKERS: '1', DSS_LOG_LEVEL: 'debug' };

export type Kind = 'import' | 'merge' | 'export';

export interface CrashOptions {
	readonly kind: Kind;
	readonly signal: 'SIGKILL' | 'SIGTERM';
	readonly tokens: number;
	/**
	 * When the process dies, each time after the work was requested or taken up again: at the first event of the job
	 * that shows at least so much of the work done, from 0 (accepted) to 1 (ended);
	 * below 0 while it is being requested.
	 */
	readonly moments: readonly number[];
}

const tokens = (count: number, changed: boolean) =>
	Array.from({ length: count }, (_, index) =>
		token(index, changed && index % 3 === 0 ? { description: 'changed', version: 2 } : {}),
	);
const project = (uuid: string, name: string) => ({
	project: { uuid, name, createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' },
	manifest: (manifest: Record<string, unknown>) => ({ ...manifest, project: { uuid, name } }),
});

/** What a job works on, and how it is seen that it was done once. */
class Work {
	readonly #kind: Kind;
	readonly #tokens: number;
	readonly #first: Buffer;
	readonly #next: Buffer;
	readonly #bystander: Buffer;
	readonly #t: Test;
	#bystanderExport = '';
	#exported = '';

	constructor(t: Test, { kind, tokens: count }: CrashOptions) {
		this.#t = t;
		this.#kind = kind;
		this.#tokens = count;
		this.#first = buildDss({ tokens: tokens(count, false) });
		this.#next = buildDss({
			tokens: tokens(count, true),
			manifest: (manifest) => ({ ...manifest, origin: { ...(manifest['origin'] as object), revision: 2 } }),
		});
		this.#bystander = buildDss({ tokens: tokens(50, false), ...project(BYSTANDER, 'Bystander') });
	}

	async prepare(service: Service): Promise<void> {
		await this.#done(put(`${service.url}/api/projects/import`, this.#bystander, ZIP));
		if (this.#kind !== 'import') {
			const imported = await put(`${service.url}/api/projects/import?background=true`, this.#first, ZIP);
			await ended(service, imported.body.job_id);
			this.#exported = await this.#digestOf(service, PROJECT);
		}
		this.#bystanderExport = await this.#digestOf(service, BYSTANDER);
	}

	/** Requests the work. Returns the job's id; throws where the process died before it answered. */
	async request({ url }: Service): Promise<string> {
		const { status, body } = await this.#send(url);
		this.#t.equal(status, 202, 'the work is accepted as a job', { received: body });
		return body.job_id;
	}

	#send(url: string) {
		if (this.#kind === 'import') return put(`${url}/api/projects/import/background`, this.#first, ZIP);
		const at = `${url}/api/projects/${PROJECT}`;
		if (this.#kind === 'merge') return put(`${at}/merge?background=true`, this.#next, ZIP);
		return send(`${at}/export?background=true`, { method: 'POST' });
	}

	/** The job of this work that the service knows; a client that got no answer looks for it. */
	async find({ url }: Service): Promise<string | null> {
		const { body } = await send(`${url}/api/jobs`);
		const own = body.items.filter(({ kind }: { kind: Kind }) => kind === this.#kind);
		this.#t.ok(own.length <= 1, 'the work is accepted once', { received: own });
		return own[0]?.job_id ?? null;
	}

	/** Holds the end against all that was promised. */
	async check(service: Service, jobId: string): Promise<void> {
		const t = this.#t;
		const job = await ended(service, jobId);
		t.equal(await this.find(service), jobId, 'there is no other job of it');
		t.equal(job.status, 'succeeded', 'the job succeeded', { received: job });
		const { body: revisions } = await send(`${service.url}/api/projects/${PROJECT}/revisions`);
		t.equal(revisions.total, this.#kind === 'merge' ? 2 : 1, 'the work made its revision once', {
			received: revisions,
		});
		t.equal(revisions.items[0].revision, revisions.total);
		const { body: page } = await send(`${service.url}/api/projects/${PROJECT}/tokens?limit=1`);
		t.equal(page.total, this.#tokens, 'all tokens are there');
		if (this.#kind === 'merge') t.equal(revisions.items[0].changed, Math.ceil(this.#tokens / 3));
		const kept = this.#kind === 'export' ? 1 : 0;
		t.equal(await spoolCount(service, kept), kept, 'the spool holds the result of an export only');
		if (this.#kind === 'export') {
			const { body } = await send(`${service.url}${job.result.result_url}`);
			t.equal(createHash('sha256').update(body).digest('hex'), this.#exported, 'the same bytes');
		}
		t.equal(await this.#digestOf(service, BYSTANDER), this.#bystanderExport, 'no other project changed');
		t.equal((await send(`${service.url}/readyz`)).status, 200);
	}

	async #digestOf({ url }: Service, id: string): Promise<string> {
		const { status, body } = await send(`${url}/api/projects/${id}/export`, { method: 'POST' });
		if (status !== 200) throw new Error(`export of ${id}: ${status} ${JSON.stringify(body)}`);
		return createHash('sha256').update(body).digest('hex');
	}

	async #done(request: ReturnType<typeof put>): Promise<void> {
		const { status, body } = await request;
		if (status !== 201) throw new Error(`import: ${status} ${JSON.stringify(body)}`);
	}
}
/** How often the process died, and how often the job was begun. */
export interface CrashCount {
	readonly deaths: number;
	readonly attempts: number;
}

/** Moments from the request to a little before the end of the work. */
export const spread = (count: number): number[] => [
	-1,
	...Array.from({ length: count - 1 }, (_, index) => (index / (count - 1)) * 0.95),
];

/** Runs one job through all its deaths and checks the end. The test's folder is the data folder. */
export async function crashStory(t: Test, options: CrashOptions): Promise<CrashCount> {
	const dataDir = t.testdir();
	const work = new Work(t, options);
	const start = () => startService({ dataDir, env });
	let service = await start();
	try {
		await work.prepare(service);
		let jobId: string | null = null;
		for (const moment of options.moments) {
			if (jobId === null && moment < 0) jobId = await dieWhileRequested(work, service, options.signal);
			else {
				jobId ??= await work.request(service);
				await reached(service, jobId, moment);
			}
			await service.stop(options.signal);
			service = await start();
			jobId ??= await work.find(service);
		}
		jobId ??= await work.request(service);
		await work.check(service, jobId);
		const { body } = await send(`${service.url}/api/jobs/${jobId}`);
		const deaths = options.moments.length;
		t.ok(
			body.attempts <= deaths + 1,
			`begun ${body.attempts} times, at most once after each of ${deaths} deaths`,
		);
		return { deaths, attempts: body.attempts };
	} finally {
		await service.stop();
	}
}

/** Ends the process as soon as it has logged the request. Answers the job, or null where no answer came. */
async function dieWhileRequested(
	work: Work,
	service: Service,
	signal: NodeJS.Signals,
): Promise<string | null> {
	const logged = service.nextLine(({ msg, method }) => msg === 'request received' && method === 'POST');
	const request = work.request(service).catch(() => null);
	await logged;
	await service.stop(signal);
	return request;
}

/** Waits until a job has done so much of its work, or has ended. */
async function reached(service: Service, jobId: string, moment: number): Promise<void> {
	for await (const { job } of eventsOf(service, jobId)) if (doneOf(job) >= moment) return;
}

/** Where the stages begin on the way of a job from 0 to 1: reading takes the first half or so, applying the rest. */
const BEGINS: Readonly<Record<string, number>> = {
	archive: 0.05,
	manifest: 0.1,
	schema: 0.15,
	structure: 0.2,
	referential: 0.6,
	apply: 0.7,
};

/** How much of its work a job has done, from 0 (accepted) to 1 (ended);
 * below 0 while it is being requested. */
function doneOf({ finished_at, status, progress }: JobEvent['job']): number {
	if (finished_at !== null) return 1;
	const begins = BEGINS[progress.stage];
	if (status !== 'running' || begins === undefined) return 0;
	const ends = Math.min(1, ...Object.values(BEGINS).filter((other) => other > begins));
	return begins + (progress.total > 0 ? (ends - begins) * 0.99 * (progress.done / progress.total) : 0);
}
