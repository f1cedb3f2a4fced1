import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type Test, test } from 'tap';
import { buildDss, component, PROJECT, token } from '../support/dss-builder.ts';
import { type Answer, post, put, send } from '../support/http.ts';
import { serviceFor } from '../support/service.ts';

const document = JSON.parse(readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'));

/** Holds an answer against the schema that the document gives for its operation and status. */
function assertFits(t: Test, path: string, method: string, { status, headers, body }: Answer): void {
	const answer = document.paths[path]?.[method]?.responses[String(status)];
	t.ok(answer, `${method} ${path} does not document ${status}`);
	const type = headers.get('content-type')?.split(';')[0] ?? '';
	const schema = answer.content?.[type]?.schema;
	t.ok(schema, `${method} ${path} ${status} does not document ${type}`);
	const ajv = new Ajv2020({ strict: false, validateFormats: false });
	const validate = ajv.compile({ ...schema, components: document.components });
	t.ok(validate(body), `${method} ${path} ${status}: ${ajv.errorsText(validate.errors)}`);
}

test('answers are what the OpenAPI document says', async (t) => {
	const service = await serviceFor(t);
	const at = `${service.url}/api/projects`;
	const archive = buildDss({
		tokens: [token(1, { tags: ['a'], extensions: { x: { y: [1] } } }), token(2)],
		components: [component(1, { props: [{ name: 'a', type: 'b', default: null }] })],
	});
	t.equal((await put(`${at}/import`, archive, 'application/zip')).status, 201);

	const cases: [path: string, method: string, ask: () => Promise<Answer>][] = [
		['/api/projects', 'get', () => send(at)],
		['/api/projects', 'post', () => post(at, { name: 'x', metadata: { a: 1 } })],
		['/api/projects', 'post', () => post(at, {})],
		['/api/projects/{project_id}', 'get', () => send(`${at}/${PROJECT}`)],
		['/api/projects/{project_id}', 'get', () => send(`${at}/${PROJECT.replace('ff', 'fe')}`)],
		['/api/projects/{project_id}/revisions', 'get', () => send(`${at}/${PROJECT}/revisions`)],
		['/api/projects/{project_id}/{kind}', 'get', () => send(`${at}/${PROJECT}/themes`)],
		['/api/projects/{project_id}/{kind}', 'get', () => send(`${at}/${PROJECT}/tokens?limit=1`)],
		['/api/projects/{project_id}/{kind}', 'get', () => send(`${at}/${PROJECT}/components`)],
		[
			'/api/projects/{project_id}/{kind}/{uuid}',
			'get',
			() => send(`${at}/${PROJECT}/tokens/${token(1).uuid}`),
		],
		[
			'/api/projects/{project_id}/changes',
			'post',
			() => post(`${at}/${PROJECT}/changes`, { delete: [token(2).uuid] }),
		],
		[
			'/api/projects/{project_id}/changes',
			'post',
			() =>
				post(`${at}/${PROJECT}/changes`, {
					upsert: { tokens: [token(3, { value: '{no}', createdAt: undefined, updatedAt: undefined })] },
				}),
		],
		['/api/projects/import', 'post', () => put(`${at}/import?project_id=new`, buildDss(), 'application/zip')],
		[
			'/api/projects/import',
			'post',
			() => put(`${at}/import?discard_local_changes=true`, buildDss(), 'application/zip'),
		],
		['/api/projects/import', 'post', () => put(`${at}/import`, 'PK', 'application/zip')],
		[
			'/api/projects/import',
			'post',
			() =>
				put(`${at}/import?project_id=new`, '{"a":{"$value":"16px","$type":"dimension"}}', 'application/json'),
		],
		[
			'/api/projects/import/analyze',
			'post',
			() => put(`${at}/import/analyze`, buildDss(), 'application/zip'),
		],
		[
			'/api/projects/import/analyze',
			'post',
			() => put(`${at}/import/analyze`, buildDss({ tokens: ['{'] }), 'application/zip'),
		],
		['/api/projects/import/analyze', 'post', () => put(`${at}/import/analyze`, 'rubbish', 'application/zip')],
		['/healthz', 'get', () => send(`${service.url}/healthz`)],
		['/readyz', 'get', () => send(`${service.url}/readyz`)],
	];
	for (const [index, [path, method, ask]] of cases.entries()) {
		t.test(`${index + 1}: ${method} ${path}`, async (t) => assertFits(t, path, method, await ask()));
	}

	t.test('every operation has an id, a tag, a summary and its error answers', async (t) => {
		for (const [path, methods] of Object.entries<Record<string, Record<string, unknown>>>(document.paths)) {
			for (const [method, operation] of Object.entries(methods)) {
				for (const member of ['operationId', 'tags', 'summary', 'responses'])
					t.ok(operation[member], `${method} ${path} lacks ${member}`);
				t.ok(
					Object.keys(operation['responses'] as object).some((status) => status.startsWith('4')),
					`${method} ${path}`,
				);
			}
		}
	});
});
