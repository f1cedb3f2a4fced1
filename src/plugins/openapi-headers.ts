/** Headers that every answer has, or every answer of a status: described in one place, not in each route. */

interface Answer {
	headers?: Record<string, object>;
}

/** The parts of an OpenAPI document that are looked at. */
export interface Described {
	paths?: Readonly<Record<string, Readonly<Record<string, { readonly responses?: Record<string, Answer> }>>>>;
	components?: object;
}

const HEADERS = {
	RequestId: {
		description: 'The id under which the log knows the request',
		schema: { type: 'string', format: 'uuid' },
	},
	AcceptEncoding: {
		description: 'Where the Content-Encoding of the request was refused: those that are taken',
		schema: { type: 'string', enum: ['identity'] },
	},
};

/** Adds the headers to a document that was made of the routes. */
export function describeHeaders<Document extends Described>(document: Document): Document {
	for (const operations of Object.values(document.paths ?? {}))
		for (const { responses } of Object.values(operations))
			for (const [status, answer] of Object.entries(responses ?? {})) {
				answer.headers = { ...answer.headers, 'X-Request-Id': { $ref: '#/components/headers/RequestId' } };
				if (status === '415')
					answer.headers['Accept-Encoding'] = { $ref: '#/components/headers/AcceptEncoding' };
			}
	return { ...document, components: { ...document.components, headers: HEADERS } };
}
