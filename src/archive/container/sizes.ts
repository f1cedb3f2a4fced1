import { errors } from '../../errors.ts';
import { DEFLATED, STORED } from './features.ts';
import type { Directory } from './structures.ts';

/**
 * Real token files compress 10 to 25 : 1, thousands of alike components 148 : 1. The ratio is only looked at beyond
 * the first MiB; the absolute limit is what counts.
 */
const MAX_RATIO = 400;
const FREE_BYTES = 1_048_576;

/** REFUSALS 15, and stored entries whose two sizes contradict each other (16, 17). */
export function checkSizes({ entries }: Directory, maxContentBytes: number): void {
	let total = 0;
	for (const { name, method, bytes, compressedBytes } of entries) {
		if (method === STORED && bytes !== compressedBytes) {
			throw compressedBytes > bytes
				? errors.sizeMismatch({ entry: name, reason: 'it is stored, and longer than it declares' })
				: errors.corruptEntry({ entry: name, reason: 'it is stored, and shorter than it declares' });
		}
		if (method === DEFLATED && bytes - FREE_BYTES > MAX_RATIO * compressedBytes) {
			throw errors.contentTooLarge({
				entry: name,
				limit: `the ratio of compression of ${name}`,
				value: MAX_RATIO,
				actual: Math.round(bytes / Math.max(compressedBytes, 1)),
				setting: 'no setting: no real design system compresses so',
			});
		}
		total += bytes;
	}
	if (total > maxContentBytes) {
		throw errors.contentTooLarge({
			limit: 'the content in bytes',
			value: maxContentBytes,
			actual: total,
			setting: 'DSS_MAX_CONTENT_BYTES',
		});
	}
}
