/** Warns of uploads that come near a limit. */
import type { Work } from './work.ts';

/** What an upload uses of the limits. */
interface Use {
	readonly counts: { themes: number; tokens: number; components: number };
	readonly archiveBytes: number;
	readonly contentBytes?: number;
	readonly entries?: number;
}

/** Above 80 % of a limit the answer warns (API, "Limits and profiles"). */
export function warnNearLimits(
	work: Work,
	{ counts, archiveBytes, contentBytes = 0, entries = 0 }: Use,
): void {
	const { limits } = work;
	for (const [limit, actual, value, setting] of [
		['tokens', counts.tokens, limits.maxTokens, 'DSS_MAX_TOKENS'],
		['components', counts.components, limits.maxComponents, 'DSS_MAX_COMPONENTS'],
		['themes', counts.themes, limits.maxThemes, 'DSS_MAX_THEMES'],
		['bytes of upload', archiveBytes, limits.maxArchiveBytes, 'DSS_MAX_ARCHIVE_BYTES'],
		['bytes of content', contentBytes, limits.maxContentBytes, 'DSS_MAX_CONTENT_BYTES'],
		['entries', entries, limits.maxEntries, 'DSS_MAX_ENTRIES'],
	] as const) {
		if (actual <= 0.8 * value) continue;
		work.warnings.push({
			code: 'near_limit',
			message: `${actual} ${limit} are above 80 % of the limit of ${value} (${setting})`,
			count: 1,
			details: { limit, value, actual, setting },
		});
	}
}
