/** The OpenAPI document as a contract: answers are held against it, and what was never answered is known. */
import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Test } from 'tap';
import type { Answer } from './http.ts';

interface Content {
	readonly schema: object;
}

interface Operation {
	readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Content>> }>>;
	readonly [member: string]: unknown;
}

interface Document {
	readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	readonly components: object;
}

const document: Document = JSON.parse(
	readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'),
);

/** Each operation by its name, such as "get /api/projects". */
export const operations: ReadonlyMap<string, Operation> = new Map(
	Object.entries(document.paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const),
	),
);

export class Contract {
	readonly #ajv = new Ajv2020({ strict: false, validateFormats: false });
	readonly #compiled = new Map<string, ValidateFunction>();
	readonly #answered = new Set<string>();

	/** Asserts that the document gives an operation's answer this status, media type and schema. */
	assertFits(t: Test, name: string, { status, headers, body }: Answer): void {
		const answer = operations.get(name)?.responses[status];
		if (!t.ok(answer, `${name} documents ${status}`)) return;
		this.#answered.add(`${name} ${status}`);
		if (answer?.content === undefined) {
			t.equal(body.length, 0, `${name} ${status} has no content`);
			return;
		}
		const type = headers.get('content-type')?.split(';')[0] ?? '';
		if (!t.ok(answer.content[type], `${name} ${status} documents ${type}`)) return;
		this.#assertValid(t, `${name} ${status} ${type}`, Buffer.isBuffer(body) ? body.toString('latin1') : body);
	}

	/** Asserts that a value has the form of what an operation answers with 200. */
	assertForm(t: Test, name: string, value: unknown): void {
		this.#assertValid(t, `${name} 200 application/json`, value);
	}

	/** The documented answers, as "get /api/projects 200", that no answer was held against. */
	missing(): string[] {
		return [...operations].flatMap(([name, { responses }]) =>
			Object.keys(responses)
				.map((status) => `${name} ${status}`)
				.filter((answer) => !this.#answered.has(answer)),
		);
	}

	#assertValid(t: Test, answer: string, value: unknown): void {
		let validate = this.#compiled.get(answer);
		if (validate === undefined) {
			const [method, path, status = '', type = ''] = answer.split(' ');
			const content = operations.get(`${method} ${path}`)?.responses[status]?.content?.[type];
			validate = this.#ajv.compile({ ...content?.schema, components: document.components });
			this.#compiled.set(answer, validate);
		}
		t.ok(validate(value), `${answer} has the form documented`, { errors: validate.errors, value });
	}
}
