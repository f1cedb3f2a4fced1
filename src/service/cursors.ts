import Type, { type Static, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Uuid } from '../../schemas/common.ts';
import { Kind } from '../../schemas/records.ts';
import { errors } from '../errors.ts';

/**
 * Cursors are opaque to callers: JSON in base64url. What one holds is checked when it comes back, so a made-up one is
 * only a malformed request.
 */
export class Cursor<T extends TSchema> {
	readonly #holds: (position: unknown) => position is Static<T>;

	constructor(schema: T) {
		const compiled = Compile(schema);
		this.#holds = (position): position is Static<T> => compiled.Check(position);
	}

	write(position: Static<T>): string {
		return Buffer.from(JSON.stringify(position)).toString('base64url');
	}

	/** @throws {DssError} malformed_request */
	read(cursor: string): Static<T> {
		const position = parse(cursor);
		if (!this.#holds(position)) {
			throw errors.malformedRequest({
				reason: 'the cursor is not one that this list gave',
				pointer: '/cursor',
			});
		}
		return position;
	}
}

const number = Type.Integer({ minimum: 0 });

export const projectCursor = new Cursor(Type.Object({ after: number }));
export const jobCursor = new Cursor(Type.Object({ after: number }));
export const revisionCursor = new Cursor(Type.Object({ after: number }));
/** A list of records stays on the revision that it began with, and its total is counted once. */
export const recordCursor = new Cursor(
	Type.Object({ after: Type.String(), revision: number, total: number }),
);

const key = { kind: Kind, uuid: Uuid };
export const differenceCursor = new Cursor(Type.Object({ ...key, from: number, to: number, total: number }));
/** Conflicts of a plan come in pages; the plan itself is computed for each page, against the same revision. */
export const conflictCursor = new Cursor(Type.Object({ ...key, revision: number }));

function parse(cursor: string): unknown {
	try {
		return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
	} catch {
		return null;
	}
}
