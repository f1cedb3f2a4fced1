import { errors } from '../../errors.ts';
import { STORED } from './features.ts';
import type { Directory } from './structures.ts';

/**
 * REFUSALS 15, and stored entries whose two sizes contradict each other (16, 17). How well an entry compresses says
 * nothing: projects of alike records reach 900 : 1. Work is bounded by what is declared.
 */
export function checkSizes({ entries }: Directory, maxContentBytes: number): void {
	let total = 0;
	for (const { name, method, bytes, compressedBytes } of entries) {
		if (method === STORED && bytes !== compressedBytes) {
			throw compressedBytes > bytes
				? errors.sizeMismatch({ entry: name, reason: 'it is stored, and longer than it declares' })
				: errors.corruptEntry({ entry: name, reason: 'it is stored, and shorter than it declares' });
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
