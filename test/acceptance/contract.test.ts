/** What the OpenAPI document promises, held against answers of every operation. */
import { type Test, test } from 'tap';
import { Contract, operations } from '../support/contract.ts';
import { buildDss, component, THEME, token } from '../support/dss-builder.ts';
import { ended, eventsOf } from '../support/jobs.ts';
import {
	foreignHostRequest,
	operationRequest,
	type RequestSpec,
	unfinishedRequest,
} from '../support/operation-request.ts';
import { eventually } from '../support/poll.ts';
import { openUploads, rawUpload } from '../support/raw-upload.ts';
import { serviceFor } from '../support/service.ts';

const NOBODY = '018f3b60-0000-7000-8000-00000000dead';
const IMPORT = 'post /api/projects/import';
const BACKGROUND = 'post /api/projects/import/background';
/** The same operation at a shorter address. */
const SHORT = 'post /api/import/background';
const MERGE = 'post /api/projects/{project_id}/merge';
const EXPORT = 'post /api/projects/{project_id}/export';

const archive = buildDss({
	tokens: [token(1, { tags: ['a'], extensions: { x: { y: [1] } } }), token(2)],
	components: [component(1, { props: [{ name: 'a', type: 'b', default: null }] })],
});
/** What another instance made of it. */
const changedThere = buildDss({
	tokens: [token(1, { value: 71, version: 2 }), token(2)],
	manifest: (manifest) => ({ ...manifest, origin: { ...(manifest['origin'] as object), revision: 2 } }),
});
const hostile = buildDss({ others: { '../outside': 'x' } });

/** What the operations take that take a body. */
const BODIES: Readonly<Record<string, object | Buffer>> = {
	'post /api/projects': { name: 'Made' },
	'patch /api/projects/{project_id}': { description: 'changed' },
	'post /api/projects/{project_id}/changes': { upsert: {} },
	'post /api/projects/{project_id}/revert': { to: 1 },
	[EXPORT]: {},
	[IMPORT]: archive,
	[BACKGROUND]: archive,
	[SHORT]: archive,
	'post /api/projects/import/analyze': archive,
	[MERGE]: archive,
	'post /api/projects/{project_id}/merge/analyze': archive,
};

/** What makes an upload into a project that has changed succeed. */
const QUERIES_OF_SUCCESS: Readonly<Record<string, string>> = {
	[IMPORT]: 'discard_local_changes=true',
	[MERGE]: 'strategy=keep_local',
};

/** Documented answers that this test does not ask for, each with its reason. */
const NOT_ASKED_FOR: readonly [answer: RegExp, reason: string][] = [
	[/^post \/api\/projects 409$/, 'two requests with one key at the same moment'],
	[/ 500$/, 'faults of the machine: machine-faults.test.ts'],
	[/^(?!post \S+(import|merge)).* 507$/, 'a full disk, where nothing is uploaded: machine-faults.test.ts'],
	[/^(?!post \S+(import|merge)).* 503$/, 'the service is closing or not ready, where nothing is uploaded'],
	[/^(patch|delete|post) \S+(_id}|changes|revert|export|background) 409$/, 'needs two writers at one moment'],
	[/^post \S+background (404|412|413)$/, 'an upload in the background is accepted, and its job fails'],
	[/merge\/analyze 412$/, 'a plan takes no If-Match'],
	[
		/^get \/(healthz|readyz|metrics|openapi.json) (400|429)$/,
		'takes nothing that could be wrong; never limited',
	],
];

const withStatus = (status: string) =>
	[...operations].filter(([, { responses }]) => responses[status] !== undefined).map(([name]) => name);
const isUpload = (name: string) => Buffer.isBuffer(BODIES[name]);

test('answers are what the OpenAPI document says', async (t) => {
	const contract = new Contract();
	const service = await serviceFor(t, { env: { DSS_MAX_ARCHIVE_BYTES: '100000' } });

	/** Sends a request that is good but for what is given; asserts the status and the form of its answer. */
	const answered = async (t: Test, status: number, name: string, given: RequestSpec = {}, on = service) => {
		const answer = await operationRequest(on, name, { body: BODIES[name], ...given });
		t.equal(answer.status, status, `${name} answers ${status}`, { received: answer.body });
		contract.assertFits(t, name, answer);
		return answer;
	};
	const queued = async (t: Test, name: string, query: string): Promise<string> =>
		(await answered(t, 202, name, { query })).body.job_id;

	t.test('operations of the service itself', async (t) => {
		for (const name of ['get /healthz', 'get /readyz', 'get /metrics', 'get /openapi.json'])
			await answered(t, 200, name);
		await answered(t, 200, 'get /metrics', { headers: { accept: 'application/openmetrics-text' } });
	});

	t.test('imports, their plans and jobs', async (t) => {
		const plan = 'post /api/projects/import/analyze';
		await answered(t, 200, plan);
		await answered(t, 201, IMPORT);
		await answered(t, 200, IMPORT);
		await answered(t, 201, IMPORT, {
			query: 'project_id=new',
			headers: { 'content-type': 'application/json' },
			body: '{"a":{"$value":"16px","$type":"dimension"}}',
		});
		await ended(service, await queued(t, IMPORT, 'background=true'));
		await ended(service, await queued(t, BACKGROUND, ''));
		await ended(service, await queued(t, SHORT, ''));
		await answered(t, 200, plan, { body: buildDss({ tokens: ['{'] }) });
		await answered(t, 200, plan, { body: buildDss({ tokens: [token(1, { value: '{gone}' })] }) });
		await answered(t, 200, plan, { body: 'no archive' });
		await answered(t, 200, plan, { body: hostile });
	});

	t.test('projects, their records and revisions', async (t) => {
		const made = await answered(t, 201, 'post /api/projects', { body: { name: 'x', metadata: { a: 1 } } });
		const params = { project_id: made.body.project_id };
		await answered(t, 200, 'patch /api/projects/{project_id}', { params });
		await answered(t, 204, 'delete /api/projects/{project_id}', { params });
		await answered(t, 200, 'get /api/projects');
		await answered(t, 200, 'get /api/projects/{project_id}');
		const records = { themes: THEME, tokens: token(1).uuid, components: component(1).uuid };
		for (const [kind, uuid] of Object.entries(records)) {
			const list = `get /api/projects/{project_id}/${kind}`;
			await answered(t, 200, list, { query: 'limit=1' });
			await answered(t, 200, `${list}/{uuid}`, { params: { uuid } });
		}
		const body = { delete: [token(2).uuid] };
		await answered(t, 200, 'post /api/projects/{project_id}/changes', { body });
		await answered(t, 200, 'get /api/projects/{project_id}/diff', { query: 'from=1&to=2' });
		await answered(t, 200, 'post /api/projects/{project_id}/revert');
		await answered(t, 200, 'get /api/projects/{project_id}/revisions');
	});

	t.test('merges, their plans and jobs', async (t) => {
		const { theme, uuid, path, type } = token(1);
		const body = { upsert: { tokens: [{ theme, uuid, path, type, value: 70 }] } };
		await answered(t, 200, 'post /api/projects/{project_id}/changes', { body });
		await answered(t, 409, IMPORT);
		const plan = await answered(t, 200, `${MERGE}/analyze`, { body: changedThere });
		t.equal(plan.body.conflicts, 1, 'the plan shows a conflict', { received: plan.body });
		await answered(t, 409, MERGE, { body: changedThere });
		await answered(t, 200, MERGE, { body: changedThere, query: 'strategy=keep_local' });
		await ended(service, await queued(t, MERGE, 'background=true'));
	});

	t.test('exports, and jobs with their events and results', async (t) => {
		await answered(t, 200, EXPORT);
		const job_id = await queued(t, EXPORT, 'background=true');
		for await (const { job } of eventsOf(service, job_id))
			contract.assertForm(t, 'get /api/jobs/{job_id}', job);
		const params = { job_id };
		await answered(t, 200, 'get /api/jobs');
		await answered(t, 200, 'get /api/jobs/{job_id}', { params });
		await answered(t, 200, 'get /api/import/status/{job_id}', { params });
		await answered(t, 200, 'get /api/jobs/{job_id}/events', { params });
		const result = 'get /api/jobs/{job_id}/result';
		await answered(t, 200, result, { params });
		await answered(t, 206, result, { params, headers: { range: 'bytes=0-9' } });
		await answered(t, 416, result, { params, headers: { range: 'bytes=99999999-' } });
		await answered(t, 409, 'delete /api/jobs/{job_id}', { params });
	});

	t.test('a job is cancelled', async (t) => {
		// The second waits for the first: one at a time for a project.
		await queued(t, IMPORT, 'background=true');
		const job_id = await queued(t, IMPORT, 'background=true');
		const answer = await operationRequest(service, 'delete /api/jobs/{job_id}', { params: { job_id } });
		contract.assertFits(t, 'delete /api/jobs/{job_id}', answer);
	});

	t.test('requests that are wrong', async (t) => {
		const seven = { project_id: 'seven', job_id: 'seven', uuid: 'seven' };
		for (const name of withStatus('400')) {
			if (name.includes('{')) await answered(t, 400, name, { params: seven });
			else if (name === 'post /api/projects') await answered(t, 400, name, { body: { name: 42 } });
			else if (name.includes('/api/')) await answered(t, 400, name, { query: 'colour=red' });
		}
		const params = { project_id: NOBODY, job_id: NOBODY, uuid: NOBODY };
		for (const name of withStatus('404')) {
			if (name === BACKGROUND || name === SHORT) continue;
			const query = name.includes('/import') ? `project_id=${NOBODY}` : 'from=1&to=1';
			const takesQuery = name.includes('/import') || name.endsWith('/diff');
			await answered(t, 404, name, takesQuery && !name.includes('{job_id}') ? { params, query } : { params });
		}
		const xml = { headers: { 'content-type': 'application/xml' }, body: '<x/>' };
		for (const name of withStatus('415')) await answered(t, 415, name, xml);
		for (const name of withStatus('412')) {
			const headers = { 'if-match': '"rev-99"' };
			if (name !== BACKGROUND && name !== SHORT && name !== `${MERGE}/analyze`)
				await answered(t, 412, name, { headers });
		}
	});

	t.test('reads whose answer the caller has', async (t) => {
		const job_id = await queued(t, EXPORT, 'background=true');
		await ended(service, job_id);
		const params = { job_id };
		const uuids = { themes: THEME, tokens: token(1).uuid, components: component(1).uuid };
		const recordOf = (name: string) =>
			Object.entries(uuids).find(([kind]) => name.includes(`/${kind}/`))?.[1] ?? '';
		for (const name of withStatus('304'))
			await answered(t, 304, name, {
				params: { ...params, uuid: recordOf(name) },
				query: name.endsWith('/diff') ? 'from=1&to=1' : '',
				headers: { 'if-none-match': '*' },
			});
		for await (const { id, event } of eventsOf(service, job_id)) {
			if (event !== 'end') continue;
			const headers = { 'last-event-id': id };
			await answered(t, 204, 'get /api/jobs/{job_id}/events', { params, headers });
		}
	});

	t.test('callers that accept nothing of what there is', async (t) => {
		for (const name of withStatus('406'))
			await answered(t, 406, name, { headers: { accept: 'text/x-none' } });
	});

	t.test('bodies that are too large', async (t) => {
		for (const name of withStatus('413')) {
			if (isUpload(name)) await answered(t, 413, name, { body: Buffer.alloc(200_000, 'x') });
			else {
				const answer = await unfinishedRequest(service, name, 'application/json', 1_000_000_000);
				t.equal(answer.status, 413, name);
				contract.assertFits(t, name, answer);
			}
		}
	});

	t.test(
		'keys used twice, callbacks that are not allowed, archives that would write elsewhere',
		async (t) => {
			for (const name of withStatus('422')) {
				const headers = { 'idempotency-key': name };
				const query = QUERIES_OF_SUCCESS[name] ?? '';
				const first = await operationRequest(service, name, { headers, query, body: BODIES[name] });
				// A job that still writes the project would keep the next operation from running at all.
				if (first.status === 202) await ended(service, first.body.job_id);
				await answered(t, 422, name, { headers, query, body: isUpload(name) ? hostile : { revision: 1 } });
			}
			// An analysis of one is a 200, and in the background its job fails.
			for (const name of [IMPORT, MERGE, `${MERGE}/analyze`]) await answered(t, 403, name, { body: hostile });
			for (const name of [BACKGROUND, SHORT, EXPORT])
				await answered(t, 403, name, { query: 'callback_url=https%3A%2F%2Fnobody.example%2F' });
		},
	);

	t.test('requests under a Host that is not ours', async (t) => {
		for (const name of withStatus('403')) {
			const answer = await foreignHostRequest(service, name);
			t.equal(answer.status, 403, name);
			contract.assertFits(t, name, answer);
		}
	});

	t.test('a service without patience, room or leave to ask often', async (t) => {
		const env = { DSS_UPLOAD_IDLE_MS: '200', DSS_SPOOL_QUOTA_BYTES: '10000', DSS_RATE_LIMIT: '40' };
		const tight = await serviceFor(t, { env });
		await answered(t, 201, IMPORT, {}, tight);
		for (const name of withStatus('408')) {
			const [type, beginning] = isUpload(name) ? ['application/zip', 'PK'] : ['application/json', '{'];
			const answer = await unfinishedRequest(tight, name, type, 1_000, beginning);
			t.equal(answer.status, 408, name);
			contract.assertFits(t, name, answer);
		}
		for (const name of withStatus('507').filter(isUpload))
			await answered(t, 507, name, { body: Buffer.alloc(50_000, 'x') }, tight);
		const limited = await eventually(
			() => operationRequest(tight, 'get /api/projects'),
			({ status }) => status === 429,
		);
		t.equal(limited.status, 429);
		for (const name of withStatus('429')) if (name.includes('/api/')) await answered(t, 429, name, {}, tight);
	});

	t.test('a service that is full', async (t) => {
		const full = await serviceFor(t, { env: { DSS_WORKERS: '1', DSS_QUEUE_LIMIT: '1' } });
		await answered(t, 201, IMPORT, {}, full);
		const waiting = await Promise.all([rawUpload(full, 1_000), rawUpload(full, 1_000)]);
		t.teardown(() => waiting.map((socket) => socket.destroy()));
		const open = await eventually(
			() => openUploads(full),
			(count) => count === 2,
		);
		t.equal(open, 2);
		for (const name of withStatus('503').filter(isUpload)) await answered(t, 503, name, {}, full);
	});

	t.test('every documented answer was held against the document, but for those that are named', async (t) => {
		const missing = contract
			.missing()
			.filter((answer) => !NOT_ASKED_FOR.some(([named]) => named.test(answer)));
		t.strictSame(missing, []);
	});

	t.test('every error is the one problem document', async (t) => {
		for (const [name, { responses }] of operations) {
			for (const [status, { content }] of Object.entries(responses)) {
				// Readiness is reported in a form of its own.
				if (status < '400' || (name === 'get /readyz' && status === '503')) continue;
				t.strictSame(Object.keys(content ?? {}), ['application/problem+json'], `${name} ${status}`);
			}
		}
	});

	t.test('every operation has an id, a tag, a summary and its error answers', async (t) => {
		for (const [name, operation] of operations) {
			for (const member of ['operationId', 'tags', 'summary', 'responses'])
				t.ok(operation[member], `${name} has ${member}`);
			t.ok(
				Object.keys(operation.responses).some((status) => status.startsWith('4')),
				`${name} documents errors`,
			);
		}
	});
});
