/** Where a record stands, and what is reported of a fault there. */
import { type DssError, errors } from '../errors.ts';
import type { FaultKind } from './json-fault.ts';

/** Where a record stands, for what is reported of it. */
export interface Place {
	readonly entry: string;
	readonly line?: number;
	/** In an array of records, from 1. */
	readonly item?: number;
}

interface At extends Partial<Place> {
	readonly reason: string;
	readonly uuid?: string;
	readonly path?: string;
	readonly pointer?: string;
}

/** The error of a fault of form (REFUSALS 24 to 26, 29). */
export function formError(kind: FaultKind, at: At): DssError {
	if (kind === 'number') return errors.invalidValue(at);
	return kind === 'depth' ? errors.tooDeep(at) : errors.invalidJson(at);
}

/** The error of a record over its size (REFUSALS 26). */
export function tooLarge({ entry, line, item }: Place, maxRecordBytes: number): DssError {
	const of = line !== undefined ? `line ${line} of ` : item !== undefined ? `item ${item} of ` : '';
	return errors.recordTooLarge({
		entry,
		...(line === undefined ? {} : { line }),
		limit: `${of}${entry}`,
		value: maxRecordBytes,
		setting: 'DSS_MAX_RECORD_BYTES',
	});
}
