/**
 * Cursors: where the next page of a list begins. A cursor is opaque to callers and holds for its list only: it is signed
 * together with the list's address and parameters, so that another list, another filter, and a made-up cursor are
 * refused alike. What it holds, such as a total, can therefore be relied on.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import Type, { type Static, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Uuid } from '../../schemas/common.ts';
import { Kind } from '../../schemas/records.ts';
import { errors } from '../errors.ts';
import { canonicalJson } from '../records/canonical.ts';

/** A list as a request names it: its route, and all parameters that decide what is in it and in which order. */
export interface ListIdentity {
	readonly list: string;
	readonly [parameter: string]: unknown;
}

/** The kind of position that a list's cursors hold. */
export class PositionType<T extends TSchema> {
	readonly #compiled;

	constructor(schema: T) {
		this.#compiled = Compile(schema);
	}

	holds(position: unknown): position is Static<T> {
		return this.#compiled.Check(position);
	}
}

const count = Type.Integer({ minimum: 0 });

/** The totals of lists are counted with their first pages. */
export const projectPosition = new PositionType(
	Type.Object({ key: Type.Union([Type.String(), Type.Number()]), uuid: Uuid, total: count }),
);
export const jobPosition = new PositionType(Type.Object({ number: count, total: count }));
export const revisionPosition = new PositionType(Type.Object({ number: count, total: count }));
/** A list of records stays on the revision that it began with. */
export const recordPosition = new PositionType(Type.Object({ uuid: Uuid, revision: count, total: count }));
export const differencePosition = new PositionType(Type.Object({ kind: Kind, uuid: Uuid, total: count }));
/** Conflicts of a plan come in pages; the plan itself is computed for each page, against the same revision. */
export const conflictPosition = new PositionType(Type.Object({ kind: Kind, uuid: Uuid, revision: count }));

/** Writes and reads cursors with the key of the instance. */
export class Cursors {
	readonly #key: Uint8Array;

	/** @param key see `Reader.cursorKey` */
	constructor(key: Uint8Array) {
		this.#key = key;
	}

	/** The cursor of a list's next page; null at its end. */
	write<T extends TSchema>(
		_type: PositionType<T>,
		list: ListIdentity,
		position: Static<T> | null,
	): string | null {
		if (position === null) return null;
		const payload = Buffer.from(JSON.stringify(position)).toString('base64url');
		return `${payload}.${this.#signature(list, payload).toString('base64url')}`;
	}

	/** Where a page begins; null for the first. @throws {DssError} bad_cursor */
	read<T extends TSchema>(
		type: PositionType<T>,
		list: ListIdentity,
		cursor: string | undefined,
	): Static<T> | null {
		if (cursor === undefined) return null;
		const [payload = '', signature = '', ...more] = cursor.split('.');
		const given = Buffer.from(signature, 'base64url');
		const ours = this.#signature(list, payload);
		const isOurs = given.length === ours.length && timingSafeEqual(given, ours);
		// Decoding passes over characters that are not of base64url.
		if (!isOurs || more.length > 0 || ours.toString('base64url') !== signature) throw errors.badCursor({});
		// Signed by us, maybe by an older version.
		const position: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
		if (!type.holds(position)) throw errors.badCursor({});
		return position;
	}

	/** HMAC (RFC 2104) with SHA-256. The payload is base64url, so the line break ends the list's text for certain. */
	#signature(list: ListIdentity, payload: string): Buffer {
		return createHmac('sha256', this.#key)
			.update(`${canonicalJson(list)}\n${payload}`)
			.digest();
	}
}
