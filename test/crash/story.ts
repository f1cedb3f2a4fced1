/** One job through many deaths of its process: accepted once, ended once, and nothing else touched. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDss, PROJECT, token } from '../support/dss-builder.ts';
import { put, send } from '../support/http.ts';
import { ended } from '../support/jobs.ts';
import { makeFolder, type Service, startService } from '../support/service.ts';

const ZIP = 'application/zip';
const BYSTANDER = '018f3b60-0000-7000-8000-00000000b000';
const env = { DSS_MAX_TOKENS: '1000000', DSS_LOG_LEVEL: 'info' };

export type Kind = 'import' | 'merge' | 'export';

export interface CrashOptions {
	readonly kind: Kind;
	readonly signal: 'SIGKILL' | 'SIGTERM';
	readonly tokens: number;
	/** When the process dies, each time after the work was asked for or taken up again: parts of its whole length. */
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
	#bystanderExport = '';
	#exported = '';

	constructor({ kind, tokens: count }: CrashOptions) {
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
			// It is not the job that is looked for.
			this.#exported = await this.#digestOf(service, PROJECT);
		}
		this.#bystanderExport = await this.#digestOf(service, BYSTANDER);
	}

	/** Asks for the work. Answers the job, or null where the process died over it. */
	async ask({ url }: Service): Promise<string | null> {
		const { status, body } = await this.#request(url);
		assert.equal(status, 202, JSON.stringify(body));
		return body.job_id;
	}

	#request(url: string) {
		if (this.#kind === 'import') return put(`${url}/api/projects/import/background`, this.#first, ZIP);
		const at = `${url}/api/projects/${PROJECT}`;
		if (this.#kind === 'merge') return put(`${at}/merge?background=true`, this.#next, ZIP);
		return send(`${at}/export?background=true`, { method: 'POST' });
	}

	/** The job of this work that the service knows; a client that got no answer looks for it. */
	async find({ url }: Service): Promise<string | null> {
		const { body } = await send(`${url}/api/jobs`);
		const own = body.items.filter(({ kind }: { kind: Kind }) => kind === this.#kind);
		assert.ok(own.length <= 1, `accepted once: ${JSON.stringify(own)}`);
		return own[0]?.job_id ?? null;
	}

	/** Holds the end against all that was promised. */
	async check(service: Service, jobId: string): Promise<void> {
		const job = await ended(service, jobId);
		assert.equal(job.status, 'succeeded', JSON.stringify(job));
		assert.equal(await this.find(service), jobId);
		const { body: revisions } = await send(`${service.url}/api/projects/${PROJECT}/revisions`);
		assert.equal(revisions.total, this.#kind === 'merge' ? 2 : 1, JSON.stringify(revisions));
		assert.equal(revisions.items[0].revision, revisions.total);
		const { body: page } = await send(`${service.url}/api/projects/${PROJECT}/tokens?limit=1`);
		assert.equal(page.total, this.#tokens);
		if (this.#kind === 'merge') assert.equal(revisions.items[0].changed, Math.ceil(this.#tokens / 3));
		const left = this.#kind === 'export' ? 1 : 0;
		let spool = await readdir(join(service.dataDir, 'spool'));
		// The input goes right after the end that it belongs to.
		for (const until = Date.now() + 10_000; spool.length !== left && Date.now() < until; )
			spool = await readdir(join(service.dataDir, 'spool'));
		assert.equal(spool.length, left, `nothing on the spool: ${spool}`);
		if (this.#kind === 'export') {
			const { body } = await send(`${service.url}${job.result.result_url}`);
			assert.equal(createHash('sha256').update(body).digest('hex'), this.#exported);
		}
		assert.equal(
			await this.#digestOf(service, BYSTANDER),
			this.#bystanderExport,
			'others stand as they stood',
		);
		assert.equal((await send(`${service.url}/readyz`)).status, 200);
	}

	async #digestOf({ url }: Service, id: string): Promise<string> {
		const { status, body } = await send(`${url}/api/projects/${id}/export`, { method: 'POST' });
		assert.equal(status, 200);
		return createHash('sha256').update(body).digest('hex');
	}

	async #done(asked: ReturnType<typeof put>): Promise<void> {
		const { status, body } = await asked;
		assert.ok(status === 200 || status === 201, JSON.stringify(body));
	}
}

/** Tells the story once. Answers how often the process died, and how often the job was begun. */
export async function crashStory(options: CrashOptions): Promise<{ deaths: number; attempts: number }> {
	const folder = await makeFolder();
	const work = new Work(options);
	const start = () => startService({ dataDir: folder, env });
	let service = await start();
	try {
		await work.prepare(service);
		const whole = await lengthOf(options);
		let jobId: string | null = null;
		for (const moment of options.moments) {
			const dying = service;
			const death = new Promise<void>((resolve) => {
				setTimeout(() => resolve(dying.stop(options.signal).then(() => undefined)), moment * whole);
			});
			// Where the process dies over it, there is no answer.
			if (jobId === null) jobId = await work.ask(service).catch(() => null);
			await death;
			service = await start();
			jobId ??= await work.find(service);
		}
		jobId ??= await work.ask(service);
		assert.ok(jobId !== null);
		await work.check(service, jobId);
		const { body } = await send(`${service.url}/api/jobs/${jobId}`);
		return { deaths: options.moments.length, attempts: body.attempts };
	} finally {
		await service.stop();
		await rm(folder, { recursive: true, force: true });
	}
}

/** How long the work takes here when nobody dies, in milliseconds. */
async function lengthOf(options: CrashOptions): Promise<number> {
	const work = new Work(options);
	await using service = await startService({ env });
	await work.prepare(service);
	const begun = performance.now();
	const jobId = await work.ask(service);
	if (jobId !== null) await ended(service, jobId);
	const length = performance.now() - begun;
	return options.kind === 'export' ? Math.max(length, 50) : length;
}
