import { DIGEST_TAG, NOT_MODIFIED } from '../answers.ts';
import type { App } from '../app-instance.ts';
import { ReadHeaders } from '../entity-tags.ts';
import { problemAnswers } from '../problem-answers.ts';

export function openapiDocument(app: App): void {
	app.route({
		method: 'GET',
		url: '/openapi.json',
		schema: {
			operationId: 'getOpenapi',
			summary: 'This document',
			description: 'Clients are generated from it; /docs shows it to people.',
			tags: ['operations'],
			headers: ReadHeaders,
			response: {
				200: {
					description: 'The OpenAPI document',
					headers: DIGEST_TAG,
					content: {
						'application/json': {
							schema: { type: 'object' },
							examples: {
								document: { value: { openapi: '3.1.0', info: { title: 'DSS', version: '1.0.0' } } },
							},
						},
					},
				},
				...NOT_MODIFIED,
				...problemAnswers(),
			},
		},
		handler: async () => app.swagger(),
	});
}
