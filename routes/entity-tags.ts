/** Entity tags: read from headers, and compared (RFC 9110 §8.8.3, §13.1.2). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';

/** The headers of a read, for callers that keep its answer. */
export const ReadHeaders = Type.Object({
	'if-none-match': Type.Optional(
		Type.String({ description: 'The ETag of an answer that the caller has: 304 where it is still right' }),
	),
});

export interface EntityTag {
	readonly isWeak: boolean;
	/** What stands between the quotes, without the mark of a content coding. */
	readonly value: string;
	/** As it was sent. */
	readonly text: string;
}

/** What servers in front of ours add to the tag of an answer that they compress. */
const CODING = /-(?:gzip|br)$/;

/** The tags that a header lists; what is no tag is passed over. */
export function entityTags(header: string): EntityTag[] {
	return [...header.matchAll(/(W\/)?"([^"]*)"/g)].map(([text, weak, value = '']) => ({
		isWeak: weak !== undefined,
		value: value.replace(CODING, ''),
		text,
	}));
}

/**
 * Sets an answer's tag, and its status 304 where the caller has it already. If-None-Match compares weakly; the mark of
 * a content coding makes no difference, since the caller has that answer, in whichever coding.
 */
export function isUnchanged(request: FastifyRequest, reply: FastifyReply, tag: string): boolean {
	const header = request.headers['if-none-match'];
	const [own] = entityTags(tag);
	const had = header === undefined ? undefined : entityTags(header).find(({ value }) => value === own?.value);
	const isAny = header?.trim() === '*';
	reply.header('etag', had?.text ?? tag);
	if (had !== undefined || isAny) reply.code(304);
	return had !== undefined || isAny;
}
