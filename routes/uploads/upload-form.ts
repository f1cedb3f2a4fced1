/** An upload as HTTP brings it: one part `file` with its fields, or the bare bytes (API, "Uploads"). */
import type { Readable } from 'node:stream';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';

import { v7 } from 'uuid';
import type { ImportOptions } from '../../schemas/archives.ts';
import { DssError, errors } from '../../src/errors.ts';
import { fromText } from '../../src/records/from-text.ts';
import { firstFault } from '../../src/records/schema-faults.ts';
import type {
	ArchiveService,
	Spooled,
	UploadClock,
	UploadSettings,
} from '../../src/service/archive-service.ts';

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

/** Takes a place and streams the file onto the spool. */
type ReceiveFile = (file: Readable, clock: UploadClock) => Promise<Spooled>;

/** Uploads that take the same settings, as fields or as query parameters. */
export class UploadForm<Schema extends TSchema> {
	readonly #schema: Schema;
	readonly #compiled: Validator;

	constructor(schema: Schema) {
		this.#schema = schema;
		this.#compiled = Compile(schema);
	}

	/**
	 * Receives a request's upload onto the spool, works with it and removes its file. The upload takes a place among the
	 * work when its file begins: fields that come slowly hold none.
	 *
	 * @throws {DssError} too_busy, before a byte is read or when the file begins; malformed_upload, malformed_request,
	 * unsupported_media_type, and what the spool and `work` throw
	 */
	async take<Result>(
		request: FastifyRequest,
		archives: ArchiveService,
		work: (upload: Upload<Static<Schema>>) => Promise<Result>,
	): Promise<Result> {
		archives.assertRoom();
		using places = new DisposableStack();
		const upload = await this.#receive(request, archives, (file, clock) => {
			places.use(archives.admit());
			return archives.receive(file, clock);
		});
		await using _file = upload.file;
		// Awaited here: the file is removed when this function ends.
		return await work(upload);
	}

	async #receive(
		request: FastifyRequest,
		archives: ArchiveService,
		spool: ReceiveFile,
	): Promise<Upload<Static<Schema>>> {
		// The query has been checked by the route's schema.
		const query = request.query as Static<Schema>;
		if (request.isMultipart()) {
			using clock = archives.timeUpload(request.raw);
			return await Promise.race([this.#receiveParts(request, query, spool, clock), clock.expired]);
		}
		const given = request.headers['content-type'] ?? 'nothing';
		const mediaType = BARE_TYPES[given.split(';')[0]?.trim().toLowerCase() ?? ''];
		if (mediaType === undefined)
			throw errors.unsupportedMediaType({ given, expected: UPLOAD_TYPES.join(', ') });
		using clock = archives.timeUpload(request.raw);
		return { file: await spool(request.raw, clock), options: query, mediaType, fileName: null };
	}

	/** Where the time is up, nobody waits for it any more: it ends with the connection and removes what it has. */
	async #receiveParts(
		request: FastifyRequest,
		query: Static<Schema>,
		spool: ReceiveFile,
		clock: UploadClock,
	): Promise<Upload<Static<Schema>>> {
		let received: { file: Spooled; fileName: string } | undefined;
		const fields: Record<string, string> = {};
		try {
			for await (const part of request.parts({ isPartAFile })) {
				clock.signal.throwIfAborted();
				if (part.type === 'file') {
					assertTheFile(part, received !== undefined);
					received = { file: await spool(part.file, clock), fileName: part.filename };
					if (part.file.truncated) throw errors.uploadCutOff({});
				} else {
					if (part.valueTruncated || typeof part.value !== 'string') {
						throw errors.malformedUpload({ reason: `the field "${part.fieldname}" is too large` });
					}
					fields[part.fieldname] = part.value;
				}
			}
			clock.signal.throwIfAborted();
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
		const options: unknown = fromText(this.#schema, { ...fields });
		// What the compiled schema holds is of its type.
		if (this.#compiled.Check(options)) return options as Static<Schema>;
		const { pointer, reason } = firstFault(this.#compiled, options);
		throw errors.malformedRequest({
			reason: pointer === '' ? `the fields ${reason}` : `the field at ${pointer} ${reason}`,
			pointer,
		});
	}
}

/** A part "file" is the file even where it has no file name: else it would be read as a field, and be cut. */
function isPartAFile(
	name: string | undefined,
	contentType: string | undefined,
	fileName: string | undefined,
): boolean {
	return name === 'file' || fileName !== undefined || contentType === 'application/octet-stream';
}

/** @throws {DssError} malformed_upload where a part is not the one file of its form */
function assertTheFile({ fieldname, filename }: MultipartFile, second: boolean): void {
	if (second) throw errors.malformedUpload({ reason: 'there are two files' });
	if (fieldname !== 'file') {
		throw errors.malformedUpload({ reason: `the file is in a part "${fieldname}"; it must be named "file"` });
	}
	// Typed as a text; it is absent where the part has none.
	if ((filename as string | undefined) === undefined) {
		throw errors.malformedUpload({
			reason:
				'the part "file" has no file name: send it as a file, with filename="…" in its Content-Disposition (curl: -F file=@…)',
		});
	}
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
