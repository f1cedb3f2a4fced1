/** An upload as HTTP brings it: one part `file` with its fields, or the bare bytes (API, "Uploads"). */
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { Value } from 'typebox/value';
import { v7 } from 'uuid';
import type { ImportOptions } from '../../schemas/archives.ts';
import { DssError, errors } from '../../src/errors.ts';
import { firstFault } from '../../src/records/schema-faults.ts';
import type { ArchiveService, Spooled, UploadSettings } from '../../src/service/archive-service.ts';

/** The media types of bare uploads, with what they declare the bytes to be. */
export const BARE_TYPES: Readonly<Record<string, UploadSettings['mediaType']>> = {
	'application/zip': 'archive',
	'application/vnd.dss+zip': 'archive',
	'application/json': 'json',
	'application/design-tokens+json': 'json',
	'application/octet-stream': 'unknown',
};
/** What an upload may come as. */
export const UPLOAD_TYPES = ['multipart/form-data', ...Object.keys(BARE_TYPES)];

/** How an upload is to be read, whatever is done with it. */
type ReadingOptions = Pick<ImportOptions, 'project_id' | 'name' | 'references' | 'values'>;

/** What was received: the spooled file, and how it is to be read. */
export interface Upload<Options> {
	readonly file: Spooled;
	readonly options: Options;
	readonly mediaType: UploadSettings['mediaType'];
	readonly fileName: string | null;
}

/** Uploads that take the same settings, as fields or as query parameters. */
export class UploadForm<Schema extends TSchema> {
	readonly #schema: Schema;
	readonly #compiled: Validator;

	constructor(schema: Schema) {
		this.#schema = schema;
		this.#compiled = Compile(schema);
	}

	/**
	 * Admits a request, receives its upload onto the spool, works with it and removes its file.
	 *
	 * @throws {DssError} too_busy, before a byte is read; malformed_upload, malformed_request,
	 * unsupported_media_type, and what the spool and `work` throw
	 */
	async take<Result>(
		request: FastifyRequest,
		archives: ArchiveService,
		work: (upload: Upload<Static<Schema>>) => Promise<Result>,
	): Promise<Result> {
		using _place = archives.admit();
		const upload = await this.#receive(request, archives);
		await using _file = upload.file;
		// Awaited here: the file is removed when this function ends.
		return await work(upload);
	}

	async #receive(request: FastifyRequest, archives: ArchiveService): Promise<Upload<Static<Schema>>> {
		// The query has been checked by the route's schema.
		const query = request.query as Static<Schema>;
		if (request.isMultipart()) return this.#receiveParts(request, query, archives);
		const given = request.headers['content-type'] ?? 'nothing';
		const mediaType = BARE_TYPES[given.split(';')[0]?.trim().toLowerCase() ?? ''];
		if (mediaType === undefined)
			throw errors.unsupportedMediaType({ given, expected: UPLOAD_TYPES.join(', ') });
		return { file: await archives.receive(request.raw), options: query, mediaType, fileName: null };
	}

	async #receiveParts(
		request: FastifyRequest,
		query: Static<Schema>,
		archives: ArchiveService,
	): Promise<Upload<Static<Schema>>> {
		let received: { file: Spooled; fileName: string } | undefined;
		const fields: Record<string, string> = {};
		try {
			for await (const part of request.parts()) {
				if (part.type === 'file') {
					if (received !== undefined || part.fieldname !== 'file')
						throw unexpectedFile(part, received !== undefined);
					received = { file: await archives.receive(part.file), fileName: part.filename };
					if (part.file.truncated) throw errors.uploadCutOff({});
				} else {
					if (part.valueTruncated || typeof part.value !== 'string') {
						throw errors.malformedUpload({ reason: `the field "${part.fieldname}" is too large` });
					}
					fields[part.fieldname] = part.value;
				}
			}
			if (received === undefined) throw errors.malformedUpload({ reason: 'there is no part "file"' });
			const { file, fileName } = received;
			const options = Object.assign({}, this.#fromFields(fields), query);
			return { file, fileName, mediaType: 'unknown', options };
		} catch (error) {
			await received?.file.remove();
			throw translated(error, request);
		}
	}

	/** Fields are text; they mean what the query parameters of the same names mean. */
	#fromFields(fields: Readonly<Record<string, string>>): Static<Schema> {
		const options: unknown = Value.Convert(this.#schema, { ...fields });
		// What the compiled schema holds is of its type.
		if (this.#compiled.Check(options)) return options as Static<Schema>;
		const { pointer, reason } = firstFault(this.#compiled, options);
		throw errors.malformedRequest({
			reason: pointer === '' ? `the fields ${reason}` : `the field at ${pointer} ${reason}`,
			pointer,
		});
	}
}

function unexpectedFile(part: MultipartFile, second: boolean): DssError {
	return errors.malformedUpload({
		reason: second ? 'there are two files' : `the file is in a part "${part.fieldname}"`,
	});
}

/** What the multipart reader throws: limits, bad boundaries, cut bodies (REFUSALS 38, 39). */
function translated(error: unknown, request: FastifyRequest): unknown {
	if (error instanceof DssError) return error;
	if (request.raw.destroyed || request.raw.aborted) return errors.uploadCutOff({}, error);
	const reason = error instanceof Error ? error.message : 'it cannot be read';
	return errors.malformedUpload({ reason: reason.replace(/\.$/, '').toLowerCase() }, error);
}

/** The settings of an upload, as the service takes them. */
export function uploadSettings({ options, mediaType, fileName }: Upload<ReadingOptions>): UploadSettings {
	return {
		mediaType,
		fileName,
		projectId: options.project_id ?? null,
		freshUuid: v7(),
		name: options.name ?? null,
		references: options.references ?? null,
		values: options.values ?? 'keep',
	};
}
