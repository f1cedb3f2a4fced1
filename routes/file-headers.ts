/** The headers of an archive that is sent. */
import { encodeExtended } from 'content-disposition';
import { Bytes } from '../schemas/uploads.ts';

/** What an archive is sent as: the first, or what the request prefers of them. */
export const FILE_TYPES = ['application/vnd.dss+zip', 'application/zip', 'application/octet-stream'] as const;

const binary = { schema: Bytes };
/** The same for the OpenAPI document. */
export const FILE_CONTENT = {
	'application/vnd.dss+zip': binary,
	'application/zip': binary,
	'application/octet-stream': binary,
} as const;

export function fileHeaders(projectName: string, sha256: string): Record<string, string> {
	return {
		'content-disposition': disposition(projectName),
		etag: `"${sha256}"`,
		'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
	};
}

const text = (description: string) => ({ type: 'string', description });

/** The headers for the OpenAPI document. */
export const FILE_HEADERS = {
	'Content-Disposition': text('A file name made of the project’s name'),
	'Content-Length': text('Its size in bytes'),
	ETag: text('Names these bytes'),
	'Repr-Digest': text('SHA-256 of the archive (RFC 9530)'),
};

/**
 * A file name in ASCII, and in UTF-8 for those who read it (RFC 6266 §4.3). Always quoted: `create()` of the library
 * leaves the quotes out where it can, and scripts look for them.
 */
function disposition(name: string): string {
	return `attachment; filename="${plainName(name)}.dss"; filename*=${encodeExtended(`${fileName(name)}.dss`)}`;
}

/** The project's name without what file systems cannot hold. */
function fileName(name: string): string {
	return name.toWellFormed().replace(/[\\/:*?"<>|\p{Cc}]/gu, '-');
}

/** The same in ASCII. */
function plainName(name: string): string {
	const plain = name
		.normalize('NFKD')
		.replace(/[^A-Za-z0-9]+/g, '-')
		.replace(/^-|-$/g, '')
		.toLowerCase();
	return plain.slice(0, 100) || 'project';
}
