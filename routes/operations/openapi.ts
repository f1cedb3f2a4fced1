import { DIGEST_TAG, NOT_MODIFIED, problemAnswers } from '../answers.ts';
import type { App } from '../app-instance.ts';

export function openapiDocument(app: App): void {
	app.route({
		method: 'GET',
		url: '/openapi.json',
		logLevel: 'warn',
		schema: {
			operationId: 'getOpenapi',
			summary: 'This document',
			tags: ['operations'],
			response: {
				200: {
					description: 'The OpenAPI document',
					headers: DIGEST_TAG,
					content: { 'application/json': { schema: { type: 'object' } } },
				},
				...NOT_MODIFIED,
				...problemAnswers(),
			},
		},
		handler: async () => app.swagger(),
	});
}
