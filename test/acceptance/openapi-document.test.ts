/** The OpenAPI document by itself: examples, descriptions, names. That answers fit it: contract.test.ts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { test } from 'tap';
import { operations } from '../support/contract.ts';
import { send } from '../support/http.ts';
import { serviceFor } from '../support/service.ts';

const KEPT = join(import.meta.dirname, '../../openapi/openapi.json');

interface Schema {
	readonly $ref?: string;
	readonly examples?: readonly unknown[];
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly anyOf?: readonly Schema[];
	readonly oneOf?: readonly Schema[];
	readonly discriminator?: object;
}
interface Body {
	readonly required: boolean;
	readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
}

const document = JSON.parse(readFileSync(KEPT, 'utf8'));
const schemas: Readonly<Record<string, Schema>> = document.components.schemas;
const ajv = new Ajv2020({ strict: false });
// The module itself is the plugin, though its types declare a default export within it.
(addFormats as unknown as typeof addFormats.default)(ajv, ['uuid', 'date-time']);
const validator = (schema: object) => ajv.compile({ ...schema, components: document.components });

/** What files are sent as. */
const BYTES = ['application/vnd.dss+zip', 'application/zip', 'application/octet-stream'];

test('the OpenAPI document', async (t) => {
	t.test('is served as it is kept', async (t) => {
		const service = await serviceFor(t);
		const { body } = await send(`${service.url}/openapi.json`);
		t.strictSame(body, document);
	});

	t.test('every answer with content has examples, and each fits its schema', async (t) => {
		for (const [name, { responses }] of operations)
			for (const [status, { content = {} }] of Object.entries(responses))
				for (const [type, { schema, examples = {} }] of Object.entries(content)) {
					// Bytes are nobody's example.
					if (BYTES.includes(type)) continue;
					t.not(Object.keys(examples).length, 0, `${name} ${status} ${type} has an example`);
					const validate = validator(schema);
					for (const [example, { value }] of Object.entries(examples))
						t.ok(validate(value), `${name} ${status}: "${example}" fits`, { errors: validate.errors });
				}
	});

	t.test('the examples of a problem answer have its status and their own code', async (t) => {
		for (const [name, { responses }] of operations)
			for (const [status, { content = {} }] of Object.entries(responses))
				for (const [code, { value }] of Object.entries(content['application/problem+json']?.examples ?? {})) {
					t.match(value, { status: Number(status), code }, `${name} ${status} ${code}`);
				}
	});

	t.test('the examples of components fit them', async (t) => {
		for (const [name, { examples = [] }] of Object.entries(schemas))
			for (const example of examples) {
				const validate = validator({ $ref: `#/components/schemas/${name}` });
				t.ok(validate(example), `an example of ${name} fits`, { errors: validate.errors });
			}
	});

	t.test('every operation says what it is for', async (t) => {
		for (const [name, { description, summary }] of operations) {
			t.type(description, 'string', `${name} has a description`);
			t.not(description, summary, `${name} says more than its summary`);
		}
	});

	t.test('every JSON answer and body is a component with a name', async (t) => {
		for (const [name, operation] of operations) {
			// Document it was read from: this one.
			const { responses, requestBody } = operation as typeof operation & { requestBody?: Body };
			for (const [status, { content = {} }] of Object.entries(responses)) {
				const schema: Schema | undefined = content['application/json']?.schema;
				if (name !== 'get /openapi.json' && schema !== undefined)
					t.type(schema.$ref, 'string', `${name} ${status}`);
			}
			for (const { schema } of Object.values(requestBody?.content ?? {}))
				t.type(schema.$ref, 'string', `the body of ${name}`);
		}
	});

	t.test('alternatives of objects are told apart by a discriminator', async (t) => {
		const isObject = ({ $ref }: Schema) => {
			const target = schemas[$ref?.split('/').at(-1) ?? ''];
			return target?.properties !== undefined || target?.oneOf !== undefined;
		};
		const walk = (at: string, schema: Schema): void => {
			const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
			if (alternatives.filter(isObject).length > 1) t.ok(schema.discriminator, at);
			for (const [name, property] of Object.entries(schema.properties ?? {})) walk(`${at}.${name}`, property);
		};
		for (const [name, schema] of Object.entries(schemas)) walk(name, schema);
	});

	t.test('an upload is a form with a file, and no option stands in it twice', async (t) => {
		const uploads = [...operations].filter(([name]) => /^post \S+\/(import|merge)/.test(name));
		t.equal(uploads.length, 6);
		for (const [name, operation] of uploads) {
			const { requestBody, parameters } = operation as typeof operation & {
				requestBody: Body;
				parameters: readonly Schema[];
			};
			t.strictSame(Object.keys(requestBody.content), ['multipart/form-data'], name);
			const form = schemas[requestBody.content['multipart/form-data']?.schema.$ref?.split('/').at(-1) ?? ''];
			const fields = Object.keys(form?.properties ?? {});
			t.ok(fields.includes('file'), `${name} takes a file`);
			const shown = JSON.stringify(
				parameters.map(({ $ref = '', ...parameter }) =>
					$ref === '' ? parameter : document.components.parameters[$ref.split('/').at(-1) ?? ''],
				),
			);
			for (const field of fields) t.notMatch(shown, `"name":"${field}"`, `${name} shows ${field} once`);
		}
	});

	t.test('a body is required where the service requires it', async (t) => {
		for (const [name, operation] of operations) {
			const { requestBody } = operation as typeof operation & { requestBody?: Body };
			if (requestBody !== undefined) t.equal(requestBody.required, !name.endsWith('/export'), name);
		}
	});
});
