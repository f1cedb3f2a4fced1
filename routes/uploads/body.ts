import type { TSchema } from 'typebox';

/**
 * The body of an upload, for the OpenAPI document. It is a stream and is checked as it is read, not here. Bare bytes
 * are taken too, but not shown: of several media types generators choose one that is not the form.
 */
export function uploadBody(form: TSchema) {
	return { content: { 'multipart/form-data': { schema: form } } };
}
