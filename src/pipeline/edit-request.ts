/** An edit as it was sent: its body read strictly, here and not where requests are answered, since it may be large. */
import { Compile } from 'typebox/compile';
import type { Limits } from '../../schemas/config.ts';
import { ChangesEnvelope } from '../../schemas/projects.ts';
import { KINDS, type Kind } from '../../schemas/records.ts';
import { errors } from '../errors.ts';
import type { JsonObject } from '../records/json.ts';
import { readChecked } from './project-request.ts';
import { limitOf } from './record-limits.ts';

export interface EditRequest {
	readonly message: string | null;
	/** Records as the API shows them; without `uuid` they are new. */
	readonly upsert: Readonly<Partial<Record<Kind, readonly JsonObject[]>>>;
	readonly remove: readonly string[];
}

/** A record stands in the body, in `upsert`, in the list of its kind. */
const LEVELS_ABOVE_RECORDS = 3;
const compiled = Compile(ChangesEnvelope);

/**
 * Reads the body of an edit. Its records are checked one by one when they are staged.
 *
 * @throws {DssError} malformed_request, invalid_json, invalid_value, too_deep, too_many_records
 */
export function readEditRequest(bytes: Uint8Array, limits: Limits): EditRequest {
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
