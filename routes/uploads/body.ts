import type { TSchema } from 'typebox';
import { BARE_TYPES } from './upload-form.ts';

/** Ends the description of an upload. */
export const ALSO_BARE = ` The bytes of a file are also taken bare, without a form, as ${Object.keys(BARE_TYPES).join(', ')}; all settings are query parameters then.`;

/**
 * The body of an upload, for the OpenAPI document. It is a stream and is checked as it is read, not here. Bare bytes
 * are taken too, but not shown: of several media types generators choose one that is not the form.
 */
export function uploadBody(form: TSchema) {
	return { content: { 'multipart/form-data': { schema: form } } };
}
