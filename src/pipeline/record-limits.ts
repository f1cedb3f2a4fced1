/** How many records a project may hold: no more than an import of its own export may. */
import type { Limits } from '../../schemas/config.ts';
import { KINDS, type Kind } from '../../schemas/records.ts';
import { errors } from '../errors.ts';
import type { Counts } from '../records/counts.ts';

/** The limit of a kind, with the words for its error. */
export function limitOf(kind: Kind, limits: Limits): { limit: string; value: number; setting: string } {
	const { value, setting } = {
		tokens: { value: limits.maxTokens, setting: 'DSS_MAX_TOKENS' },
		components: { value: limits.maxComponents, setting: 'DSS_MAX_COMPONENTS' },
		themes: { value: limits.maxThemes, setting: 'DSS_MAX_THEMES' },
	}[kind];
	return { limit: `the number of ${kind}`, value, setting };
}

/**
 * Refuses a write after which a project would hold more records than the limits allow. One that already does (the
 * limits were lowered) may be written as long as it does not grow.
 *
 * @throws {DssError} too_many_records
 */
export function assertWithinLimits(
	before: Counts | null,
	{ added, removed }: { readonly added: Counts; readonly removed: Counts },
	limits: Limits,
): void {
	for (const kind of KINDS) {
		const grown = added[kind] - removed[kind];
		const actual = (before?.[kind] ?? 0) + grown;
		const limit = limitOf(kind, limits);
		if (grown <= 0 || actual <= limit.value) continue;
		const error = errors.tooManyRecords({ ...limit, actual });
		// The stage that counts the records of an archive.
		error.stage = 'structure';
		throw error;
	}
}
