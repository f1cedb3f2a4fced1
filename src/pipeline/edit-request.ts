/** An edit as it was sent: its body read strictly, here and not where requests are answered, since it may be large. */
import { Compile } from 'typebox/compile';
import type { Limits } from '../../schemas/config.ts';
import { ChangesEnvelope } from '../../schemas/projects.ts';
import { KINDS, type Kind } from '../../schemas/records.ts';
import { errors } from '../errors.ts';
import type { JsonObject } from '../records/json.ts';
import { brokenBound } from '../records/list-bounds.ts';
import { tooLarge } from '../records/place.ts';
import { readChecked } from './project-request.ts';
import { limitOf } from './record-limits.ts';

export interface EditRequest {
	readonly message: string | null;
	/** Records as the API shows them; without `uuid` they are new. */
	readonly upsert: Readonly<Partial<Record<Kind, readonly JsonObject[]>>>;
	readonly remove: readonly string[];
}

/** The body, `upsert` and the list of a kind: `delete` is a list of the second level. */
const LEVELS_OF_LISTS = 3;
/** A record stands in the body, in `upsert`, in the list of its kind. */
const LEVELS_ABOVE_RECORDS = 3;
/** Items that are counted by nobody, so that few that are too many are told by their kind. */
const LEAST_ITEMS = 1_000;
const compiled = Compile(ChangesEnvelope);

/**
 * Reads the body of an edit. Its records are checked one by one when they are staged.
 *
 * @throws {DssError} malformed_request, invalid_json, invalid_value, too_deep, too_many_records, record_too_large
 */
export function readEditRequest(bytes: Uint8Array, limits: Limits): EditRequest {
	assertBounded(bytes, limits);
	const body = readChecked(bytes, limits.maxRecordDepth + LEVELS_ABOVE_RECORDS, compiled);
	// Its free objects came out of JSON text.
	const upsert = (body.upsert ?? {}) as EditRequest['upsert'];
	for (const kind of KINDS) {
		const limit = limitOf(kind, limits);
		const actual = upsert[kind]?.length ?? 0;
		if (actual > limit.value) throw errors.tooManyRecords({ ...limit, actual });
	}
	return { message: body.message ?? null, upsert, remove: body.delete ?? [] };
}

/** Refuses what its own brackets and commas show to be too much, before it is parsed. */
function assertBounded(bytes: Uint8Array, limits: Limits): void {
	const { maxThemes, maxTokens, maxComponents, maxRecordBytes } = limits;
	// An edit removes no more than a project may hold; each kind by itself is counted below.
	const maxItems = Math.max(LEAST_ITEMS, maxThemes + maxTokens + maxComponents);
	const bounds = { levels: LEVELS_OF_LISTS, maxItems, maxItemBytes: maxRecordBytes };
	const broken = brokenBound(bytes, bounds);
	if (broken === 'item') throw tooLarge({ entry: 'a record of the body' }, maxRecordBytes);
	if (broken === 'items') {
		const limit = 'the number of items in a list of the body';
		throw errors.tooManyRecords({ limit, value: maxItems, setting: 'DSS_MAX_TOKENS' });
	}
}
