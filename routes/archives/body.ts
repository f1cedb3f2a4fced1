import { ImportForm } from '../../schemas/archives.ts';
import { BARE_TYPES } from './upload.ts';

const binary = { type: 'string', format: 'binary' } as const;

/** The body of an upload, for the OpenAPI document. It is a stream and is checked as it is read, not here. */
export const UPLOAD_BODY = {
	content: {
		'multipart/form-data': { schema: ImportForm },
		...Object.fromEntries(
			Object.entries(BARE_TYPES).map(([type, kind]) => [
				type,
				{ schema: kind === 'json' ? { type: 'object' } : binary },
			]),
		),
	},
};
