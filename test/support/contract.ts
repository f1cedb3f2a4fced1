/** The OpenAPI document as a contract: answers are held against it, and what was never answered is known. */
import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Test } from 'tap';
import type { Answer } from './http.ts';

interface Content {
	readonly schema: object;
	readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface Response {
	readonly headers?: Readonly<Record<string, object>>;
	readonly content?: Readonly<Record<string, Content>>;
}

interface Reference {
	readonly $ref: string;
}

interface Operation {
	readonly responses: Readonly<Record<string, Response>>;
	readonly [member: string]: unknown;
}

interface Document {
	readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	readonly components: object;
}

const document: Document = JSON.parse(
	readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8'),
);

/** What a reference into the document refers to; anything else is itself. */
function resolved<Part>(part: Part | Reference): Part {
	if (typeof part !== 'object' || part === null || !('$ref' in part)) return part;
	const names = part.$ref.slice('#/'.length).split('/');
	// The document is held against the rules of OpenAPI by `npm run check`: what is referred to is there.
	return names.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], document) as Part;
}

/** Each operation by its name, such as "get /api/projects", its answers in place. */
export const operations: ReadonlyMap<string, Operation> = new Map(
	Object.entries(document.paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, operation]) => {
			const responses = Object.entries(operation.responses).map(([status, part]) => [status, resolved(part)]);
			return [`${method} ${path}`, { ...operation, responses: Object.fromEntries(responses) }] as const;
		}),
	),
);

/** Headers that callers act on. */
const OF_INTEREST = [
	'accept-ranges',
	'content-disposition',
	'content-range',
	'etag',
	'idempotent-replayed',
	'location',
	'preference-applied',
	'repr-digest',
	'retry-after',
];

function headersOfOurs(headers: Headers): string[] {
	return OF_INTEREST.filter((name) => headers.has(name));
}

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
		const content = answer.content[type];
		if (!t.ok(content, `${name} ${status} documents ${type}`)) return;
		const examples = content?.examples ?? {};
		if (type === 'application/problem+json') {
			// A document that names other codes than callers get would mislead them.
			t.ok(Object.hasOwn(examples, body.code), `${name} ${status} shows ${body.code} as an example`);
		}
		for (const header of headersOfOurs(headers))
			t.ok(
				Object.keys(answer.headers ?? {}).some((name) => name.toLowerCase() === header),
				`${name} ${status} documents the header ${header}`,
			);
		const answered = `${name} ${status} ${type}`;
		if (type === 'text/event-stream')
			for (const [, data] of body.toString().matchAll(/^data: (.*)$/gm))
				this.#assertValid(t, answered, JSON.parse(data));
		else this.#assertValid(t, answered, Buffer.isBuffer(body) ? body.toString('latin1') : body);
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
