import type { TSchema } from 'typebox';
import { BARE_TYPES } from './upload-form.ts';

const binary = { type: 'string', format: 'binary' } as const;

/** The body of an upload, for the OpenAPI document. It is a stream and is checked as it is read, not here. */
export function uploadBody(form: TSchema) {
	return {
		content: {
			'multipart/form-data': { schema: form },
			...Object.fromEntries(
				Object.entries(BARE_TYPES).map(([type, kind]) => [
					type,
					{ schema: kind === 'json' ? { type: 'object' } : binary },
				]),
			),
		},
	};
}
