import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { type Answer, assertProblem, post, put, send, upload } from '../support/http.ts';
import { serviceFor } from '../support/service.ts';

const NOBODY = '018f3b60-0000-7000-8000-00000000dead';

test('bad input of every ordinary kind gets a problem document and leaves nothing', async (t) => {
	const service = await serviceFor(t, { env: { DSS_MAX_ARCHIVE_BYTES: '100000' } });
	const projects = `${service.url}/api/projects`;

	const file = (tokens: object) => JSON.stringify(tokens);
	const cases: [what: string, status: number, code: string, ask: () => Promise<Answer>][] = [
		[
			'a body that is not JSON',
			400,
			'malformed_request',
			() => put(projects, '{"name": ', 'application/json'),
		],
		['a wrong type', 400, 'malformed_request', () => post(projects, { name: 42 })],
		['a missing field', 400, 'malformed_request', () => post(projects, { description: 'no name' })],
		['an unknown field', 400, 'malformed_request', () => post(projects, { name: 'x', colour: 'red' })],
		['an empty body', 400, 'malformed_request', () => put(projects, '', 'application/json')],
		[
			'__proto__ in a body',
			400,
			'malformed_request',
			() => put(projects, '{"name":"x","__proto__":{"a":1}}', 'application/json'),
		],
		[
			'a wrong content type',
			415,
			'unsupported_media_type',
			() => put(projects, 'name=x', 'application/x-www-form-urlencoded'),
		],
		[
			'a wrong content type for an upload',
			415,
			'unsupported_media_type',
			() => put(`${projects}/import`, '<x/>', 'application/xml'),
		],
		['an unknown project', 404, 'project_unknown', () => send(`${projects}/${NOBODY}`)],
		[
			'an export of an unknown project',
			404,
			'project_unknown',
			() => post(`${projects}/${NOBODY}/export`, {}),
		],
		[
			'an edit of an unknown project',
			404,
			'project_unknown',
			() => post(`${projects}/${NOBODY}/changes`, {}),
		],
		[
			'an import into an unknown project',
			404,
			'project_unknown',
			() => upload(`${projects}/import?project_id=${NOBODY}`, file({}), 'a.json'),
		],
		['an id that is no uuid', 400, 'malformed_request', () => send(`${projects}/seven`)],
		['an unknown kind', 404, 'route_unknown', () => send(`${projects}/${NOBODY}/fonts`)],
		['an unknown query parameter', 400, 'malformed_request', () => send(`${projects}?colour=red`)],
		['a limit out of bounds', 400, 'malformed_request', () => send(`${projects}?limit=9999`)],
		['an unknown address', 404, 'route_unknown', () => send(`${service.url}/api/nothing`)],
		['an unknown method', 405, 'method_not_allowed', () => send(projects, { method: 'DELETE' })],
		[
			'an empty upload',
			400,
			'not_an_archive',
			() => put(`${projects}/import`, '', 'application/octet-stream'),
		],
		[
			'an upload of rubbish',
			400,
			'not_an_archive',
			() => put(`${projects}/import`, 'rubbish '.repeat(50), 'application/octet-stream'),
		],
		[
			'rubbish sent as JSON',
			400,
			'invalid_json',
			() => put(`${projects}/import`, 'rubbish', 'application/json'),
		],
		[
			'a design tokens file cut off',
			400,
			'invalid_json',
			() => upload(`${projects}/import`, '{"a": {"$value": 1', 'a.json'),
		],
		[
			'a design tokens file that is an array',
			400,
			'invalid_record',
			() => upload(`${projects}/import`, '[]', 'a.json'),
		],
		[
			'a doubled key',
			400,
			'invalid_json',
			() => upload(`${projects}/import`, '{"a":{"$type":"number","$value":1},"a":{}}', 'a.json'),
		],
		[
			'a number that does not survive',
			400,
			'invalid_value',
			() =>
				upload(`${projects}/import`, '{"a":{"$type":"number","$value":0.12345678901234567890123}}', 'a.json'),
		],
		[
			'a name with a dot, strictly',
			400,
			'invalid_record',
			() =>
				upload(`${projects}/import?values=strict`, file({ 'a.b': { $type: 'number', $value: 1 } }), 'a.json'),
		],
		[
			'a circle of aliases',
			400,
			'reference_cycle',
			() =>
				upload(
					`${projects}/import`,
					file({ a: { $type: 'number', $value: '{b}' }, b: { $type: 'number', $value: '{a}' } }),
					'a.json',
				),
		],
		[
			'an unknown token reference, strictly',
			400,
			'dangling_reference',
			() =>
				upload(
					`${projects}/import?references=strict`,
					file({ a: { $type: 'number', $value: '{b}' } }),
					'a.json',
				),
		],
		[
			'a wrong value, strictly',
			400,
			'invalid_value',
			() =>
				upload(
					`${projects}/import?values=strict`,
					file({ a: { $type: 'dimension', $value: '2vw' } }),
					'a.json',
				),
		],
		[
			'an unknown setting',
			400,
			'malformed_request',
			() => upload(`${projects}/import`, file({}), 'a.json', { colour: 'red' }),
		],
		[
			'a setting out of its choices',
			400,
			'malformed_request',
			() => upload(`${projects}/import?values=maybe`, file({}), 'a.json'),
		],
		[
			'an upload over the limit',
			413,
			'upload_too_large',
			() => put(`${projects}/import`, Buffer.alloc(200_000, 'x'), 'application/zip'),
		],
		[
			'a form upload over the limit',
			413,
			'upload_too_large',
			() => upload(`${projects}/import`, Buffer.alloc(200_000, 'x'), 'a.dss'),
		],
		[
			'a form without a file',
			400,
			'malformed_upload',
			() => {
				const body = new FormData();
				body.append('name', 'x');
				return send(`${projects}/import`, { method: 'POST', body });
			},
		],
		[
			'a form with two files',
			400,
			'malformed_upload',
			() => {
				const body = new FormData();
				for (const name of ['a.json', 'b.json']) body.append('file', new Blob([file({})]), name);
				return send(`${projects}/import`, { method: 'POST', body });
			},
		],
		[
			'a form without a boundary',
			400,
			'malformed_upload',
			() => put(`${projects}/import`, 'x', 'multipart/form-data'),
		],
	];

	for (const [what, status, code, ask] of cases) {
		t.test(what, async (t) => {
			const answer = await ask();
			assertProblem(t, answer, status, code);
			t.ok(answer.body.detail.length > 20, 'the detail is a sentence');
		});
	}

	t.test('all faults of a file are reported with their places, up to a hundred', async (t) => {
		const tokens = Object.fromEntries(
			Array.from({ length: 150 }, (_, index) => [`t${index}`, { $type: 'number', $value: 'x' }]),
		);
		const { body } = await upload(`${projects}/import?values=strict`, file(tokens), 'a.json');
		t.equal(body.errors_total, 150);
		t.equal(body.errors.length, 100);
		t.strictSame(
			[body.errors[3].stage, body.errors[3].code, body.errors[3].details.path],
			['structure', 'invalid_value', 't3'],
		);
	});

	t.test('after all of it there is no project, nothing on the spool, and the service is ready', async (t) => {
		t.equal((await send(projects)).body.total, 0);
		t.strictSame(readdirSync(join(service.dataDir, 'spool')), []);
		t.equal((await send(`${service.url}/readyz`)).status, 200);
		const figures = String((await send(`${service.url}/metrics`)).body);
		t.match(figures, /^dss_open_uploads 0$/m);
		t.match(figures, /^dss_validation_errors_total\{stage="structure"\} [1-9]/m);
	});
});
