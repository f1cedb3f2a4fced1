import Type from 'typebox';

const closed = { additionalProperties: false };

/** A string of bytes in the words of OpenAPI; generated clients take a Blob or a File. */
export const Bytes = Type.String({ format: 'binary', contentMediaType: 'application/octet-stream' });

const file = Type.String({ ...Bytes, description: 'A .dss archive, or a design tokens file' });

/**
 * Decisions on conflicts, as text: they come as a field of a form, or in the query. Empty: none, as Swagger UI sends
 * them. It is no `default`, since openapi-typescript requires what has one.
 */
export const ResolutionsField = Type.String({
	examples: [''],
	description:
		'Decisions on conflicts, a JSON object: by uuid "local", "imported" or {"content": {…}}. Of an import: with strategy=merge',
});

/** The body of an upload. */
export const Upload = Type.Object({ file }, { $id: 'Upload', ...closed });
/** The body of an upload that may be merged. */
export const MergeUpload = Type.Object(
	{ file, resolutions: Type.Optional(ResolutionsField) },
	{ $id: 'MergeUpload', ...closed },
);
