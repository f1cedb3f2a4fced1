/** A row of REFUSALS as an input: a bad archive, and a good twin that differs only in the bad thing. */
import { buildDss } from '../dss-builder.ts';

export interface Refusal {
	readonly row: string;
	readonly what: string;
	readonly status: number;
	readonly stage: string;
	readonly code: string;
	readonly alert?: string;
	readonly bad: Buffer;
	/** Absent where the row has no nearly equal good form. */
	readonly good?: Buffer;
}

/** A plain, good archive: the good twin of most. */
export const plain = buildDss();
