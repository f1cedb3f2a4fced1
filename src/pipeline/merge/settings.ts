import { Compile } from 'typebox/compile';
import { Resolutions, type Strategy } from '../../../schemas/merges.ts';
import { errors } from '../../errors.ts';
import type { JsonObject } from '../../records/json.ts';
import { firstFault } from '../../records/schema-faults.ts';
import type { RecordKey } from '../../records/staged-record.ts';
import { parseStrict } from '../../records/strict-json.ts';

/** How one conflict is resolved: by a side's record, or with a content that somebody wrote. */
export type Resolution = 'local' | 'imported' | { readonly content: JsonObject };

/** How a merge is to be made. */
export interface MergeSettings {
	readonly strategy: Strategy;
	readonly deletions: 'keep' | 'apply';
	/** By the uuid of the record in conflict. */
	readonly resolutions: Readonly<Record<string, Resolution>>;
	/** How far clocks are trusted, in milliseconds. */
	readonly clock: { readonly toleranceMs: number; readonly driftMs: number };
	/** Which conflicts are reported in full. */
	readonly page: { readonly after: RecordKey | null; readonly limit: number; readonly maxBytes: number };
}

/** Settings as a caller sends them: `resolutions` is JSON text, or null. */
export interface MergeRequest extends Omit<MergeSettings, 'resolutions'> {
	readonly resolutions: string | null;
}

const MAX_RESOLUTION_DEPTH = 128;
const compiledResolutions = Compile(Resolutions);

/** Reads the settings of a merge. @throws {DssError} malformed_request where the resolutions are not well-formed */
export function readMergeRequest({ resolutions, ...settings }: MergeRequest): MergeSettings {
	return { ...settings, resolutions: resolutions === null ? {} : readResolutions(resolutions) };
}

function readResolutions(text: string): MergeSettings['resolutions'] {
	const refused = (reason: string, pointer = '') =>
		errors.malformedRequest({ reason: `the resolutions ${reason}`, pointer: `/resolutions${pointer}` });
	const parsed = parseStrict(text, { maxDepth: MAX_RESOLUTION_DEPTH });
	if (!parsed.ok) {
		const form = parsed.fault.kind === 'syntax' ? 'JSON' : 'unambiguous JSON';
		throw refused(`are not ${form}: ${parsed.fault.reason}`);
	}
	if (!compiledResolutions.Check(parsed.value)) {
		const { pointer, reason } = firstFault(compiledResolutions, parsed.value);
		throw refused(pointer === '' ? reason : `at ${pointer} ${reason}`, pointer);
	}
	// What came out of JSON text and fits the schema holds JSON only.
	return parsed.value as MergeSettings['resolutions'];
}

/** What records that a merge makes are stamped with. */
export interface Stamp {
	readonly version: number;
	readonly at: string;
}
