/** All that is fuzzed: what must hold, and how often the tests try it. */
import type fc from 'fast-check';
import { edits, foreignFiles, metadata, resolutions } from './doors.ts';
import { mutatedArchives, randomRequests } from './properties.ts';
import { cursors, headers } from './requests.ts';

export interface Fuzzed {
	readonly what: string;
	readonly property: (url: string) => fc.IAsyncProperty<unknown>;
	/** Runs in `npm test`: a few seconds of each. */
	readonly runs: number;
}

export const FUZZED: readonly Fuzzed[] = [
	{ what: 'a mutated archive is the original or a problem document', property: mutatedArchives, runs: 400 },
	{ what: 'random requests are never answered 5xx', property: randomRequests, runs: 400 },
	{ what: 'an edit is refused and changes nothing, or its export re-enters', property: edits, runs: 60 },
	{
		what: 'properties are refused and change nothing, or their export re-enters',
		property: metadata,
		runs: 60,
	},
	{
		what: 'resolutions are refused and change nothing, or the merge re-enters',
		property: resolutions,
		runs: 40,
	},
	{
		what: 'a file of others is refused and changes nothing, or its export re-enters',
		property: foreignFiles,
		runs: 80,
	},
	{ what: 'cursors are refused, or lead to a page', property: cursors, runs: 200 },
	{ what: 'headers are never answered 5xx', property: headers, runs: 200 },
];

/** Sound work needs less, however long it goes on: 380 MB at rest, and two workers at their largest request. */
export const MAX_RESIDENT_BYTES = 1_500_000_000;
